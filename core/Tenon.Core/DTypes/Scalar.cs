using System.Globalization;

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

    /// <summary>The raw 64 bits: of the integer, or of the double.</summary>
    public long RawBits => _bits;

    /// <summary>The value as an integer; a fraction is truncated towards zero and saturates, NaN gives 0.</summary>
    public long AsLong => Kind == DTypeKind.Float ? (long)BitConverter.Int64BitsToDouble(_bits) : _bits;

    /// <summary>The value as a double.</summary>
    public double AsDouble => Kind switch
    {
        DTypeKind.Float => BitConverter.Int64BitsToDouble(_bits),
        DTypeKind.UInt => (ulong)_bits,
        _ => _bits,
    };

    /// <summary>False for zero.</summary>
    public bool AsBool => Kind == DTypeKind.Float ? AsDouble != 0 : _bits != 0;

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
            "bfloat16" => (double)RoundToBFloat16(ToFloat()),
            _ => AsDouble,
        },
        DTypeKind.Index => AsLong,
        DTypeKind.Int => Wrap(IntegerBits(), dtype),
        DTypeKind.UInt => new Scalar(DTypeKind.UInt, Wrap(IntegerBits(), dtype)),
        _ => throw new InvalidOperationException($"A scalar can't be of type {dtype}."),
    };

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
        DTypeKind.Float => AsDouble.ToString("R", CultureInfo.InvariantCulture),
        DTypeKind.UInt => ((ulong)_bits).ToString(CultureInfo.InvariantCulture),
        _ => _bits.ToString(CultureInfo.InvariantCulture),
    };

    /// <summary>Rounds to the nearest bfloat16, ties to even; NaN stays NaN.</summary>
    public static float RoundToBFloat16(float value)
    {
        if (float.IsNaN(value))
        {
            return float.NaN;
        }

        var bits = BitConverter.SingleToUInt32Bits(value);
        bits += 0x7fff + ((bits >> 16) & 1);
        return BitConverter.UInt32BitsToSingle(bits & 0xffff0000);
    }

    private float ToFloat() => Kind switch
    {
        DTypeKind.Float => (float)AsDouble,
        DTypeKind.UInt => (ulong)_bits,
        _ => _bits,
    };

    private long IntegerBits() => Kind != DTypeKind.Float ? _bits : AsDouble is >= 9.2233720368547758E18 and < 1.8446744073709552E19 ? (long)(ulong)AsDouble : AsLong;

    private static long Wrap(long value, DType dtype)
    {
        var shift = 64 - dtype.Bits;
        return dtype.Kind == DTypeKind.Int ? value << shift >> shift : (long)((ulong)value << shift >> shift);
    }
}
