using Tenon.Core;

namespace Tenon.Tests.Shared;

/// <summary>Random index expressions of bounded variables. None is so deep that 64 bits could overflow.</summary>
/// <param name="random">Where the choices come from.</param>
internal sealed class IndexExpressions(Random random)
{
    private static readonly UOp[] Variables =
        [UOp.Variable("a", 0, 7), UOp.Variable("b", 0, 12), UOp.Variable("c", -5, 6), UOp.Variable("d", 3, 3), UOp.Variable("e", -300, 300)];

    private static readonly DType[] Through = [DType.Int8, DType.UInt8, DType.Int16, DType.UInt16, DType.Int32, DType.UInt32, DType.Int64, DType.UInt64, DType.Bool];

    /// <summary>An integer.</summary>
    public UOp Integer(int depth)
    {
        if (depth <= 0)
        {
            return random.Next(2) == 0 ? Variables[random.Next(Variables.Length)] : UOp.Index(random.Next(-6, 13));
        }

        var x = Integer(depth - 1);
        switch (random.Next(18))
        {
            case 0 or 1 or 2:
                return UOp.Alu(Ops.Add, x, Integer(depth - 1));
            case 3:
                return UOp.Alu(Ops.Sub, x, Integer(depth - 1));
            case 4:
                return UOp.Alu(Ops.Mul, x, Integer(depth - 1));
            case 5 or 6:
                return UOp.Alu(Ops.Mul, x, UOp.Index(random.Next(-4, 9)));
            case 7 or 8 or 9:
                return UOp.Alu(Pick(Ops.FloorDiv, Ops.FloorMod, Ops.IntDiv, Ops.IntMod), x, UOp.Index(random.Next(-4, 17)));
            case 10:
                return UOp.Alu(Pick(Ops.FloorDiv, Ops.FloorMod, Ops.IntDiv, Ops.IntMod), x, Integer(depth - 1));
            case 11:
                return UOp.Alu(Ops.Max, x, Integer(depth - 1));
            case 12:
                return random.Next(2) == 0 ? Minimum(x, Integer(depth - 1)) : Integer(depth - 1) is var y ? UOp.Where(UOp.Alu(Ops.CmpLt, x, y), x, y) : x;
            case 13:
                return UOp.Alu(Pick(Ops.Shl, Ops.Shr), x, UOp.Index(random.Next(0, 4)));
            case 14:
                return UOp.Alu(Pick(Ops.Shl, Ops.Shr), x, UOp.Alu(Ops.FloorMod, Integer(depth - 1), UOp.Index(4)));
            case 15:
                return UOp.Alu(Ops.And, x, UOp.Index(random.Next(0, 64)));
            case 16:
                var type = Through[random.Next(Through.Length)];
                var narrow = x.Cast(type);
                return (type.IsBool || random.Next(2) == 0 ? narrow : UOp.Alu(Pick(Ops.Add, Ops.Mul, Ops.Max, Ops.Sub), narrow, narrow.ConstLike(random.Next(0, 5)))).Cast(DType.Index);
            default:
                return UOp.Where(Condition(depth - 1), x, Integer(depth - 1));
        }
    }

    /// <summary>A truth value.</summary>
    public UOp Condition(int depth) => depth <= 0 || random.Next(2) == 0
        ? UOp.Alu(Pick(Ops.CmpLt, Ops.CmpEq, Ops.CmpNe), Integer(depth - 1), Integer(depth - 1))
        : random.Next(3) == 0
            ? UOp.Alu(Ops.Xor, Condition(depth - 1), UOp.Const(true))
            : UOp.Alu(Pick(Ops.And, Ops.Or), Condition(depth - 1), Condition(depth - 1));

    /// <summary>A point of the domain.</summary>
    public Dictionary<UOp, Scalar> Point() =>
        Variables.ToDictionary(v => v, v => (Scalar)random.NextInt64(v.Min, v.Max + 1), (IEqualityComparer<UOp>)ReferenceEqualityComparer.Instance);

    private static UOp Minimum(UOp x, UOp y) => Negated(UOp.Alu(Ops.Max, Negated(x), Negated(y)));

    private static UOp Negated(UOp x) => UOp.Alu(Ops.Mul, x, UOp.Index(-1));

    private Ops Pick(params ReadOnlySpan<Ops> from) => from[random.Next(from.Length)];
}
