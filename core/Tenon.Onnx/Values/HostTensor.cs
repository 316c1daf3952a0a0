using Tenon.Core;

namespace Tenon.Onnx;

/// <summary>A small tensor in the host's memory, one number after the other.</summary>
internal sealed record HostTensor(DType DType, long[] Shape, Scalar[] Elements)
{
    /// <summary>How many elements are worth keeping on the host: shapes, axes, pads, scales.</summary>
    public const int Limit = 256;

    /// <summary>Whether elements of the dtype have a place among those of the host: not narrow ones, nor complex numbers.</summary>
    public static bool Holds(DType dtype) => dtype is { IsNative: true, IsVector: false } && dtype != DType.Index && dtype != DType.Void;

    /// <summary>The elements of a tensor, which is realised; narrow ones in the dtype in which they are computed.</summary>
    public static HostTensor Read(Tensor tensor)
    {
        tensor = Holds(tensor.DType) ? tensor : tensor.Cast(tensor.DType.Carrier);
        var shape = new long[tensor.Rank];
        for (var i = 0; i < shape.Length; i++)
        {
            shape[i] = tensor.Size(i);
        }

        return Read(tensor.ToBytes(), tensor.DType, shape);
    }

    /// <summary>The elements that are stored as little-endian bytes.</summary>
    public static HostTensor Read(ReadOnlySpan<byte> bytes, DType dtype, long[] shape)
    {
        var width = dtype.Bytes;
        var elements = new Scalar[bytes.Length / width];
        for (var i = 0; i < elements.Length; i++)
        {
            long bits = 0;
            for (var b = width - 1; b >= 0; b--)
            {
                bits = bits << 8 | bytes[i * width + b];
            }

            elements[i] = dtype.IsBool
                ? bits != 0
                : ScalarMath.Evaluate(Ops.Bitcast, dtype, Unsigned(width), [Scalar.FromRawBits(DTypeKind.UInt, bits)]);
        }

        return new HostTensor(dtype, shape, elements);
    }

    /// <summary>Whole numbers of one axis.</summary>
    public static HostTensor Of(params long[] values) => new(DType.Int64, [values.Length], [.. values.Select(v => (Scalar)v)]);

    /// <summary>The same elements in storage of a device.</summary>
    public Tensor ToTensor(string? device)
    {
        var width = DType.Bytes;
        var bytes = new byte[Elements.Length * width];
        for (var i = 0; i < Elements.Length; i++)
        {
            var bits = DType.IsBool ? Elements[i].AsLong : ScalarMath.Evaluate(Ops.Bitcast, Unsigned(width), DType, [Elements[i]]).RawBits;
            for (var b = 0; b < width; b++)
            {
                bytes[i * width + b] = (byte)(bits >> (8 * b));
            }
        }

        return Tensor.FromBytes(bytes, DType, Shape, device);
    }

    private static DType Unsigned(int bytes) => bytes switch { 1 => DType.UInt8, 2 => DType.UInt16, 4 => DType.UInt32, _ => DType.UInt64 };
}
