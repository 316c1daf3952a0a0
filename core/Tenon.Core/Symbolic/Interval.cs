namespace Tenon.Core;

/// <summary>The least and greatest value of an integer or truth value, derived from those of its sources.</summary>
internal static class Interval
{
    private static readonly (long, long) Unknown = (long.MinValue, long.MaxValue);
    private static readonly OpSet Saturates = new(Ops.Add, Ops.Sub, Ops.Mul, Ops.Neg, Ops.Shl, Ops.MulAcc);

    public static (long Min, long Max) Of(UOp u)
    {
        if (u.DType.Kind is DTypeKind.Float or DTypeKind.Void)
        {
            return Unknown;
        }

        var (min, max) = Exact(u);
        return u.DType.Kind == DTypeKind.Index || Fits(u, min, max) ? (min, max)
            : u.DType is { Kind: DTypeKind.UInt, Bits: 64 } ? Unknown
            : (u.DType.MinInteger, u.DType.MaxInteger);
    }

    // What does not fit wraps round, so nothing is known then. Of 64 bits, a bound that arithmetic reached may stand for more.
    private static bool Fits(UOp u, long min, long max) =>
        min >= u.DType.MinInteger && max <= u.DType.MaxInteger
        && (u.DType.Bits < 64
            || (max < long.MaxValue && min > long.MinValue)
            || (u.DType.Kind == DTypeKind.Int && !Saturates.Contains(u.Op)));

    private static (long, long) Exact(UOp u)
    {
        switch (u.Op)
        {
            case Ops.Const:
                var value = (Scalar)u.Arg!;
                return value.Kind == DTypeKind.UInt && value.RawBits < 0 ? Unknown : (value.AsLong, value.AsLong);
            case Ops.Variable:
                var v = (VariableArg)u.Arg!;
                return (v.Min, v.Max);
            case Ops.Range or Ops.Iota:
                // A loop of no or one turn is not the literal 0: what is done in it depends on it.
                return (0, Math.Max(u[0].Min < 1 ? 1 : 0, u[0].Max - 1));
            case Ops.Special:
                return (0, ((SpecialArg)u.Arg!).Size - 1);
            case Ops.Where:
                return (Math.Min(u[1].Min, u[2].Min), Math.Max(u[1].Max, u[2].Max));
            case Ops.Stack:
                var (least, greatest) = (long.MaxValue, long.MinValue);
                foreach (var lane in u.Src)
                {
                    (least, greatest) = (Math.Min(least, lane.Min), Math.Max(greatest, lane.Max));
                }

                return (least, greatest);
            case Ops.Cast:
                return u[0].DType.IsFloat ? Unknown : (u[0].Min, u[0].Max);
            case Ops.CmpLt when u[0].DType.Kind != DTypeKind.Float:
                return (u[0].Max < u[1].Min ? 1 : 0, u[0].Min >= u[1].Max ? 0 : 1);
            case Ops.CmpNe when u[0].DType.Kind != DTypeKind.Float:
                return (Disjoint(u[0], u[1]) ? 1 : 0, SameConstant(u[0], u[1]) ? 0 : 1);
            case Ops.CmpEq when u[0].DType.Kind != DTypeKind.Float:
                return (SameConstant(u[0], u[1]) ? 1 : 0, Disjoint(u[0], u[1]) ? 0 : 1);
        }

        if (u.Src.Length == 1)
        {
            var x = u[0];
            return u.Op switch
            {
                Ops.Neg => (Clamp(-(Int128)x.Max), Clamp(-(Int128)x.Min)),
                Ops.Splat or Ops.Extract or Ops.Contiguous or Ops.Detach or Ops.Reshape or Ops.Permute or Ops.Flip => (x.Min, x.Max),
                _ => u.DType.IsBool ? (0, 1) : Unknown,
            };
        }

        if (OpSet.Binary.Contains(u.Op))
        {
            return Binary(u, u[0], u[1]);
        }

        return u.DType.IsBool ? (0, 1) : Unknown;
    }

    private static (long, long) Binary(UOp u, UOp a, UOp b)
    {
        switch (u.Op)
        {
            case Ops.Add:
                return (Sum(a.Min, b.Min), Sum(a.Max, b.Max));
            case Ops.Sub:
                return (Clamp((Int128)a.Min - b.Max), Clamp((Int128)a.Max - b.Min));
            case Ops.Mul:
                long p = Product(a.Min, b.Min), q = Product(a.Min, b.Max), r = Product(a.Max, b.Min), s = Product(a.Max, b.Max);
                return (Math.Min(Math.Min(p, q), Math.Min(r, s)), Math.Max(Math.Max(p, q), Math.Max(r, s)));
            case Ops.Max:
                return (Math.Max(a.Min, b.Min), Math.Max(a.Max, b.Max));
            case Ops.FloorDiv when b.Min > 0:
                return (IntegerMath.FloorDiv(a.Min, a.Min < 0 ? b.Min : b.Max), IntegerMath.FloorDiv(a.Max, a.Max < 0 ? b.Max : b.Min));
            case Ops.FloorDiv when b.Max < 0 && a.Min > long.MinValue:
                // x / -d = -x / d
                var (least, greatest) = (-a.Max, -a.Min);
                return (IntegerMath.FloorDiv(least, least < 0 ? -b.Max : -b.Min), IntegerMath.FloorDiv(greatest, greatest < 0 ? -b.Min : -b.Max));
            case Ops.FloorMod when b.Max < 0 && b.Min > long.MinValue:
                return (b.Min + 1, 0);
            case Ops.IntDiv when b.Min > 0:
                return (a.Min / (a.Min < 0 ? b.Min : b.Max), a.Max / (a.Max < 0 ? b.Max : b.Min));
            case Ops.FloorDiv or Ops.FloorMod when b.Min == 0 && a.Min >= 0:
                return (0, a.Max);
            case Ops.FloorMod when b.Min > 0:
                return a.Min >= 0 && a.Max < b.Min ? (a.Min, a.Max) : (0, a.Min >= 0 ? Math.Min(a.Max, b.Max - 1) : b.Max - 1);
            case Ops.IntMod when b.Min > 0:
                return (a.Min >= 0 ? 0 : Math.Max(a.Min, 1 - b.Max), a.Max <= 0 ? 0 : Math.Min(a.Max, b.Max - 1));
            case Ops.And when u.DType.IsBool:
                return (Math.Min(a.Min, b.Min), Math.Min(a.Max, b.Max));
            case Ops.Or when u.DType.IsBool:
                return (Math.Max(a.Min, b.Min), Math.Max(a.Max, b.Max));
            case Ops.And when b.Min >= 0:
                return (0, a.Min >= 0 ? Math.Min(a.Max, b.Max) : b.Max);
            case Ops.Shr when a.Min >= 0 && b.Min >= 0 && b.Max < 64:
                return (a.Min >> (int)b.Max, a.Max >> (int)b.Min);
            case Ops.Shl when a.Min >= 0 && b.Min >= 0 && b.Max < 64:
                return (Clamp((Int128)a.Min << (int)b.Min), Clamp((Int128)a.Max << (int)b.Max));
            default:
                return u.DType.IsBool ? (0, 1) : Unknown;
        }
    }

    private static bool Disjoint(UOp a, UOp b) => a.Max < b.Min || b.Max < a.Min;

    private static bool SameConstant(UOp a, UOp b) => (a == b || (a.Min == a.Max && b.Min == b.Max && a.Min == b.Min)) && a.Min != long.MinValue | a == b;

    private static long Sum(long x, long y)
    {
        var sum = unchecked(x + y);
        return ((x ^ sum) & (y ^ sum)) < 0 ? (x < 0 ? long.MinValue : long.MaxValue) : sum;
    }

    private static long Product(long x, long y)
    {
        var high = Math.BigMul(x, y, out var low);
        return high == low >> 63 ? low : high < 0 ? long.MinValue : long.MaxValue;
    }

    private static long Clamp(Int128 value) => value < long.MinValue ? long.MinValue : value > long.MaxValue ? long.MaxValue : (long)value;
}
