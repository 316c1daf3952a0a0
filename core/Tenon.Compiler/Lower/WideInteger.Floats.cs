using Tenon.Core;

namespace Tenon.Compiler;

internal readonly partial record struct WideInteger
{
    private const double Upper = 4294967296;

    /// <summary>The nearest float32, ties to even.</summary>
    public Lanes ToFloat(bool isSigned)
    {
        // Shifted until it fits in 32 bits; the last bit stands for all that are lost, of which there are then at least seven more.
        var size = isSigned ? Size : this;
        var top = size.High & ((size.High >> 1) ^ (long)uint.MaxValue);
        var bits = (top.To(DType.Float32).As(DType.UInt32) >> 23) - 126L;
        var count = size.High.Is(Zero).Then(Zero, bits);
        var kept = size.ShiftedRight(count, false).Low;
        var half = count >> 1;
        var lost = (Shift(Ops.Shl, Shift(Ops.Shl, Zero.Of((long)uint.MaxValue), half), count - half) ^ (long)uint.MaxValue) & size.Low;
        var rounded = (kept | One(Less(Zero, lost))).To(DType.Float32) * ((count + 127L) << 23).As(DType.Float32);
        return isSigned ? Less(High.To(DType.Int32), High.To(DType.Int32).Of(0L)).Then(-rounded, rounded) : rounded;
    }

    /// <summary>A float32 towards zero: at most the greatest and at least the least integer; 0 for NaN.</summary>
    public static WideInteger FromFloat(Lanes x, bool isSigned)
    {
        var size = (x.As(DType.UInt32) & 0x7fffffff).As(DType.Float32);
        var limit = isSigned ? 9223372036854775808.0 : 18446744073709551616.0;
        var isTooLarge = IsAbove(size, BitConverter.SingleToUInt32Bits((float)limit) - 1);
        var isNaN = IsAbove(size, 0x7f800000);
        var whole = Split(isTooLarge.Then(size.Of(0.0), size));
        var isNegative = Less(x.As(DType.Int32), x.As(DType.Int32).Of(0L));
        var greatest = Of(isSigned ? long.MaxValue : -1);
        var least = Of(isSigned ? long.MinValue : 0);
        whole = Where(isTooLarge, greatest, whole);
        var negative = isSigned ? Where(isTooLarge, least, Of(0) - whole) : least;
        return Where(isNaN, Of(0), Where(isNegative, negative, whole));
    }

    // A number from 0 to 2⁶⁴.
    private static WideInteger Split(Lanes x)
    {
        var high = (x * (1 / Upper)).To(DType.UInt32);
        return new((x - high.To(DType.Float32) * Upper).To(DType.UInt32), high);
    }

    private static Lanes IsAbove(Lanes size, uint bits) => Less(size.As(DType.UInt32).Of((long)bits), size.As(DType.UInt32));

    private Lanes Approximately => High.To(DType.Float32) * Upper + Low.To(DType.Float32);
}
