using Tenon.Onnx.Graph;
using Tenon.Onnx.Run;

namespace Tenon.Onnx.Operators;

/// <summary>Operators that make one element of many.</summary>
internal static class ReduceOps
{
    /// <summary>Adds them.</summary>
    public static void Register(OpRegistry ops)
    {
        Reduce("ReduceSum", 13, (x, axes, keep) => x.Sum(axes, keep));
        Reduce("ReduceMean", 18, (x, axes, keep) => x.Mean(axes, keep));
        Reduce("ReduceProd", 18, (x, axes, keep) => x.Prod(axes, keep));
        Reduce("ReduceMax", 18, (x, axes, keep) => Extreme(x, axes, keep, isMax: true));
        Reduce("ReduceMin", 18, (x, axes, keep) => Extreme(x, axes, keep, isMax: false));
        Reduce("ReduceL1", 18, (x, axes, keep) => x.Abs().Sum(axes, keep));
        Reduce("ReduceL2", 18, (x, axes, keep) => x.Square().Sum(axes, keep).Sqrt());
        Reduce("ReduceSumSquare", 18, (x, axes, keep) => x.Square().Sum(axes, keep));
        Reduce("ReduceLogSum", 18, (x, axes, keep) => x.Sum(axes, keep).Log());
        Reduce("ReduceLogSumExp", 18, LogSumExp);
        ops.Add("ArgMax", 1, c => Arg(c, (x, axis) => x.ArgMax(axis, keepDim: true)));
        ops.Add("ArgMin", 1, c => Arg(c, (x, axis) => x.ArgMin(axis, keepDim: true)));
        ops.Add("CumSum", 11, c => Cumulative(c, (x, axis) => x.CumSum(axis), 0));
        ops.Add("CumProd", 26, c => Cumulative(c, (x, axis) => x.CumProd(axis), 1));
        ops.AddMany("TopK", 1, c => TopK(c, c.Long("k", 1)));
        ops.AddMany("TopK", 10, c => TopK(c, c.Scalar(1).AsLong));

        // The axes were an attribute until the given opset.
        void Reduce(string name, int axesAreInputSince, Func<Tensor, int[]?, bool, Tensor> op)
        {
            ops.Add(name, 1, c => Of(c, c.Ints("axes"), op));
            ops.Add(name, axesAreInputSince, c => Of(c, c.LongsOrNull(1), op));
        }
    }

    private static Tensor Of(OpCall c, long[]? axes, Func<Tensor, int[]?, bool, Tensor> op)
    {
        if (axes is null or [])
        {
            if (c.Flag("noop_with_empty_axes"))
            {
                // Still the function of one element, such as its square.
                return op(c[0].Unsqueeze(0), [0], false).Cast(c[0].DType);
            }

            axes = null;
        }

        return op(c[0], axes?.Select(a => c.Axis(a, c[0].Rank)).ToArray(), c.Flag("keepdims", true)).Cast(c[0].DType);
    }

    // Over no elements: what every other value beats.
    private static Tensor Extreme(Tensor x, int[]? axes, bool keep, bool isMax)
    {
        var sizes = OpCall.SizesOf(x);
        var reduced = axes ?? [.. Enumerable.Range(0, x.Rank)];
        if (!reduced.Any(a => sizes[a] == 0))
        {
            return x.DType.IsBool ? isMax ? x.Any(axes, keep) : x.All(axes, keep) : isMax ? x.Max(axes, keep) : x.Min(axes, keep);
        }

        var shape = sizes.Select((s, i) => reduced.Contains(i) ? 1 : s).Where((_, i) => keep || !reduced.Contains(i)).ToArray();
        Scalar least = x.DType.IsFloat ? double.NegativeInfinity : x.DType.MinInteger;
        Scalar greatest = x.DType.IsFloat ? double.PositiveInfinity : x.DType.MaxInteger;
        return Tensor.Full(shape, isMax ? least : greatest, x.DType);
    }

    private static Tensor LogSumExp(Tensor x, int[]? axes, bool keep)
    {
        if (OpCall.SizesOf(x).Contains(0))
        {
            return x.Exp().Sum(axes, keep).Log();
        }

        var max = x.Max(axes, keepDim: true);
        var shift = Tensor.Where(max.IsFinite(), max, max.ZerosLike());
        var sum = (x - shift).Exp().Sum(axes, keepDim: true).Log() + shift;
        return keep ? sum : sum.Reshape(x.Max(axes).Shape);
    }

    private static Tensor Arg(OpCall c, Func<Tensor, int, Tensor> op)
    {
        var axis = c.Axis(c.Long("axis", 0), c[0].Rank);
        var last = c.Flag("select_last_index");
        var found = op(last ? c[0].Flip(axis) : c[0], axis).Cast(DType.Int64);
        found = last ? c[0].Size(axis) - 1 - found : found;
        return c.Flag("keepdims", true) ? found : found.Squeeze(axis);
    }

    private static Tensor Cumulative(OpCall c, Func<Tensor, int, Tensor> op, Scalar start)
    {
        var (axis, reverse) = (c.Axis(c.Scalar(1).AsLong, c[0].Rank), c.Flag("reverse"));
        var x = reverse ? c[0].Flip(axis) : c[0];
        var y = op(x, axis).Cast(x.DType);
        if (c.Flag("exclusive"))
        {
            var padding = new (Core.SymInt, Core.SymInt)[x.Rank];
            padding[axis] = (1, -1);
            y = y.Pad(padding, start);
        }

        return reverse ? y.Flip(axis) : y;
    }

    private static OnnxValue?[] TopK(OpCall c, long k)
    {
        var (values, indices) = c[0].TopK((int)k, c.Int("axis", -1), c.Flag("largest", true));
        return [values, indices.Cast(DType.Int64)];
    }
}
