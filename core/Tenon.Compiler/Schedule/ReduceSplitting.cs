using Tenon.Core;

namespace Tenon.Compiler;

/// <summary>
/// Splits reductions of much into little in two, so that the first half is parallel work. Where groups of lanes share what they load, they compute
/// many sums of products each: of those, more are needed to keep the device busy.
/// </summary>
internal static class ReduceSplitting
{
    private const long LeastElementsEach = 32 * 1024;
    private const long LeastProductsEach = 256;
    private const long MostParts = 64;
    private const long LeastReuse = 8;

    public static PatternMatcher Rules { get; } = new(
        // reduce(x) → reduce(contiguous(reduce of each part))
        Rule.With<SchedulerOptions>(Pat.Op(new OpSet(Ops.Reduce), 0), Split));

    private static UOp? Split(SchedulerOptions options, UOp reduce)
    {
        var (x, arg) = (reduce[0], reduce.ArgAs<ReduceArg>());
        var (from, to) = (x.Shape.MaxElements, reduce.Shape.MaxElements);
        if (!x.Shape.IsConcrete || from == 0 || to == 0)
        {
            return null;
        }

        var (enough, least) = options.Lanes > options.Parallelism && arg.Op == Ops.Add && IsOfProducts(x) ? (options.Lanes, LeastProductsEach) : (options.Parallelism, LeastElementsEach);
        if (to >= enough || from / to < 2 * least)
        {
            return null;
        }

        var most = Math.Min(MostParts, from / to / least);
        most = least == LeastProductsEach ? Math.Min(most, 2 * ((enough + to - 1) / to)) : most;
        foreach (var axis in arg.Axes.Span)
        {
            if (LargestDivisor(x.Shape[axis], most) is var parts and > 1)
            {
                return InParts(reduce, axis, parts);
            }
        }

        return null;
    }

    // Whether other results use both factors again.
    private static bool IsOfProducts(UOp x) => (x.Op == Ops.Cast ? x[0] : x) is { Op: Ops.Mul } product && IsUsedAgain(product[0]) && IsUsedAgain(product[1]);

    private static bool IsUsedAgain(UOp factor)
    {
        var all = factor.Shape.MaxElements;
        while (factor.Op is Ops.Expand or Ops.Reshape or Ops.Permute or Ops.Shrink or Ops.Pad or Ops.Cast)
        {
            factor = factor[0];
        }

        return all >= LeastReuse * factor.Shape.MaxElements;
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
