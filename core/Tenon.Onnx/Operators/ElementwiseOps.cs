using Tenon.Onnx.Graph;
using Tenon.Onnx.Run;

namespace Tenon.Onnx.Operators;

/// <summary>Operators that act on one element after the other.</summary>
internal static class ElementwiseOps
{
    /// <summary>Adds them.</summary>
    public static void Register(OpRegistry ops)
    {
        Unary("Abs", x => x.Abs());
        Unary("Neg", x => -x);
        Unary("Sqrt", x => x.Sqrt());
        Unary("Exp", x => x.Exp());
        Unary("Log", x => x.Log());
        Unary("Sin", x => x.Sin());
        Unary("Cos", x => x.Cos());
        Unary("Tan", x => x.Tan());
        Unary("Asin", x => x.Asin());
        Unary("Acos", x => x.Acos());
        Unary("Atan", x => x.Atan());
        Unary("Sinh", x => x.Sinh());
        Unary("Cosh", x => x.Cosh());
        Unary("Tanh", x => x.Tanh());
        Unary("Asinh", x => x.Asinh());
        Unary("Acosh", x => x.Acosh());
        Unary("Atanh", x => x.Atanh());
        Unary("Erf", x => x.Erf());
        Unary("Floor", x => x.Floor());
        Unary("Ceil", x => x.Ceil());
        Unary("Round", x => x.Round());
        Unary("Reciprocal", x => x.Reciprocal());
        Unary("Sign", x => x.Sign());
        Unary("Not", x => ~x);
        Unary("BitwiseNot", x => ~x);
        Unary("IsNaN", x => x.IsNaN());
        ops.Add("IsInf", 10, IsInf);

        Binary("Add", (x, y) => x + y);
        Binary("Sub", (x, y) => x - y);
        Binary("Mul", (x, y) => x * y);
        Binary("Div", (x, y) => x.DType.IsFloat ? x / y : x.IntDiv(y));
        Binary("And", (x, y) => x & y);
        Binary("Or", (x, y) => x | y);
        Binary("Xor", (x, y) => x ^ y);
        Binary("BitwiseAnd", (x, y) => x & y);
        Binary("BitwiseOr", (x, y) => x | y);
        Binary("BitwiseXor", (x, y) => x ^ y);
        ops.AddMany("Equal", 1, c => [c.Value(0) is StringValue ? StringMoves.Equal(c.Value(0).Strings, c.Value(1).Strings) : c[0].Eq(c.Opset < 7 ? Legacy(c) : c[1])]);
        Binary("Less", (x, y) => x < y);
        Binary("LessOrEqual", (x, y) => x <= y);
        Binary("Greater", (x, y) => x > y);
        Binary("GreaterOrEqual", (x, y) => x >= y);
        // The exponent may be of another type; the result is of the base's.
        Binary("Pow", (x, y) => x.DType.IsFloat || !y.DType.IsFloat ? x.Pow(y.Cast(x.DType)) : x.Cast(y.DType).Pow(y).Cast(x.DType));
        ops.Add("Mod", 10, c => c.Flag("fmod") ? c[0] - c[0].IntDiv(c[1]) * c[1] : c[0].FloorMod(c[1]));
        ops.Add("BitShift", 11, c => Shift(c[0], c[1], c.Text("direction", "LEFT") == "LEFT"));
        ops.Add("Where", 9, c => Tensor.Where(c[0], c[1], c[2]));
        ops.Add("Clip", 1, c => Limited(c[0], c.HasAttribute("min") ? c.Float("min", 0) : (Tensor?)null, c.HasAttribute("max") ? c.Float("max", 0) : (Tensor?)null));
        ops.Add("Clip", 11, c => Limited(c[0], c.TensorOrNull(1), c.TensorOrNull(2)));

        Many("Max", (x, y) => x.Maximum(y));
        Many("Min", (x, y) => x.Minimum(y));
        Many("Sum", (x, y) => x + y);
        ops.Add("Mean", 1, c => c.Tensors().Aggregate((x, y) => x + y) / c.InputCount);

        void Unary(string name, Func<Tensor, Tensor> op) => ops.Add(name, 1, c => op(c[0]));
        void Binary(string name, Func<Tensor, Tensor, Tensor> op)
        {
            ops.Add(name, 1, c => op(c[0], Legacy(c)));
            ops.Add(name, 7, c => op(c[0], c[1]));
        }

        void Many(string name, Func<Tensor, Tensor, Tensor> op) => ops.Add(name, 1, c => c.Tensors().Aggregate(op));
    }

    // Before opset 7, the second operand's axes began at one of the first's.
    private static Tensor Legacy(OpCall c)
    {
        var (x, y) = (c[0], c[1]);
        if (!c.Flag("broadcast") || y.Rank == 0)
        {
            return y;
        }

        var axis = c.Axis(c.Long("axis", x.Rank - y.Rank), Math.Max(1, x.Rank));
        return y.Reshape([.. y.Shape.ToSizes(), .. Enumerable.Repeat((Core.SymInt)1, Math.Max(0, x.Rank - axis - y.Rank))]);
    }

    private static Tensor IsInf(OpCall c)
    {
        var (positive, negative) = (c[0].Eq(double.PositiveInfinity), c[0].Eq(double.NegativeInfinity));
        return (c.Flag("detect_positive", true), c.Flag("detect_negative", true)) switch
        {
            (true, true) => positive | negative,
            (true, false) => positive,
            (false, true) => negative,
            _ => positive & negative,
        };
    }

    // Shifts by the width or more give 0.
    private static Tensor Shift(Tensor x, Tensor count, bool isLeft)
    {
        var result = x.ZerosLike();
        for (var bits = 0; bits < x.DType.Bits; bits++)
        {
            result = Tensor.Where(count.Eq(bits), isLeft ? x << bits : x >> bits, result);
        }

        return result;
    }

    private static Tensor Limited(Tensor x, Tensor? min, Tensor? max)
    {
        x = min is null ? x : x.Maximum(min.Cast(x.DType));
        return max is null ? x : x.Minimum(max.Cast(x.DType));
    }
}
