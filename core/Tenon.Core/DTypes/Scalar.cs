using System.Globalization;
using System.Numerics;

namespace Tenon;

/// <summary>
/// One number or truth value, kept exactly. Equality is equality of bits, so that 0 and -0 differ and NaN equals itself.
/// </summary>
public readonly struct Scalar : IEquatable<Scalar>
{
    private readonly long _bits;

    private Scalar(DTypeKind kind, long bits)
    {
        Kind = kind;
        _bits = bits;
    }

    /// <summary>Whether this is a truth value, an integer or a fraction.</summary>
    public DTypeKind Kind { get; }

    /// <summary>The raw 64 bits: of the integer, or of the double; of a complex number its two float32, the real part in the lower half.</summary>
    public long RawBits => _bits;

    /// <summary>The value as an integer; a fraction is truncated towards zero and saturates, NaN gives 0.</summary>
    public long AsLong => Kind is DTypeKind.Float or DTypeKind.Complex ? (long)AsDouble : _bits;

    /// <summary>The value as a double; of a complex number the real part.</summary>
    public double AsDouble => Kind switch
    {
        DTypeKind.Complex => BitConverter.Int32BitsToSingle((int)_bits),
        DTypeKind.Float => BitConverter.Int64BitsToDouble(_bits),
        DTypeKind.UInt => (ulong)_bits,
        _ => _bits,
    };

    /// <summary>The value as a complex number.</summary>
    public Complex AsComplex => new(AsDouble, Kind == DTypeKind.Complex ? BitConverter.Int32BitsToSingle((int)(_bits >> 32)) : 0);

    /// <summary>False for zero.</summary>
    public bool AsBool => Kind switch
    {
        DTypeKind.Float => AsDouble != 0,
        DTypeKind.Complex => AsComplex != Complex.Zero,
        _ => _bits != 0,
    };

    /// <summary>An integer.</summary>
    public static implicit operator Scalar(int value) => new(DTypeKind.Int, value);

    /// <summary>An integer.</summary>
    public static implicit operator Scalar(long value) => new(DTypeKind.Int, value);

    /// <summary>An unsigned integer.</summary>
    public static implicit operator Scalar(ulong value) => new(DTypeKind.UInt, (long)value);

    /// <summary>A fraction.</summary>
    public static implicit operator Scalar(float value) => new(DTypeKind.Float, BitConverter.DoubleToInt64Bits(value));

    /// <summary>A fraction.</summary>
    public static implicit operator Scalar(double value) => new(DTypeKind.Float, BitConverter.DoubleToInt64Bits(value));

    /// <summary>A complex number, of two float32.</summary>
    public static implicit operator Scalar(Complex value) =>
        new(DTypeKind.Complex, BitConverter.SingleToUInt32Bits((float)value.Real) | (long)BitConverter.SingleToInt32Bits((float)value.Imaginary) << 32);

    /// <summary>A truth value.</summary>
    public static implicit operator Scalar(bool value) => new(DTypeKind.Bool, value ? 1 : 0);

    /// <summary>Equality of kind and bits.</summary>
    public static bool operator ==(Scalar a, Scalar b) => a.Equals(b);

    /// <summary>Inequality of kind or bits.</summary>
    public static bool operator !=(Scalar a, Scalar b) => !a.Equals(b);

    /// <summary>This value rounded or wrapped to what <paramref name="dtype"/> can hold, as a cast does.</summary>
    public Scalar To(DType dtype) => dtype.Kind switch
    {
        DTypeKind.Bool => AsBool,
        DTypeKind.Float => dtype.Scalar.Name switch
        {
            "float32" => (double)ToFloat(),
            "float16" => (double)(Half)AsDouble,
            _ when dtype.Format is { } format => (double)format.Decode(format.Encode(ToFloat())),
            _ => AsDouble,
        },
        DTypeKind.Complex => AsComplex,
        DTypeKind.Index => AsLong,
        DTypeKind.Int => Wrap(IntegerBits(), dtype),
        DTypeKind.UInt => new Scalar(DTypeKind.UInt, Wrap(IntegerBits(), dtype)),
        _ => throw new InvalidOperationException($"A scalar can't be of type {dtype}."),
    };

    /// <summary>The bits of this value in memory, once it is of <paramref name="dtype"/>; the lowest of them.</summary>
    public ulong ToBits(DType dtype) => dtype.Scalar.Name switch
    {
        "float64" => (ulong)_bits,
        "float32" => BitConverter.SingleToUInt32Bits((float)AsDouble),
        "float16" => BitConverter.HalfToUInt16Bits((Half)AsDouble),
        _ when dtype.Format is { } format => format.Encode((float)AsDouble),
        _ => (ulong)_bits & ulong.MaxValue >> (64 - dtype.Bits),
    };

    /// <summary>The value of <paramref name="dtype"/> whose bits in memory are these; higher bits don't matter.</summary>
    public static Scalar FromBits(DType dtype, ulong bits) => dtype.Scalar.Name switch
    {
        "float64" => BitConverter.UInt64BitsToDouble(bits),
        "float32" => BitConverter.UInt32BitsToSingle((uint)bits),
        "float16" => (double)BitConverter.UInt16BitsToHalf((ushort)bits),
        _ when dtype.Format is { } format => (double)format.Decode((uint)bits & (1u << dtype.Bits) - 1),
        "complex64" => new Scalar(DTypeKind.Complex, (long)bits),
        "bool" => (bits & 0xff) != 0,
        _ => ((Scalar)(long)bits).To(dtype),
    };

    /// <summary>An element of memory; of packed dtypes the first lies in the lowest bits of its byte.</summary>
    /// <param name="dtype">The type of the elements.</param>
    /// <param name="memory">The elements, little-endian.</param>
    /// <param name="index">Which element.</param>
    public static Scalar Element(DType dtype, ReadOnlySpan<byte> memory, int index)
    {
        if (dtype.IsPacked)
        {
            var bit = (long)index * dtype.Bits;
            return FromBits(dtype, (ulong)memory[(int)(bit / 8)] >> (int)(bit % 8) & (1u << dtype.Bits) - 1);
        }

        ulong bits = 0;
        for (var b = dtype.Bytes - 1; b >= 0; b--)
        {
            bits = bits << 8 | memory[index * dtype.Bytes + b];
        }

        return FromBits(dtype, bits);
    }

    /// <summary>A value from the raw bits that <see cref="RawBits"/> gave.</summary>
    public static Scalar FromRawBits(DTypeKind kind, long bits) => new(kind, bits);

    /// <inheritdoc/>
    public bool Equals(Scalar other) => Kind == other.Kind && _bits == other._bits;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is Scalar s && Equals(s);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine((byte)Kind, _bits);

    /// <inheritdoc/>
    public override string ToString() => Kind switch
    {
        DTypeKind.Bool => AsBool ? "true" : "false",
        DTypeKind.Complex => AsComplex.ToString(CultureInfo.InvariantCulture),
        DTypeKind.Float => AsDouble.ToString("R", CultureInfo.InvariantCulture),
        DTypeKind.UInt => ((ulong)_bits).ToString(CultureInfo.InvariantCulture),
        _ => _bits.ToString(CultureInfo.InvariantCulture),
    };

    /// <summary>Rounds to the nearest bfloat16, ties to even; NaN stays NaN.</summary>
    public static float RoundToBFloat16(float value) => DType.BFloat16.Format!.Decode(DType.BFloat16.Format.Encode(value));

    private float ToFloat() => Kind switch
    {
        DTypeKind.Float or DTypeKind.Complex => (float)AsDouble,
        DTypeKind.UInt => (ulong)_bits,
        _ => _bits,
    };

    private long IntegerBits() => Kind is not (DTypeKind.Float or DTypeKind.Complex) ? _bits : AsDouble is >= 9.2233720368547758E18 and < 1.8446744073709552E19 ? (long)(ulong)AsDouble : AsLong;

    private static long Wrap(long value, DType dtype)
    {
        var shift = 64 - dtype.Bits;
        return dtype.Kind == DTypeKind.Int ? value << shift >> shift : (long)((ulong)value << shift >> shift);
    }
}
