using Tenon.Core;

namespace Tenon.Compiler;

internal sealed partial class Words
{
    // An integer of 64 bits. What is known to be of 32 gets its upper half from that.
    private WideInteger Wide(UOp u)
    {
        var value = Computed(u);
        return u.Op is Ops.Const or Ops.Accumulator or Ops.Assign ? value
            : u.Min >= 0 && u.Max <= uint.MaxValue ? WideInteger.FromUnsigned(value.Low)
            : u.DType.IsSigned && IsInt32(u) ? WideInteger.FromSigned(value.Low.To(DType.Int32))
            : value;
    }

    private WideInteger Computed(UOp u)
    {
        switch (u.Op)
        {
            case Ops.Const:
                return WideInteger.Of(((Scalar)u.Arg!).To(u.DType).RawBits);
            case Ops.Variable:
                var variable = u.ArgAs<VariableArg>();
                return IsInt32(u) ? WideInteger.FromSigned(UOp.New(Ops.Variable, DType.Int32, [], variable)) : throw TooFar($"has the variable {variable.Name} from {variable.Min} to {variable.Max}");
            case Ops.Special:
                var special = u.ArgAs<SpecialArg>();
                return special.Size <= int.MaxValue ? WideInteger.FromSigned(UOp.New(Ops.Special, DType.Int32, [], special)) : throw TooFar($"has {special.Size} work items");
            case Ops.Range:
                if (u[0].Max > int.MaxValue)
                {
                    throw TooFar($"has a loop of up to {u[0].Max} turns");
                }

                _loops[u] = UOp.New(Ops.Range, DType.Int32, [Offset(u[0])], u.Arg);
                return WideInteger.FromSigned(_loops[u]);
            case Ops.Accumulator:
                var (first, around) = (WideOf(u[0]), Sources(u)[1..]);
                return new(UOp.New(Ops.Accumulator, DType.UInt32, [first.Low, .. around], u.Arg), UOp.New(Ops.Accumulator, DType.UInt32, [first.High, .. around], _accumulators++));
            case Ops.Assign:
                var (variables, next, loops) = (WideOf(u[0]), WideOf(u[1]), Sources(u)[2..]);
                return new(UOp.New(Ops.Assign, DType.UInt32, [variables.Low, next.Low, .. loops]), UOp.New(Ops.Assign, DType.UInt32, [variables.High, next.High, .. loops]));
            case Ops.LaneXor:
                var mine = WideOf(u[0]);
                return new(UOp.New(Ops.LaneXor, DType.UInt32, [mine.Low], u.Arg), UOp.New(Ops.LaneXor, DType.UInt32, [mine.High], u.Arg));
            case Ops.Where:
                return WideInteger.Where(_values[u[0]], WideOf(u[1]), WideOf(u[2]));
            case Ops.Neg:
                return WideInteger.Of(0) - WideOf(u[0]);
            case Ops.MulAcc:
                return WideOf(u[0]) * WideOf(u[1]) + WideOf(u[2]);
        }

        if (u.Src.Length != 2)
        {
            throw new TenonException("TEN4010", $"Kernel {_kernel} needs {u.Op} of {u.DType}, which the target doesn't take and the compiler can't express otherwise.");
        }

        var (x, y, isSigned) = (WideOf(u[0]), WideOf(u[1]), u.DType.IsSigned);
        return u.Op switch
        {
            Ops.Add => x + y,
            Ops.Sub => x - y,
            Ops.Mul => x * y,
            Ops.And => new(x.Low & y.Low, x.High & y.High),
            Ops.Or => new(x.Low | y.Low, x.High | y.High),
            Ops.Xor => new(x.Low ^ y.Low, x.High ^ y.High),
            Ops.Max => WideInteger.Where(x.IsLess(y, isSigned), y, x),
            Ops.Shl => x.ShiftedLeft(y.Low),
            Ops.Shr => x.ShiftedRight(y.Low, isSigned),
            Ops.IntDiv or Ops.IntMod => Divided(u, x, y),
            _ => throw new TenonException("TEN4010", $"Kernel {_kernel} needs {u.Op} of {u.DType}, which the target doesn't take and the compiler can't express otherwise."),
        };
    }

    private static WideInteger Divided(UOp u, WideInteger x, WideInteger y)
    {
        var isSigned = u.DType.IsSigned;
        if (isSigned && IsInt32(u[0]) && IsInt32(u[1]) && u[0].Min > int.MinValue)
        {
            return WideInteger.FromSigned(UOp.Alu(u.Op, x.Low.To(DType.Int32), y.Low.To(DType.Int32)));
        }

        if (IsUInt32(u[0]) && IsUInt32(u[1]))
        {
            return WideInteger.FromUnsigned(UOp.Alu(u.Op, x.Low, y.Low));
        }

        return u.Op == Ops.IntDiv ? x.Quotient(y, isSigned) : x.Remainder(y, isSigned);
    }

    private UOp Compared(UOp u)
    {
        var (x, y) = (WideOf(u[0]), WideOf(u[1]));
        if ((IsInt32(u[0]) && IsInt32(u[1])) || (IsUInt32(u[0]) && IsUInt32(u[1])))
        {
            var dtype = IsInt32(u[0]) && IsInt32(u[1]) ? DType.Int32 : DType.UInt32;
            return UOp.Alu(u.Op, x.Low.To(dtype), y.Low.To(dtype));
        }

        return u.Op switch
        {
            Ops.CmpLt => x.IsLess(y, u[0].DType.IsSigned),
            Ops.CmpEq => x.IsEqual(y),
            _ => !x.IsEqual(y),
        };
    }

    private static bool IsInt32(UOp u) => u.Min >= int.MinValue && u.Max <= int.MaxValue;

    private static bool IsUInt32(UOp u) => u.Min >= 0 && u.Max <= uint.MaxValue;
}
