using Tenon.Compiler;
using Tenon.Core;
using Tenon.Core.Backend;
using Tenon.Runtime;

namespace Tenon.Sdk.Conformance;

/// <summary>Compiles a kernel of a schedule for a device, runs it, and compares its results with those of the plainest program on the reference.</summary>
internal static class KernelCheck
{
    private static readonly Capabilities PlainDevice = new() { DTypes = DType.Native.ToDictionary(d => d, _ => DTypeSupport.Storage) };

    // 16-bit floats are computed as float32, as on most devices.
    private static readonly CodeGeneratorTarget PlainTarget = new()
    {
        DTypes = DType.Native.ToDictionary(d => d, d => DTypeSupport.Storage | (d == DType.Float16 || d == DType.BFloat16 ? DTypeSupport.Conversion : DTypeSupport.Arithmetic)),
        Fingerprint = "reference",
    };

    /// <exception cref="ConformanceFailure">A result is wrong.</exception>
    /// <exception cref="TenonException">The kernel can't be compiled or run.</exception>
    public static void Run(Subject subject, UOp kernel)
    {
        var program = KernelCompiler.Compile(kernel, subject.Capabilities, subject.Target, new CompilerOptions { CheckIndices = true });
        CheckLimits(program, subject.Capabilities);
        subject.Passed.Once(kernel, program, () => Run(subject, kernel, program));
    }

    private static void Run(Subject subject, UOp kernel, LinearProgram program)
    {
        var inputs = new TuningInputs(kernel);
        if (subject.Run(program, [.. Parameters(kernel).Select((p, slot) => inputs.Make(slot, p.DType, p.Size))], Variables(kernel, program)) is not { } got)
        {
            return;
        }

        var reference = subject.References.Get(kernel, () => Reference(kernel));
        for (var slot = 0; slot < got.Length; slot++)
        {
            if (reference.Slots[slot] is { } r && new ResultCheck(r.DType, r.Expected, i => r.Written[i], r.Shaken, reference.Terms).FirstWrong(got[slot]) is { } wrong)
            {
                throw new ConformanceFailure($"of buffer {slot}, {wrong}");
            }
        }
    }

    private static void CheckLimits(LinearProgram program, Capabilities device)
    {
        Expect.That(program.Parameters.Count <= device.MaxBuffers, $"it has {program.Parameters.Count} buffers, where the device takes {device.MaxBuffers}");
        Expect.That(program.LocalBytes <= device.LocalBytes, $"it has {program.LocalBytes} bytes of local arrays, where the device takes {device.LocalBytes}");
        var exceeded = device.Workgroups?.Exceeded(program.Groups, program.Lanes);
        Expect.That(exceeded is null, $"it has {exceeded}");
    }

    // Run once more over inputs that are another in their last places: what changes much is not known well.
    private static KernelReference Reference(UOp kernel)
    {
        var program = KernelCompiler.Compile(kernel, PlainDevice, PlainTarget, new CompilerOptions { Optimise = false, CheckIndices = false });
        var inputs = new TuningInputs(kernel);
        var isShaken = program.Parameters.Any(p => p.IsRead && (p.DType == DType.Float32 || p.DType == DType.Float64));
        var (expected, written) = Results(noise: false);
        var shaken = isShaken ? Results(noise: true).Results : null;
        var terms = kernel.TopologicalOrder().Where(u => u.Op == Ops.Reduce).Select(u => u.Src[1..].ToArray().Aggregate(1.0, (n, r) => n * r[0].Max)).DefaultIfEmpty(1).Max();
        return new KernelReference(terms, [.. program.Parameters.Select((p, slot) => p.IsWritten ? new SlotReference(p.DType, expected[slot], shaken?[slot], written[slot]) : null)]);

        (byte[][] Results, bool[][] Written) Results(bool noise)
        {
            byte[][] buffers = [.. program.Parameters.Select((p, slot) => inputs.Make(slot, p.DType, p.Size, noise))];
            var machine = new ReferenceMachine(program);
            machine.Run(buffers, Variables(kernel, program));
            return (buffers, machine.Written);
        }
    }

    private static IEnumerable<(DType DType, long Size)> Parameters(UOp kernel) =>
        kernel.TopologicalOrder().Where(u => u.Op == Ops.Param).OrderBy(u => u.ArgAs<ParamArg>().Slot).Select(u => (u.DType, u.ArgAs<ParamArg>().Size));

    // Each as great as it may be.
    private static long[] Variables(UOp kernel, LinearProgram program)
    {
        var order = kernel.TopologicalOrder();
        return [.. program.Variables.Select(name => order.First(u => u.Op == Ops.Variable && u.ArgAs<VariableArg>().Name == name).ArgAs<VariableArg>().Max)];
    }
}
