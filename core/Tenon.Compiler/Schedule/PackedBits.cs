using Tenon.Core;

namespace Tenon.Compiler;

/// <summary>Several elements in a byte, the first in its lowest bits, and one element in a byte.</summary>
internal static class PackedBits
{
    /// <summary>The elements of the bytes <c>[n]</c>, each in the low bits of a byte, in a shape.</summary>
    public static UOp Unpack(UOp bytes, DType dtype, Shape shape)
    {
        var (count, perByte) = (bytes.Shape.MaxElements, 8 / dtype.Bits);
        var spread = UOp.New(Ops.Expand, DType.UInt8, [TensorRules.Reshape(bytes, [count, 1]), UOp.Index(count), UOp.Index(perByte)]);
        var bits = UOp.Alu(Ops.And, UOp.Alu(Ops.Shr, spread, Places(dtype, count)), Full(DType.UInt8, (1 << dtype.Bits) - 1, spread.Shape));
        var flat = TensorRules.Reshape(bits, [count * perByte]);
        return TensorRules.Reshape(UOp.New(Ops.Shrink, DType.UInt8, [flat, UOp.Index(0), UOp.Index(shape.MaxElements)]), shape);
    }

    /// <summary>The bytes of elements in a shape, each in the low bits of a byte whose other bits are 0.</summary>
    public static UOp Pack(UOp codes, DType dtype, Shape shape)
    {
        var (count, perByte) = (dtype.BytesOf(shape.MaxElements), 8 / dtype.Bits);
        var flat = TensorRules.Reshape(codes, [shape.Elements]);
        var padded = UOp.New(Ops.Pad, DType.UInt8, [flat, UOp.Index(0), (count * perByte - shape.Elements).Node]);
        var placed = UOp.Alu(Ops.Shl, TensorRules.Reshape(padded, [count, perByte]), Places(dtype, count));
        return TensorRules.Reshape(UOp.New(Ops.Reduce, DType.UInt8, [placed], new ReduceArg(Ops.Add, new Axes([1]))), [count]);
    }

    /// <summary>A literal over a shape.</summary>
    public static UOp Full(DType dtype, Scalar value, Shape shape)
    {
        var ones = new UOp[shape.Rank];
        ones.AsSpan().Fill(UOp.Index(1));
        var literal = TensorRules.Reshape(UOp.Const(dtype, value), Shape.FromDims(ones));
        return literal.Shape.Equals(shape) ? literal : UOp.New(Ops.Expand, dtype, [literal, .. shape.Dims]);
    }

    // How far each element of a byte is shifted: [count, elements of a byte].
    private static UOp Places(DType dtype, long count)
    {
        var perByte = 8 / dtype.Bits;
        var place = UOp.New(Ops.Iota, DType.UInt8, [UOp.Index(perByte)]);
        var shift = UOp.Alu(Ops.Mul, place, Full(DType.UInt8, dtype.Bits, place.Shape));
        return UOp.New(Ops.Expand, DType.UInt8, [TensorRules.Reshape(shift, [1, perByte]), UOp.Index(count), UOp.Index(perByte)]);
    }
}
