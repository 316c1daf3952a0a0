using Tenon.Core;

namespace Tenon.Compiler;

internal readonly partial record struct WideInteger
{
    /// <summary>This by another that isn't 0, towards zero.</summary>
    public WideInteger Quotient(WideInteger y, bool isSigned) =>
        isSigned ? Divide(Size, y.Size).Quotient.WithSign(Sign ^ y.Sign) : Divide(this, y).Quotient;

    /// <summary>What division leaves; its sign is that of this.</summary>
    public WideInteger Remainder(WideInteger y, bool isSigned) =>
        isSigned ? Divide(Size, y.Size).Remainder.WithSign(Sign) : Divide(this, y).Remainder;

    // A float32 tells some twenty bits of a quotient. It is taken a little too small, so that the rest is never negative: four of them leave
    // less than twice the divisor.
    private static (WideInteger Quotient, WideInteger Remainder) Divide(WideInteger x, WideInteger y)
    {
        var (quotient, rest, divisor) = (Of(0), x, y.Approximately);
        for (var i = 0; i < 4; i++)
        {
            var part = Split(rest.Approximately / divisor * (1 - 1 / 1048576.0));
            quotient = i == 0 ? part : quotient + part;
            rest -= part * y;
        }

        var isDone = rest.IsLess(y, false);
        return (Where(isDone, quotient, quotient + Of(1)), Where(isDone, rest, rest - y));
    }
}
