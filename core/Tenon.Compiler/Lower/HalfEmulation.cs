using Tenon.Core;

namespace Tenon.Compiler;

/// <summary>
/// float16 and bfloat16 for targets that only store them: computed as float32, rounded to nearest even when stored or cast. Where the
/// target doesn't convert them either, they are loaded and stored as 16 bits.
/// </summary>
internal static class HalfEmulation
{
    public static UOp Apply(UOp kernel, CodeGeneratorView target)
    {
        DType[] missing = [.. new[] { DType.Float16, DType.BFloat16 }.Where(d => !target.HasArithmetic(d))];
        var order = kernel.TopologicalOrder();
        if (!order.Exists(u => missing.Contains(u.DType)))
        {
            return kernel;
        }

        var done = new NodeMap<UOp>();
        foreach (var u in order)
        {
            var src = u.MapSources(done).Src;
            done[u] = (u.Op, missing.Contains(u.DType)) switch
            {
                (Ops.Param or Ops.Index, true) => UOp.New(u.Op, Stored(u.DType), src, u.Arg),
                (Ops.Load, true) => Widen(UOp.New(Ops.Load, Stored(u.DType), src.Length == 3 ? [src[0], src[1], UOp.Const(Stored(u.DType), 0)] : src), u.DType),
                (Ops.Const, true) => UOp.Const(DType.Float32, (Scalar)u.Arg!),
                (Ops.Cast, true) => Widen(Narrow(ToSingle(src[0], u.DType), u.DType), u.DType),
                (Ops.Bitcast, true) => Widen(missing.Contains(u[0].DType) ? Narrow(src[0], u[0].DType).Bitcast(Stored(u.DType)) : src[0].Bitcast(Stored(u.DType)), u.DType),
                (_, true) => UOp.New(u.Op, DType.Float32, src, u.Arg),
                (Ops.Store, false) when missing.Contains(u[1].DType) => UOp.New(Ops.Store, DType.Void, [src[0], Narrow(src[1], u[1].DType), .. src[2..]]),
                (Ops.Bitcast, false) when missing.Contains(u[0].DType) => Narrow(src[0], u[0].DType).Bitcast(u.DType),
                _ => UOp.New(u.Op, u.DType, src, u.Arg),
            };
        }

        return GraphRewrite.Apply(done[kernel], Simplifier.Rules, stage: "lower/emulate halves");

        DType Stored(DType half) => target.HasConversion(half) ? half : DType.UInt16;
        UOp Widen(UOp stored, DType from) => stored.DType == from ? stored.Cast(DType.Float32) : FloatCodes.Decode(from.Format!, stored);
        UOp Narrow(UOp value, DType to) => target.HasConversion(to) ? value.Cast(to) : FloatCodes.Encode(to.Format!, value).Cast(DType.UInt16);
    }

    // A float64 is rounded once, by way of the float32 whose last bit says that it is inexact; but to bfloat16 twice, as
    // everywhere.
    private static UOp ToSingle(UOp value, DType to)
    {
        var nearest = value.Cast(DType.Float32);
        if (value.DType != DType.Float64 || to != DType.Float16)
        {
            return nearest;
        }

        var (bits, exact) = (nearest.Bitcast(DType.Int32), nearest.Cast(DType.Float64));

        // Towards the value; numbers of either sign grow with their bits.
        var isBeyond = UOp.Alu(Ops.CmpLt, Abs(value), Abs(exact));
        var odd = UOp.Alu(Ops.Add, bits, UOp.Where(isBeyond, bits.ConstLike(-1), bits.ConstLike(1)));
        var isInexact = UOp.Alu(Ops.Or, UOp.Alu(Ops.CmpLt, value, exact), UOp.Alu(Ops.CmpLt, exact, value));
        var isEven = UOp.Alu(Ops.CmpEq, UOp.Alu(Ops.And, bits, bits.ConstLike(1)), bits.ConstLike(0));
        return UOp.Where(UOp.Alu(Ops.And, isInexact, isEven), odd, bits).Bitcast(DType.Float32);

        static UOp Abs(UOp x) => UOp.Alu(Ops.Max, x, UOp.Alu(Ops.Neg, x));
    }
}
