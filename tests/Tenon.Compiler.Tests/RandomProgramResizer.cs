using Tenon.Core;
using static Tenon.Compiler.Tests.TensorOps;

namespace Tenon.Compiler.Tests;

/// <summary>A program with one size replaced by a smaller one wherever it occurs.</summary>
internal static class RandomProgramResizer
{
    /// <summary>The program, which may not be legal; null if it can't be made.</summary>
    public static RandomProgram? Resize(RandomProgram program, long from, long to)
    {
        var done = new NodeMap<UOp>();
        var inputs = new Dictionary<UOp, ProgramInput>(ReferenceEqualityComparer.Instance);
        try
        {
            foreach (var u in UOp.Sink(program.Results).TopologicalOrder())
            {
                if (u.DType != DType.Index && u.Op != Ops.Param)
                {
                    done[u] = Resized(u);
                }
            }
        }
        catch (InvalidOperationException)
        {
            return null;
        }

        return new RandomProgram([.. program.Inputs.Select(i => inputs.GetValueOrDefault(i.Param, i))], done[UOp.Sink(program.Results)].Src.ToArray());

        long Size(long n) => n == from ? to : n;

        UOp Source(UOp u) => u.Op == Ops.Param ? Input(u, Size(u.Shape[0])) : done[u];

        UOp Resized(UOp u)
        {
            switch (u.Op)
            {
                case Ops.Iota:
                    return Iota(u.DType, Size(u.Shape[0]));
                case Ops.Reshape when u[0].Op == Ops.Param:
                    long[] shape = [.. u.Shape.ToArray().Select(Size)];
                    return Reshape(Input(u[0], shape.Aggregate(1L, (p, n) => p * n)), shape);
                case Ops.Reshape:
                    return Reshape(Source(u[0]), Fitted([.. u.Shape.ToArray().Select(Size)], Source(u[0]).Shape.MaxElements));
                case Ops.Expand:
                    var (old, source) = (u[0].Shape.ToArray(), Source(u[0]));
                    return Expand(source, [.. u.Shape.ToArray().Select((n, axis) => old[axis] == n ? source.Shape[axis] : Size(n))]);
                case Ops.Shrink:
                    var (before, shrunk) = (u[0].Shape.ToArray(), Source(u[0]));
                    return Shrink(shrunk, [.. before.SelectMany((n, axis) =>
                    {
                        var (begin, end, size) = (u[1 + 2 * axis].Min, u[2 + 2 * axis].Min, shrunk.Shape[axis]);
                        begin = Math.Min(begin, size - 1);
                        return new[] { begin, end == n ? size : Math.Clamp(end, begin + 1, size) };
                    })]);
                default:
                    return UOp.New(u.Op, u.DType, u.Src.ToArray().Select(s => s.DType == DType.Index ? s : Source(s)).ToArray(), u.Arg);
            }
        }

        // Each input has one size.
        UOp Input(UOp param, long size)
        {
            if (!inputs.TryGetValue(param, out var input))
            {
                var values = program.ContentOf(param);
                input = size > values.Length || size == 0 ? throw new InvalidOperationException() : ProgramInput.Of(param.ArgAs<ParamArg>().Slot, param.DType, values[..(int)size]);
                inputs.Add(param, input);
            }

            return input.Values.Length == size ? input.Param : throw new InvalidOperationException();
        }

        // Sizes that were products of others: one of them takes what is left.
        static long[] Fitted(long[] shape, long elements)
        {
            for (var axis = -1; axis < shape.Length; axis++)
            {
                var others = shape.Where((_, a) => a != axis).Aggregate(1L, (p, n) => p * n);
                if (axis < 0 ? others == elements : elements % others == 0)
                {
                    return [.. shape.Select((n, a) => a == axis ? elements / others : n)];
                }
            }

            throw new InvalidOperationException();
        }
    }
}
