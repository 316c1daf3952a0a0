using Tenon.Core;

namespace Tenon.Compiler;

// Sine and cosine of float32 without float64: x / π by integers (Payne and Hanek, "Radian reduction for trigonometric functions", 1983).
internal sealed partial class Transcendental
{
    // A word of zeros, and 1/π after the point.
    private static readonly uint[] InversePiWords = [0, 0x517cc1b7, 0x27220a94, 0xfe13abe8, 0xfa9a6ee0, 0x6db14acc, 0x9e21c820, 0xff28b1d5];

    private Lanes NarrowSine(Lanes x, bool isCosine)
    {
        var c = FloatConstants.Single;
        var a = Abs(c, x);
        var (near, isOdd) = (isCosine ? a.Of(Math.PI / 2) - a : a, a.As(DType.UInt32).Of(0L));
        var (far, isFarOdd) = HalfTurns(a.As(DType.UInt32), isCosine);
        var isNear = a < 0.5;
        var r = isNear.Then(near, far);
        var odd = isNear.Then(isOdd, isFarOdd);
        var square = r * r;
        var sine = MulAdd(square * Polynomial(square, SineFast), r, r);
        var sign = isCosine ? (odd << 31).As(c.Integer) : (odd << 31).As(c.Integer) ^ SignOf(c, x);
        var result = (sine.As(c.Integer) ^ sign).As(c.Float);
        return (a < double.PositiveInfinity).Then(result, x.Of(double.NaN));
    }

    // How far a number from ½ on, or that and a quarter turn, is from the nearest multiple of π, and whether that is an odd one. The number is m · 2^(b - 24); of 1/π only
    // those 96 bits matter that neither make multiples of 2 nor are too small.
    private static (Lanes Angle, Lanes IsOdd) HalfTurns(Lanes bits, bool isCosine)
    {
        var m = (bits & 0x7fffff) | 0x800000;
        var place = (bits >> 23) - 119L;
        var (word, shift) = (place >> 5, place & 31L);
        var words = new Lanes[4];
        for (var k = 0; k < words.Length; k++)
        {
            words[k] = bits.Of((long)InversePiWords[k + 4]);
            for (var i = 3; i >= 0; i--)
            {
                words[k] = new Lanes(UOp.Alu(Ops.CmpLt, word, word.Of(i + 1L))).Then(bits.Of((long)InversePiWords[k + i]), words[k]);
            }
        }

        Lanes Window(int k) => new Lanes(UOp.Alu(Ops.Shl, words[k], shift)) | UOp.Alu(Ops.Shr, words[k + 1] >> 1, shift.Of(31L) - shift);
        var product = new WideInteger(m, m.Of(0L)) * new WideInteger(Window(2), m.Of(0L));
        var middle = new WideInteger(m, m.Of(0L)) * new WideInteger(Window(1), m.Of(0L)) + new WideInteger(product.High, m.Of(0L));
        var top = m * Window(0) + middle.High;
        top = isCosine ? top + 0x40000000L : top;
        var fraction = new WideInteger((middle.Low << 1) | (product.Low >> 31), (top << 1) | (middle.Low >> 31));
        return (fraction.ToFloat(true) * (Math.PI / 18446744073709551616.0), (top >> 31) ^ (fraction.High >> 31));
    }
}
