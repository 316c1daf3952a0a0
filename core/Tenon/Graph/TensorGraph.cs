using Tenon.Core;

namespace Tenon;

/// <summary>Builds tensor-level nodes from sizes, which may be symbolic. What changes nothing makes no node. Arguments are already checked.</summary>
internal static class TensorGraph
{
    public static UOp Reshape(UOp x, Shape shape) => x.Shape.Equals(shape) ? x : UOp.New(Ops.Reshape, x.DType, [x, .. shape.Dims]);

    public static UOp Expand(UOp x, Shape shape) => x.Shape.Equals(shape) ? x : UOp.New(Ops.Expand, x.DType, [x, .. shape.Dims]);

    /// <summary>Aligns the axes at the right and repeats those of size 1.</summary>
    public static UOp BroadcastTo(UOp x, Shape shape)
    {
        if (x.Shape.Equals(shape))
        {
            return x;
        }

        var aligned = new UOp[shape.Rank];
        aligned.AsSpan().Fill(UOp.Index(1));
        x.Shape.Dims.CopyTo(aligned.AsSpan(shape.Rank - x.Shape.Rank));
        return Expand(Reshape(x, Shape.FromDims(aligned)), shape);
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

    public static UOp Pad(UOp x, ReadOnlySpan<(SymInt Before, SymInt After)> padding)
    {
        foreach (var p in padding)
        {
            if (p != (0, 0))
            {
                return Paired(Ops.Pad, x, padding);
            }
        }

        return x;
    }

    public static UOp Shrink(UOp x, ReadOnlySpan<(SymInt Begin, SymInt End)> bounds)
    {
        for (var i = 0; i < bounds.Length; i++)
        {
            if (bounds[i] != (0, x.Shape.Size(i)))
            {
                return Paired(Ops.Shrink, x, bounds);
            }
        }

        return x;
    }

    public static UOp Flip(UOp x, ReadOnlySpan<int> axes) => axes.Length == 0 ? x : UOp.New(Ops.Flip, x.DType, [x], new Axes(axes));

    /// <summary>
    /// Reduces over the axes, which stay with size 1. Axes that have size 1 already need nothing.
    /// </summary>
    public static UOp Reduce(Ops op, UOp x, ReadOnlySpan<int> axes)
    {
        var sizes = x.Shape.ToSizes();
        var reduced = new List<int>(axes.Length);
        foreach (var axis in axes)
        {
            if (sizes[axis] != 1)
            {
                reduced.Add(axis);
                sizes[axis] = 1;
            }
        }

        return reduced.Count == 0 ? x : UOp.New(Ops.Reduce, x.DType, [x], new ReduceArg(op, new Axes([.. reduced])));
    }

    /// <summary>Every n-th element of each axis, from the first.</summary>
    public static UOp Stride(UOp x, ReadOnlySpan<long> strides)
    {
        var rank = strides.Length;
        var (padding, split, first, merged) = (new (SymInt, SymInt)[rank], new SymInt[2 * rank], new (SymInt, SymInt)[2 * rank], new SymInt[rank]);
        var isPlain = true;
        for (var i = 0; i < rank; i++)
        {
            // A symbolic axis is padded to its greatest size, so that the stride divides it whatever the size is.
            var size = x.Shape.Size(i);
            var most = (size.Max + strides[i] - 1) / strides[i];
            merged[i] = strides[i] == 1 ? size : (size + strides[i] - 1) / strides[i];
            padding[i] = strides[i] == 1 ? (0, 0) : (0, most * strides[i] - size);
            (split[2 * i], split[2 * i + 1]) = (strides[i] == 1 ? size : most, strides[i]);
            (first[2 * i], first[2 * i + 1]) = ((0, merged[i]), (0, Math.Min(1, strides[i])));
            isPlain &= strides[i] == 1;
        }

        return isPlain ? x : Reshape(Shrink(Reshape(Pad(x, padding), split), first), merged);
    }

    /// <summary>A literal repeated over a shape.</summary>
    public static UOp Full(DType dtype, Scalar value, Shape shape) => BroadcastTo(UOp.Const(dtype, value), shape);

    /// <summary>A literal of the dtype and shape of a node.</summary>
    public static UOp FullLike(UOp x, Scalar value) => Full(x.DType, value, x.Shape);

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
        !dtype.IsBool || x.DType.IsBool ? x.Cast(dtype)
        : x.DType == DType.Float8E8M0 ? Cast(x.Cast(DType.Float32), dtype)
        : UOp.Alu(Ops.CmpNe, x, FullLike(x, 0));

    private static UOp Paired(Ops op, UOp x, ReadOnlySpan<(SymInt First, SymInt Second)> pairs)
    {
        var src = new UOp[pairs.Length * 2 + 1];
        src[0] = x;
        for (var i = 0; i < pairs.Length; i++)
        {
            (src[2 * i + 1], src[2 * i + 2]) = (pairs[i].First.Node, pairs[i].Second.Node);
        }

        return UOp.New(op, x.DType, src);
    }
}
