using Tenon.Core;

namespace Tenon;

public sealed partial class Tensor
{
    /// <summary>x + y; of truth values, x or y.</summary>
    public static Tensor operator +(Tensor x, Tensor y) => Binary(Ops.Add, x, y, "+");

    /// <summary>x + y.</summary>
    public static Tensor operator +(Tensor x, Scalar y) => x + x.Weak(y);

    /// <summary>x + y.</summary>
    public static Tensor operator +(Scalar x, Tensor y) => y.Weak(x) + y;

    /// <summary>x - y.</summary>
    public static Tensor operator -(Tensor x, Tensor y) => Binary(Ops.Sub, x, y, "-");

    /// <summary>x - y.</summary>
    public static Tensor operator -(Tensor x, Scalar y) => x - x.Weak(y);

    /// <summary>x - y.</summary>
    public static Tensor operator -(Scalar x, Tensor y) => y.Weak(x) - y;

    /// <summary>-x.</summary>
    public static Tensor operator -(Tensor x) => x.DType.IsFloat || x.DType.IsComplex ? x.Unary(Ops.Neg, "-") : 0 - x;

    /// <summary>x · y, element by element; of truth values, x and y.</summary>
    public static Tensor operator *(Tensor x, Tensor y) => Binary(Ops.Mul, x, y, "*");

    /// <summary>x · y.</summary>
    public static Tensor operator *(Tensor x, Scalar y) => x * x.Weak(y);

    /// <summary>x · y.</summary>
    public static Tensor operator *(Scalar x, Tensor y) => y.Weak(x) * y;

    /// <summary>x / y as fractions: integers become float32. For whole quotients see <see cref="IntDiv(Tensor)"/> and <see cref="FloorDiv(Tensor)"/>.</summary>
    public static Tensor operator /(Tensor x, Tensor y)
    {
        var dtype = Promotion.Join(x.DType, y.DType);
        if (dtype.IsComplex)
        {
            return ComplexQuotient(x, y);
        }

        dtype = dtype.IsFloat ? dtype : DType.Float32;
        return Binary(Ops.Div, x.Cast(dtype), y.Cast(dtype), "/");
    }

    /// <summary>x / y.</summary>
    public static Tensor operator /(Tensor x, Scalar y) => x / x.Weak(y);

    /// <summary>x / y.</summary>
    public static Tensor operator /(Scalar x, Tensor y) => y.Weak(x) / y;

    /// <summary>The remainder with the sign of x, as in C#.</summary>
    public static Tensor operator %(Tensor x, Tensor y)
    {
        var dtype = Promotion.Join(x.DType, y.DType);
        return dtype.IsFloat ? FloatRemainder(x.Cast(dtype), y.Cast(dtype)) : Binary(Ops.IntMod, x, y, "%");
    }

    /// <summary>The remainder with the sign of x, as in C#.</summary>
    public static Tensor operator %(Tensor x, Scalar y) => x % x.Weak(y);

    /// <summary>The quotient rounded towards zero; 0 where integers are divided by 0.</summary>
    public Tensor IntDiv(Tensor y) => Promotion.Join(DType, y.DType).IsFloat ? (this / y).Trunc() : Binary(Ops.IntDiv, this, y, nameof(IntDiv));

    /// <summary>The quotient rounded towards zero.</summary>
    public Tensor IntDiv(Scalar y) => IntDiv(Weak(y));

    /// <summary>The quotient rounded towards minus infinity; 0 where integers are divided by 0.</summary>
    public Tensor FloorDiv(Tensor y)
    {
        var dtype = Promotion.Join(DType, y.DType);
        if (!dtype.IsFloat)
        {
            return Binary(Ops.FloorDiv, this, y, nameof(FloorDiv));
        }

        // What is left by the remainder divides evenly; the quotient itself may have been rounded up to the next whole number.
        var (a, b) = (Cast(dtype), y.Cast(dtype));
        var rest = FloatRemainder(a, b);
        var whole = ((a - rest) / b).Round();
        whole = Where(rest.Ne(0) & (rest < 0).Ne(b < 0), whole - 1.0, whole);
        return Where(b.Eq(0), a / b, whole);
    }

    /// <summary>The quotient rounded towards minus infinity.</summary>
    public Tensor FloorDiv(Scalar y) => FloorDiv(Weak(y));

    /// <summary>The remainder with the sign of y, as in Python.</summary>
    public Tensor FloorMod(Tensor y)
    {
        var dtype = Promotion.Join(DType, y.DType);
        if (!dtype.IsFloat)
        {
            return Binary(Ops.FloorMod, this, y, nameof(FloorMod));
        }

        var b = y.Cast(dtype);
        var rest = FloatRemainder(Cast(dtype), b);
        return Where(rest.Ne(0) & (rest < 0).Ne(b < 0), rest + b, rest);
    }

    /// <summary>The remainder with the sign of y, as in Python.</summary>
    public Tensor FloorMod(Scalar y) => FloorMod(Weak(y));

    /// <summary>1 / x.</summary>
    public Tensor Reciprocal() => 1.0 / this;

    /// <summary>The greater; NaN if either is NaN.</summary>
    public Tensor Maximum(Tensor y) => Binary(Ops.Max, this, y, nameof(Maximum));

    /// <summary>The greater; NaN for NaN.</summary>
    public Tensor Maximum(Scalar y) => Maximum(Weak(y));

    /// <summary>The less; NaN if either is NaN.</summary>
    public Tensor Minimum(Tensor y)
    {
        var dtype = Promotion.Join(DType, y.DType);
        var (a, b) = (Cast(dtype), y.Cast(dtype));
        return dtype.IsBool ? a & b : Reversed(Reversed(a).Maximum(Reversed(b)));
    }

    /// <summary>The less; NaN for NaN.</summary>
    public Tensor Minimum(Scalar y) => Minimum(Weak(y));

    /// <summary>The greater; of a number and NaN the number.</summary>
    public Tensor FMax(Tensor y) => Where(IsNaN() | (y > this), y, this);

    /// <summary>The less; of a number and NaN the number.</summary>
    public Tensor FMin(Tensor y) => Where(IsNaN() | (y < this), y, this);

    /// <summary>Holds the elements between two bounds, both optional.</summary>
    public Tensor Clamp(Scalar? min = null, Scalar? max = null)
    {
        var low = min is { } m ? Maximum(m) : this;
        return max is { } n ? low.Minimum(n) : low;
    }

    // The remainder with the sign of x, of magnitudes. In double the product of a float and a quotient below 2²⁹ is exact; a quotient
    // that was rounded to the next whole number is set right.
    private static Tensor FloatRemainder(Tensor x, Tensor y)
    {
        var sign = x.OnesLike().CopySign(x).Cast(DType.Float64);
        var (a, b) = (x.Cast(DType.Float64) * sign, y.Cast(DType.Float64) * y.OnesLike().CopySign(y).Cast(DType.Float64));
        var isInfinite = b.IsInf();
        var divisor = Where(isInfinite, 1, b);
        var whole = (a / divisor).Trunc();
        var rest = a - divisor * whole;
        whole += Where(rest < 0, -1, Where(rest >= divisor, 1, rest.ZerosLike()));
        rest = a - divisor * whole.Detach();
        return (Where(isInfinite, Where(a.IsFinite(), a, double.NaN), rest) * sign).Cast(x.DType);
    }

    // Turns the order of all values round: the minimum is the reversed maximum of the reversed.
    private static Tensor Reversed(Tensor x) => x.DType.IsFloat ? -x : ~x;

    private static Tensor Binary(Ops op, Tensor x, Tensor y, string operation)
    {
        var dtype = Promotion.Join(x.DType, y.DType);
        if (dtype.IsBool)
        {
            op = op switch
            {
                Ops.Add or Ops.Max => Ops.Or,
                Ops.Mul => Ops.And,
                Ops.And or Ops.Or or Ops.Xor or Ops.CmpEq or Ops.CmpNe => op,
                _ => throw new TenonException("TEN3030", $"'{operation}' is not defined for bool. Cast one of the operands to a number."),
            };
        }

        if (dtype.IsComplex)
        {
            switch (op)
            {
                case Ops.Mul:
                    return ComplexProduct(x, y);
                case Ops.Add or Ops.Sub or Ops.CmpEq or Ops.CmpNe:
                    break;
                default:
                    throw Undefined(operation);
            }
        }

        var shape = Shapes.Broadcast(x.Shape, y.Shape, operation);
        var (a, b) = (TensorGraph.BroadcastTo(x.Cast(dtype).Node, shape), TensorGraph.BroadcastTo(y.Cast(dtype).Node, shape));
        return Result(UOp.Alu(op, a, b), operation, x, y);
    }

    private Tensor Unary(Ops op, string operation) =>
        DType.IsComplex && op != Ops.Neg ? throw Undefined(operation) : Result(UOp.Alu(op, Node), operation, this);

    private Tensor Function(MathFunction function) => ToFloat() is var x ? Result(UOp.Function(function, x.Node), function.ToString(), x) : this;

    // A C# number next to this tensor. Next to complex numbers a real one stays real: it scales both parts.
    private Tensor Weak(Scalar value) =>
        new(UOp.Const(DType.IsComplex && value.Kind != DTypeKind.Complex ? DType.Float32 : Promotion.JoinWeak(DType, value), value), null);

    private static TenonException Undefined(string operation) =>
        new("TEN3112", $"'{operation}' is not defined for {DType.Complex64}. Compute with Real, Imag, Abs() or Angle(), or with ViewAsReal().");
}
