using Tenon.Core;

namespace Tenon.Compiler;

/// <summary>
/// Functions from arithmetic alone, branch-free, to within one unit in the last place; docs/maths.md says how exact each is.
/// Range reductions are those of Muller, "Elementary Functions" (3rd ed., ch. 11); what rounding loses on the way is kept in a
/// second, small number, as in Dekker, "A floating-point technique for extending the available precision" (1971).
/// </summary>
/// <param name="hasMulAcc">Whether the target has multiply-add.</param>
/// <param name="isIeee">Whether arithmetic is done as written: where not, sums may be simplified as if numbers were exact.</param>
/// <param name="hasDouble">Whether the target computes in float64.</param>
/// <param name="isFast">Whether float32 is computed by the fast set: to about 1e-6 in the ordinary range.</param>
internal sealed partial class Transcendental(bool hasMulAcc, bool isIeee, bool hasDouble, bool isFast)
{
    /// <summary>Any of them; null if nothing is to be done.</summary>
    public UOp? Write(UOp node)
    {
        if (!node.DType.IsFloat)
        {
            return null;
        }

        // Of 16 bits: computed in float32, rounded once.
        if (FloatConstants.Of(node.DType) is not { } c)
        {
            var wide = node.Src.ToArray().Select(s => s.Cast(DType.Float32)).ToArray();
            return UOp.New(node.Op, DType.Float32.WithLanesOf(node.DType), wide, node.Arg).Cast(node.DType.Scalar);
        }

        Lanes x = node[0];
        return (node.Op, node.Arg) switch
        {
            (Ops.Exp2, _) => Exp2(c, x),
            (Ops.Log2, _) => Log2(c, x),
            (Ops.Sin, _) => c == FloatConstants.Single ? Sine(x, false) : WideSine(c, x, false),
            (_, MathFunction.Cos) => c == FloatConstants.Single ? Sine(x, true) : WideSine(c, x, true),
            (_, MathFunction.Tan) => c == FloatConstants.Single ? Tangent(x) : WideTangent(c, x),
            (_, MathFunction.Erf) => Erf(c, x),
            (_, MathFunction.Erfc) => Erfc(c, x),
            (_, MathFunction.Pow) => Pow(c, x, node[1]),
            (_, MathFunction.Exp) => Exp(c, x),
            (_, MathFunction.Expm1) => Expm1(c, x),
            (_, MathFunction.Log) => Log(c, x),
            (_, MathFunction.Log1p) => Log1p(c, x),
            (_, MathFunction.Log10) => Log10(c, x),
            (_, MathFunction.Tanh) => Tanh(c, x),
            (_, MathFunction.Sigmoid) => Sigmoid(c, x),
            _ => throw new InvalidOperationException($"{node.Arg} of {node.DType} is not made of arithmetic"),
        };
    }

    // x · factor to the nearest whole number, and that plus a number in the last bits of an integer. Where sums are done as written, a large
    // number is added and taken away again.
    private (Lanes Whole, Lanes Bits) Rounded(FloatConstants c, Lanes x, double factor, double added)
    {
        if (isIeee)
        {
            var t = factor == 1 ? x + (c.Magic + added) : MulAdd(x, factor, c.Magic + added);
            return (t - (c.Magic + added), t.As(c.Integer));
        }

        var y = factor == 1 ? x : x * factor;
        var whole = Truncated(y + (y < 0.0).Then(y.Of(-0.5), y.Of(0.5)));
        return (whole, whole.To(c.Integer) + (long)added);
    }

    // x · y + z, rounded once if the target can.
    private Lanes MulAdd(Lanes x, Lanes y, Lanes z) => hasMulAcc ? UOp.New(Ops.MulAcc, x.DType, [x, y, z]) : x * y + z;

    private Lanes MulAdd(Lanes x, double y, Lanes z) => MulAdd(x, x.Of(y), z);

    private Lanes MulAdd(Lanes x, double y, double z) => MulAdd(x, x.Of(y), x.Of(z));

    // Horner's scheme, lowest power first.
    private Lanes Polynomial(Lanes x, ReadOnlySpan<double> terms)
    {
        var sum = x.Of(terms[^1]);
        for (var i = terms.Length - 2; i >= 0; i--)
        {
            sum = MulAdd(sum, x, x.Of(terms[i]));
        }

        return sum;
    }

    // x · y and what rounding it loses. Without multiply-add the factors are cut in halves whose products are exact.
    private (Lanes High, Lanes Low) Product(FloatConstants c, Lanes x, Lanes y)
    {
        var product = x * y;
        if (hasMulAcc)
        {
            return (product, MulAdd(x, y, -product));
        }

        var ((xh, xl), (yh, yl)) = (Cut(c, x), Cut(c, y));
        return (product, xh * yh - product + xh * yl + xl * yh + xl * yl);
    }

    private static (Lanes High, Lanes Low) Cut(FloatConstants c, Lanes x)
    {
        var high = (x.As(c.Integer) & -(1L << ((c.Mantissa + 2) / 2))).As(c.Float);
        return (high, x - high);
    }

    // x + y and what rounding it loses, if |x| ≥ |y| or x is 0.
    private static (Lanes High, Lanes Low) OrderedSum(Lanes x, Lanes y)
    {
        var sum = x + y;
        return (sum, y - (sum - x));
    }

    // z - x · y, almost as if rounded once even where most cancels.
    private Lanes Remainder(FloatConstants c, Lanes z, Lanes x, Lanes y)
    {
        if (hasMulAcc)
        {
            return MulAdd(-x, y, z);
        }

        var (high, low) = Product(c, x, y);
        return z - high - low;
    }

    private static Lanes Abs(FloatConstants c, Lanes x) => (x.As(c.Integer) & long.MaxValue >> (63 - c.Mantissa - (c.Mantissa == 23 ? 8 : 11))).As(c.Float);

    private static Lanes SignOf(FloatConstants c, Lanes x) => x.As(c.Integer) & (c.Mantissa == 23 ? int.MinValue : long.MinValue);

    private static Lanes WithSign(FloatConstants c, Lanes size, Lanes sign) => (size.As(c.Integer) | sign).As(c.Float);

}
