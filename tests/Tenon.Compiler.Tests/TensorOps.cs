using Tenon.Core;

namespace Tenon.Compiler.Tests;

/// <summary>Nodes of tensor graphs, short to write.</summary>
internal static class TensorOps
{
    public static UOp Reshape(UOp x, params long[] shape) => Reshape(x, new Shape(shape));

    public static UOp Reshape(UOp x, Shape shape) => x.Shape.Equals(shape) ? x : UOp.New(Ops.Reshape, x.DType, [x, .. shape.Dims]);

    public static UOp Expand(UOp x, params long[] shape) => Expand(x, new Shape(shape));

    public static UOp Expand(UOp x, Shape shape) => x.Shape.Equals(shape) ? x : UOp.New(Ops.Expand, x.DType, [x, .. shape.Dims]);

    public static UOp Permute(UOp x, params int[] axes) => UOp.New(Ops.Permute, x.DType, [x], new Axes(axes));

    public static UOp Flip(UOp x, params int[] axes) => UOp.New(Ops.Flip, x.DType, [x], new Axes(axes));

    /// <summary>Elements before and after, axis by axis.</summary>
    public static UOp Pad(UOp x, params long[] sizes) => UOp.New(Ops.Pad, x.DType, [x, .. sizes.Select(UOp.Index)]);

    /// <summary>Begin and end, axis by axis.</summary>
    public static UOp Shrink(UOp x, params long[] bounds) => UOp.New(Ops.Shrink, x.DType, [x, .. bounds.Select(UOp.Index)]);

    /// <summary>The reduced axes stay, with size 1.</summary>
    public static UOp Reduce(Ops op, UOp x, params int[] axes) => UOp.New(Ops.Reduce, x.DType, [x], new ReduceArg(op, new Axes(axes)));

    public static UOp Contiguous(UOp x) => UOp.New(Ops.Contiguous, x.DType, [x]);

    public static UOp Iota(DType dtype, long size) => UOp.New(Ops.Iota, dtype, [UOp.Index(size)]);

    public static UOp Full(DType dtype, Scalar value, params long[] shape) => Full(dtype, value, new Shape(shape));

    public static UOp Full(DType dtype, Scalar value, Shape shape) =>
        Expand(Reshape(UOp.Const(dtype, value), new Shape([.. Enumerable.Repeat(1L, shape.Rank)])), shape);

    /// <summary>The state of a buffer after a value has been stored in a part of it.</summary>
    public static UOp Assign(UOp state, UOp part, UOp value) => UOp.New(Ops.After, state.DType, [state, UOp.New(Ops.Store, DType.Void, [part, value])]);
}
