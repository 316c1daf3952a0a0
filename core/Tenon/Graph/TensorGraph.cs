using Tenon.Core;

namespace Tenon;

/// <summary>Builds tensor-level nodes from sizes. What changes nothing makes no node. Arguments are already checked.</summary>
internal static class TensorGraph
{
    public static UOp Reshape(UOp x, ReadOnlySpan<long> shape) => SameShape(x, shape) ? x : Sized(Ops.Reshape, x, shape);

    public static UOp Expand(UOp x, ReadOnlySpan<long> shape) => SameShape(x, shape) ? x : Sized(Ops.Expand, x, shape);

    /// <summary>Aligns the axes at the right and repeats those of size 1.</summary>
    public static UOp BroadcastTo(UOp x, ReadOnlySpan<long> shape)
    {
        if (SameShape(x, shape))
        {
            return x;
        }

        var aligned = new long[shape.Length];
        aligned.AsSpan().Fill(1);
        x.Shape.ToArray().CopyTo(aligned.AsSpan(shape.Length - x.Shape.Rank));
        return Expand(Reshape(x, aligned), shape);
    }

    public static UOp Permute(UOp x, ReadOnlySpan<int> axes)
    {
        for (var i = 0; i < axes.Length; i++)
        {
            if (axes[i] != i)
            {
                return UOp.New(Ops.Permute, x.DType, [x], new Axes(axes));
            }
        }

        return x;
    }

    public static UOp Pad(UOp x, ReadOnlySpan<(long Before, long After)> padding) =>
        AllZero(padding) ? x : Paired(Ops.Pad, x, padding);

    public static UOp Shrink(UOp x, ReadOnlySpan<(long Begin, long End)> bounds)
    {
        for (var i = 0; i < bounds.Length; i++)
        {
            if (bounds[i] != (0, x.Shape[i]))
            {
                return Paired(Ops.Shrink, x, bounds);
            }
        }

        return x;
    }

    public static UOp Flip(UOp x, ReadOnlySpan<int> axes) => axes.Length == 0 ? x : UOp.New(Ops.Flip, x.DType, [x], new Axes(axes));

    /// <summary>
    /// Reduces over the axes, which stay with size 1. Axes that have size 1 already need nothing; over no elements the result is
    /// what changes nothing: 0 or 1.
    /// </summary>
    public static UOp Reduce(Ops op, UOp x, ReadOnlySpan<int> axes)
    {
        var shape = x.Shape.ToArray();
        var reduced = new List<int>(axes.Length);
        var isEmpty = false;
        foreach (var axis in axes)
        {
            if (shape[axis] != 1)
            {
                reduced.Add(axis);
                isEmpty |= shape[axis] == 0;
                shape[axis] = 1;
            }
        }

        if (isEmpty)
        {
            return Full(x.DType, op == Ops.Mul ? 1 : 0, shape);
        }

        return reduced.Count == 0 ? x : UOp.New(Ops.Reduce, x.DType, [x], new ReduceArg(op, new Axes([.. reduced])));
    }

    /// <summary>Every n-th element of each axis, from the first.</summary>
    public static UOp Stride(UOp x, ReadOnlySpan<long> strides)
    {
        var rank = strides.Length;
        var (padding, split, first, merged) = (new (long, long)[rank], new long[2 * rank], new (long, long)[2 * rank], new long[rank]);
        var isPlain = true;
        for (var i = 0; i < rank; i++)
        {
            var count = (x.Shape[i] + strides[i] - 1) / strides[i];
            padding[i] = (0, count * strides[i] - x.Shape[i]);
            (split[2 * i], split[2 * i + 1], merged[i]) = (count, strides[i], count);
            (first[2 * i], first[2 * i + 1]) = ((0, count), (0, Math.Min(1, strides[i])));
            isPlain &= strides[i] == 1;
        }

        return isPlain ? x : Reshape(Shrink(Reshape(Pad(x, padding), split), first), merged);
    }

    /// <summary>A literal repeated over a shape.</summary>
    public static UOp Full(DType dtype, Scalar value, ReadOnlySpan<long> shape) => BroadcastTo(UOp.Const(dtype, value), shape);

    /// <summary>A literal of the dtype and shape of a node.</summary>
    public static UOp FullLike(UOp x, Scalar value) => Full(x.DType, value, x.Shape.ToArray());

    /// <summary>Whether the value is one literal everywhere, and which.</summary>
    public static bool IsFull(UOp x, out Scalar value)
    {
        while (x.Op is Ops.Reshape or Ops.Expand or Ops.Permute or Ops.Shrink or Ops.Flip)
        {
            x = x[0];
        }

        return x.IsConst(out value);
    }

    /// <summary>A conversion; to bool it asks whether the value is not zero.</summary>
    public static UOp Cast(UOp x, DType dtype) =>
        dtype.IsBool && !x.DType.IsBool ? UOp.Alu(Ops.CmpNe, x, FullLike(x, 0)) : x.Cast(dtype);

    public static bool SameShape(UOp x, ReadOnlySpan<long> shape)
    {
        if (x.Shape.Rank != shape.Length)
        {
            return false;
        }

        for (var i = 0; i < shape.Length; i++)
        {
            if (x.Shape[i] != shape[i])
            {
                return false;
            }
        }

        return true;
    }

    private static bool AllZero(ReadOnlySpan<(long Before, long After)> padding)
    {
        foreach (var p in padding)
        {
            if (p != (0, 0))
            {
                return false;
            }
        }

        return true;
    }

    private static UOp Sized(Ops op, UOp x, ReadOnlySpan<long> shape)
    {
        var src = new UOp[shape.Length + 1];
        src[0] = x;
        for (var i = 0; i < shape.Length; i++)
        {
            src[i + 1] = UOp.Index(shape[i]);
        }

        return UOp.New(op, x.DType, src);
    }

    private static UOp Paired(Ops op, UOp x, ReadOnlySpan<(long First, long Second)> pairs)
    {
        var src = new UOp[pairs.Length * 2 + 1];
        src[0] = x;
        for (var i = 0; i < pairs.Length; i++)
        {
            src[2 * i + 1] = UOp.Index(pairs[i].First);
            src[2 * i + 2] = UOp.Index(pairs[i].Second);
        }

        return UOp.New(op, x.DType, src);
    }
}
