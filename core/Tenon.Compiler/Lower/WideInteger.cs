using Tenon.Core;

namespace Tenon.Compiler;

/// <summary>An integer of 64 bits as two of 32: uint32, whatever its sign.</summary>
internal readonly partial record struct WideInteger(Lanes Low, Lanes High)
{
    private static readonly Lanes Zero = UOp.Const(DType.UInt32, 0);

    public static WideInteger operator +(WideInteger x, WideInteger y)
    {
        var low = x.Low + y.Low;
        return new(low, x.High + y.High + One(Less(low, x.Low)));
    }

    public static WideInteger operator -(WideInteger x, WideInteger y) => new(x.Low - y.Low, x.High - y.High - One(Less(x.Low, y.Low)));

    public static WideInteger operator *(WideInteger x, WideInteger y) => new(x.Low * y.Low, UpperProduct(x.Low, y.Low) + x.High * y.Low + x.Low * y.High);

    public static WideInteger Of(long value) => new(UOp.Const(DType.UInt32, value & uint.MaxValue), UOp.Const(DType.UInt32, value >> 32 & uint.MaxValue));

    public static WideInteger FromUnsigned(Lanes low) => new(low, Zero);

    public static WideInteger FromSigned(Lanes value) => new(value.To(DType.UInt32), (value.To(DType.Int32) >> 31).To(DType.UInt32));

    public static WideInteger Where(UOp condition, WideInteger yes, WideInteger no) => new(UOp.Where(condition, yes.Low, no.Low), UOp.Where(condition, yes.High, no.High));

    public Lanes IsEqual(WideInteger y) => ((Low ^ y.Low) | (High ^ y.High)).Is(Zero);

    public Lanes IsLess(WideInteger y, bool isSigned) =>
        (isSigned ? Less(High.To(DType.Int32), y.High.To(DType.Int32)) : Less(High, y.High)) | (High.Is(y.High) & Less(Low, y.Low));

    /// <summary>By 0 to 63 places.</summary>
    public WideInteger ShiftedLeft(Lanes count)
    {
        var (inner, isFar) = (count & 31L, Less(count.Of(31L), count));
        var (low, spill) = (Shift(Ops.Shl, Low, inner), Shift(Ops.Shr, Low >> 1, inner.Of(31L) - inner));
        return new(isFar.Then(Zero, low), isFar.Then(low, Shift(Ops.Shl, High, inner) | spill));
    }

    /// <summary>By 0 to 63 places; of signed integers the sign comes after.</summary>
    public WideInteger ShiftedRight(Lanes count, bool isSigned)
    {
        var (inner, isFar) = (count & 31L, Less(count.Of(31L), count));
        var spill = Shift(Ops.Shl, High << 1, inner.Of(31L) - inner);
        var high = isSigned ? new Lanes(UOp.Alu(Ops.Shr, High.To(DType.Int32), inner.To(DType.Int32))).To(DType.UInt32) : Shift(Ops.Shr, High, inner);
        return new(isFar.Then(high, Shift(Ops.Shr, Low, inner) | spill), isFar.Then(isSigned ? Sign : Zero, high));
    }

    // 32 copies of the sign.
    private Lanes Sign => (High.To(DType.Int32) >> 31).To(DType.UInt32);

    // The size of a signed integer; of the least one too, as an unsigned one.
    private WideInteger Size => Where(Less(High.To(DType.Int32), High.To(DType.Int32).Of(0L)), Of(0) - this, this);

    private WideInteger WithSign(Lanes sign)
    {
        // Negated by its complement plus one.
        var flipped = new WideInteger(Low ^ sign, High ^ sign);
        return flipped - new WideInteger(sign, sign);
    }

    // The upper half of a product of 32 bits each, by that of their halves.
    private static Lanes UpperProduct(Lanes x, Lanes y)
    {
        var (xl, xh, yl, yh) = (x & 0xffff, x >> 16, y & 0xffff, y >> 16);
        var (lh, hl) = (xl * yh, xh * yl);
        var middle = ((xl * yl) >> 16) + (lh & 0xffff) + (hl & 0xffff);
        return xh * yh + (lh >> 16) + (hl >> 16) + (middle >> 16);
    }

    private static Lanes Shift(Ops op, Lanes x, Lanes count) => UOp.Alu(op, x, count);

    private static Lanes Less(Lanes x, Lanes y) => UOp.Alu(Ops.CmpLt, x, y);

    private static Lanes One(Lanes condition) => condition.To(DType.UInt32);
}
