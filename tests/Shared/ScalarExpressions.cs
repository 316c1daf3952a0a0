using Tenon.Core;

namespace Tenon.Tests.Shared;

/// <summary>Random expressions of every dtype over values at which arithmetic goes wrong, and what they are worth.</summary>
/// <param name="random">Where the choices come from.</param>
internal sealed class ScalarExpressions(Random random)
{
    private static readonly double[] Fractions =
    [
        0, -0.0, 1, -1, 0.5, -2.5, 3, 255, -129, 65504, 65520, 1e9, -4e9, 1e19, 2e19, 1e-7, 1.4e-45, -5e-324, 1.17549435e-38, 3.4028234663852886e38,
        1.7976931348623157e308, double.PositiveInfinity, double.NegativeInfinity, double.NaN,
    ];

    private static readonly long[] Integers =
    [
        0, 1, -1, 2, -2, 3, 7, 8, -8, 31, 32, 63, 64, 127, -128, 128, 255, 256, 32767, -32768, int.MaxValue, int.MinValue, uint.MaxValue, 4000000000,
        long.MaxValue, long.MinValue, long.MinValue + 1,
    ];

    private static readonly Ops[] OnFloats = [Ops.Add, Ops.Sub, Ops.Mul, Ops.Div, Ops.Max];

    private static readonly Ops[] OnIntegers =
    [
        Ops.Add, Ops.Sub, Ops.Mul, Ops.Max, Ops.IntDiv, Ops.IntMod, Ops.FloorDiv, Ops.FloorMod, Ops.And, Ops.Or, Ops.Xor, Ops.Shl, Ops.Shr,
    ];

    private static readonly Ops[] OnTruth = [Ops.And, Ops.Or, Ops.Xor, Ops.Add, Ops.Mul, Ops.Max];

    /// <summary>An expression of a dtype; its inputs are parameters, each of one element.</summary>
    public UOp Make(DType dtype, int depth)
    {
        if (depth <= 0 || random.Next(8) == 0)
        {
            return Leaf(dtype);
        }

        switch (random.Next(9))
        {
            case 0:
                var from = AnyDType();
                return Make(from, depth - 1).Cast(dtype);
            case 1:
                // There and back again.
                return Make(dtype, depth - 1).Cast(AnyDType()).Cast(dtype);
            case 2:
                return UOp.Where(Make(DType.Bool, depth - 1), Make(dtype, depth - 1), Make(dtype, depth - 1));
            case 3:
                var x = Make(dtype, depth - 1);
                return dtype.IsBool ? UOp.Alu(Ops.Xor, x, UOp.Const(true)) : UOp.Alu(random.Next(3) == 0 ? Ops.Trunc : Ops.Neg, x);
            case 4 when dtype.IsBool:
            case 5 when dtype.IsBool:
                var of = AnyDType();
                return UOp.Alu(Pick([Ops.CmpLt, Ops.CmpEq, Ops.CmpNe]), Make(of, depth - 1), Make(of, depth - 1));
            case 4:
                // The same operand twice, or a literal: what most rules look for.
                var same = Make(dtype, depth - 1);
                return UOp.Alu(Pick(OpsOn(dtype)), same, same);
            case 5:
                return UOp.Alu(Pick(OpsOn(dtype)), Make(dtype, depth - 1), Literal(dtype));
            default:
                return UOp.Alu(Pick(OpsOn(dtype)), Make(dtype, depth - 1), Make(dtype, depth - 1));
        }
    }

    public DType AnyDType() => Pick([.. DType.Native]);

    /// <summary>A value for each parameter of an expression.</summary>
    public Dictionary<UOp, Scalar> Assign(UOp root) =>
        root.TopologicalOrder().Where(u => u.Op == Ops.Param).ToDictionary(u => u, u => Value(u.DType), (IEqualityComparer<UOp>)ReferenceEqualityComparer.Instance);

    /// <summary>The value of an expression, by the definition of each op.</summary>
    public static Scalar Evaluate(UOp root, IReadOnlyDictionary<UOp, Scalar> inputs)
    {
        var values = new NodeMap<Scalar>();
        foreach (var u in root.TopologicalOrder())
        {
            values[u] = u.Op switch
            {
                Ops.Const => (Scalar)u.Arg!,
                Ops.Param or Ops.Variable => inputs[u],
                _ => ScalarMath.Evaluate(u.Op, u.DType, u[u.Src.Length - 1].DType, u.Src.ToArray().Select(s => values[s]).ToArray(), u.Arg),
            };
        }

        return values[root];
    }

    private static Ops[] OpsOn(DType dtype) => dtype.IsBool ? OnTruth : dtype.IsFloat ? OnFloats : OnIntegers;

    private UOp Leaf(DType dtype) => random.Next(3) == 0 ? Literal(dtype) : UOp.New(Ops.Param, dtype, [], new ParamArg(random.Next(3), 1));

    private UOp Literal(DType dtype) => UOp.Const(dtype, random.Next(2) == 0 ? (Scalar)random.Next(-2, 9) : Value(dtype));

    private Scalar Value(DType dtype) => (dtype.IsFloat ? (Scalar)Pick(Fractions) : dtype.IsBool ? random.Next(2) == 0 : Pick(Integers)).To(dtype);

    private T Pick<T>(T[] from) => from[random.Next(from.Length)];
}
