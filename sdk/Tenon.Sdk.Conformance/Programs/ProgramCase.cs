using Tenon.Core.Backend;

namespace Tenon.Sdk.Conformance;

/// <summary>A program whose buffers must hold, to the bit, what the reference leaves in them.</summary>
internal static class ProgramCase
{
    /// <summary>A case of one program.</summary>
    /// <param name="subject">The device.</param>
    /// <param name="name">The name of the case.</param>
    /// <param name="items">How many work items.</param>
    /// <param name="build">Writes the program; gives the contents of its buffers by slot.</param>
    /// <param name="variables">The values of its variables.</param>
    public static ConformanceCase Of(Subject subject, string name, long items, Func<ProgramBuilder, byte[][]> build, params long[] variables) =>
        new(name, () =>
        {
            var builder = new ProgramBuilder(subject.Capabilities, items);
            Check(subject, name, builder, build(builder), variables);
        });

    /// <summary>A case of one program on a grid.</summary>
    public static ConformanceCase Of(Subject subject, string name, GridSize groups, GridSize lanes, Func<ProgramBuilder, byte[][]> build) =>
        new(name, () =>
        {
            var builder = new ProgramBuilder(subject.Capabilities, groups, lanes);
            Check(subject, name, builder, build(builder));
        });

    /// <summary>Runs a program on the device and on the reference.</summary>
    /// <exception cref="ConformanceFailure">They leave different content.</exception>
    public static void Check(Subject subject, string name, ProgramBuilder builder, byte[][] buffers, params long[] variables)
    {
        var program = builder.Build(name);
        if (subject.Run(program, buffers, variables) is { } got)
        {
            byte[][] expected = [.. buffers.Select(b => b.ToArray())];
            new ReferenceMachine(program, subject.Capabilities.Workgroups?.SubgroupSize ?? 0).Run(expected, variables);
            Compare(program, got, expected);
        }
    }

    /// <exception cref="ConformanceFailure">A buffer differs.</exception>
    public static void Compare(LinearProgram program, byte[][] got, byte[][] expected)
    {
        for (var slot = 0; slot < expected.Length; slot++)
        {
            var dtype = program.Parameters[slot].DType;
            for (var at = 0; at < expected[slot].Length; at += dtype.Bytes)
            {
                var g = got[slot].AsSpan(at, dtype.Bytes);
                var e = expected[slot].AsSpan(at, dtype.Bytes);
                if (!Tolerance.Exact.Accepts(dtype, g, e))
                {
                    throw new ConformanceFailure($"element {at / dtype.Bytes} of {expected[slot].Length / dtype.Bytes} of buffer {slot} ({dtype}) is {Scalar.Element(dtype, g, 0)}, expected {Scalar.Element(dtype, e, 0)}");
                }
            }
        }
    }
}
