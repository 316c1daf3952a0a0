using System.Numerics;

namespace Tenon.Sdk.Interpreter;

/// <summary>A float32 without its last 16 bits; each operation is rounded once, to nearest even.</summary>
internal readonly struct BFloat16 :
    IAdditionOperators<BFloat16, BFloat16, BFloat16>, ISubtractionOperators<BFloat16, BFloat16, BFloat16>, IMultiplyOperators<BFloat16, BFloat16, BFloat16>,
    IDivisionOperators<BFloat16, BFloat16, BFloat16>, IUnaryNegationOperators<BFloat16, BFloat16>, IComparisonOperators<BFloat16, BFloat16, bool>,
    IEquatable<BFloat16>
{
    private readonly ushort _bits;

    private BFloat16(ushort bits) => _bits = bits;

    // A float32 has more than twice the bits, so that sums, products and quotients rounded to it, and then again, are as if rounded once.
    public static explicit operator BFloat16(float value)
    {
        var bits = BitConverter.SingleToUInt32Bits(value);
        return new((ushort)(float.IsNaN(value) ? (bits >> 16) | 0x40 : (bits + 0x7fff + ((bits >> 16) & 1)) >> 16));
    }

    public static implicit operator float(BFloat16 value) => BitConverter.UInt32BitsToSingle((uint)value._bits << 16);

    public static BFloat16 operator +(BFloat16 x, BFloat16 y) => (BFloat16)((float)x + y);

    public static BFloat16 operator -(BFloat16 x, BFloat16 y) => (BFloat16)((float)x - y);

    public static BFloat16 operator *(BFloat16 x, BFloat16 y) => (BFloat16)((float)x * y);

    public static BFloat16 operator /(BFloat16 x, BFloat16 y) => (BFloat16)((float)x / y);

    public static BFloat16 operator -(BFloat16 x) => new((ushort)(x._bits ^ 0x8000));

    public static bool operator ==(BFloat16 x, BFloat16 y) => (float)x == y;

    public static bool operator !=(BFloat16 x, BFloat16 y) => (float)x != y;

    public static bool operator <(BFloat16 x, BFloat16 y) => (float)x < y;

    public static bool operator >(BFloat16 x, BFloat16 y) => (float)x > y;

    public static bool operator <=(BFloat16 x, BFloat16 y) => (float)x <= y;

    public static bool operator >=(BFloat16 x, BFloat16 y) => (float)x >= y;

    public bool Equals(BFloat16 other) => _bits == other._bits;

    public override bool Equals(object? obj) => obj is BFloat16 other && Equals(other);

    public override int GetHashCode() => _bits;
}
