using Tenon.Core;

namespace Tenon.Compiler;

/// <summary>
/// float16 and bfloat16 for targets that only store them: loaded as 16 bits, computed as float32, rounded to nearest even
/// when stored or cast.
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
                (Ops.Param or Ops.Index, true) => UOp.New(u.Op, DType.UInt16, src, u.Arg),
                (Ops.Load, true) => Widen(UOp.New(Ops.Load, DType.UInt16, src.Length == 3 ? [src[0], src[1], UOp.Const(DType.UInt16, 0)] : src), u.DType),
                (Ops.Const, true) => UOp.Const(DType.Float32, (Scalar)u.Arg!),
                (Ops.Cast, true) => Widen(Narrow(ToSingle(src[0], u.DType), u.DType), u.DType),
                (Ops.Bitcast, true) => Widen(missing.Contains(u[0].DType) ? Narrow(src[0], u[0].DType) : src[0].Bitcast(DType.UInt16), u.DType),
                (_, true) => UOp.New(u.Op, DType.Float32, src, u.Arg),
                (Ops.Store, false) when missing.Contains(u[1].DType) => UOp.New(Ops.Store, DType.Void, [src[0], Narrow(src[1], u[1].DType), .. src[2..]]),
                (Ops.Bitcast, false) when missing.Contains(u[0].DType) => Narrow(src[0], u[0].DType).Bitcast(u.DType),
                _ => UOp.New(u.Op, u.DType, src, u.Arg),
            };
        }

        return GraphRewrite.Apply(done[kernel], Simplifier.Rules, stage: "lower/emulate halves");
    }

    /// <summary>The float32 of 16 bits.</summary>
    private static UOp Widen(UOp bits, DType from)
    {
        var wide = bits.Cast(DType.UInt32);
        if (from == DType.BFloat16)
        {
            return Shl(wide, 16).Bitcast(DType.Float32);
        }

        // The exponent is rebased by a multiplication, which also makes the numbers below the least normal one right.
        var sign = Shl(And(wide, 0x8000), 16);
        var magnitude = Shl(And(wide, 0x7fff), 13);
        var value = UOp.Alu(Ops.Mul, magnitude.Bitcast(DType.Float32), UOp.Const(DType.Float32, Math.Pow(2, 112)));
        var special = UOp.Alu(Ops.CmpLt, wide.ConstLike(0x7bff), And(wide, 0x7fff));
        var result = UOp.Where(special, UOp.Alu(Ops.Or, magnitude, wide.ConstLike(0x7f800000)), value.Bitcast(DType.UInt32));
        return UOp.Alu(Ops.Or, result, sign).Bitcast(DType.Float32);
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
        var isEven = UOp.Alu(Ops.CmpEq, And(bits, 1), bits.ConstLike(0));
        return UOp.Where(UOp.Alu(Ops.And, isInexact, isEven), odd, bits).Bitcast(DType.Float32);

        static UOp Abs(UOp x) => UOp.Alu(Ops.Max, x, UOp.Alu(Ops.Neg, x));
    }

    /// <summary>The 16 bits nearest to a float32, ties to even.</summary>
    private static UOp Narrow(UOp value, DType to)
    {
        var bits = value.Bitcast(DType.UInt32);
        var isNaN = UOp.Alu(Ops.CmpNe, value, value);
        if (to == DType.BFloat16)
        {
            var rounded = Shr(UOp.Alu(Ops.Add, bits, UOp.Alu(Ops.Add, And(Shr(bits, 16), 1), bits.ConstLike(0x7fff))), 16);
            return UOp.Where(isNaN, bits.ConstLike(0x7fc0), rounded).Cast(DType.UInt16);
        }

        var sign = And(Shr(bits, 16), 0x8000);
        var magnitude = And(bits, 0x7fffffff);

        // Normal results: rebias and round by adding just under half of the last place, and the last bit.
        var normal = Shr(UOp.Alu(Ops.Add, UOp.Alu(Ops.Sub, magnitude, bits.ConstLike(112L << 23)), UOp.Alu(Ops.Add, And(Shr(magnitude, 13), 1), bits.ConstLike(0xfff))), 13);

        // Small results: adding ½ lines the bits up, and the addition rounds them.
        var half = UOp.Const(DType.Float32, 0.5);
        var small = UOp.Alu(Ops.Sub, UOp.Alu(Ops.Add, magnitude.Bitcast(DType.Float32), half).Bitcast(DType.UInt32), half.Bitcast(DType.UInt32));
        var isSmall = UOp.Alu(Ops.CmpLt, magnitude, bits.ConstLike(113L << 23));
        var isLarge = UOp.Alu(Ops.CmpLt, bits.ConstLike(0x477fefff), magnitude);
        var result = UOp.Where(isLarge, bits.ConstLike(0x7c00), UOp.Where(isSmall, small, normal));
        return UOp.Alu(Ops.Or, UOp.Where(isNaN, bits.ConstLike(0x7e00), result), sign).Cast(DType.UInt16);
    }

    private static UOp And(UOp x, long mask) => UOp.Alu(Ops.And, x, x.ConstLike(mask));

    private static UOp Shl(UOp x, int n) => UOp.Alu(Ops.Shl, x, x.ConstLike(n));

    private static UOp Shr(UOp x, int n) => UOp.Alu(Ops.Shr, x, x.ConstLike(n));
}
