using Tenon.Core;

namespace Tenon.Compiler;

/// <summary>Splits reductions of much into little in two, so that the first half is parallel work.</summary>
internal static class ReduceSplitting
{
    private const long LeastElementsEach = 32 * 1024;
    private const long MostParts = 64;

    public static PatternMatcher Rules { get; } = new(
        // reduce(x) → reduce(contiguous(reduce of each part))
        Rule.With<SchedulerOptions>(Pat.Op(new OpSet(Ops.Reduce), 0), Split));

    private static UOp? Split(SchedulerOptions options, UOp reduce)
    {
        var (x, arg) = (reduce[0], reduce.ArgAs<ReduceArg>());
        var (from, to) = (x.Shape.MaxElements, reduce.Shape.MaxElements);
        if (!x.Shape.IsConcrete || to >= options.Parallelism || from / to < 2 * LeastElementsEach)
        {
            return null;
        }

        foreach (var axis in arg.Axes.Span)
        {
            if (LargestDivisor(x.Shape[axis], Math.Min(MostParts, from / to / LeastElementsEach)) is var parts and > 1)
            {
                return InParts(reduce, axis, parts);
            }
        }

        return null;
    }

    private static UOp InParts(UOp reduce, int axis, long parts)
    {
        var (x, arg) = (reduce[0], reduce.ArgAs<ReduceArg>());
        UOp[] sizes = [.. x.Shape.Dims[..axis], UOp.Index(parts), UOp.Index(x.Shape[axis] / parts), .. x.Shape.Dims[(axis + 1)..]];
        var cut = TensorRules.Reshape(x, Shape.FromDims(sizes));
        var each = UOp.New(Ops.Reduce, x.DType, [cut], arg with { Axes = new Axes([.. arg.Axes.Span.ToArray().Select(a => a < axis ? a : a + 1)]) });
        var stored = UOp.New(Ops.Contiguous, x.DType, [each]);
        return TensorRules.Reshape(UOp.New(Ops.Reduce, x.DType, [stored], arg with { Axes = new Axes(axis) }), reduce.Shape);
    }

    private static long LargestDivisor(long n, long most)
    {
        for (var d = Math.Min(n, most); d > 1; d--)
        {
            if (n % d == 0)
            {
                return d;
            }
        }

        return 1;
    }
}
