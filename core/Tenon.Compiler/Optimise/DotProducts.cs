using Tenon.Core;

namespace Tenon.Compiler;

/// <summary>
/// Sums of products of bytes, four at a time, for targets that have <see cref="Ops.Dot4"/>: Σₖ x(k)·y(k) becomes Σₖ dot4(X(k), Y(k)), where X(k)
/// and Y(k) are the bytes 4k to 4k+3 in one number each. These are the factors that loops are optimised of: where they are used
/// often, they are packed into local arrays.
/// </summary>
/// <remarks>
/// The op multiplies unsigned by signed bytes. Of two signed factors one is taken 128 greater, and of two unsigned ones one 128 less, by
/// changing its highest bit; the products with 128 that this makes too many or too few are made up for.
/// </remarks>
internal static class DotProducts
{
    private const int Bytes = 4;

    // Of fewer there are hardly four times fewer turns.
    private const int LeastLength = 4 * Bytes;

    /// <summary>The kernel with the sums that pay.</summary>
    public static UOp Apply(UOp kernel, CodeGeneratorView target)
    {
        if (!target.Has(Ops.Dot4) || target.VectorBytes < 16 || target.LocalBytes == 0)
        {
            return kernel;
        }

        var order = kernel.TopologicalOrder();
        if (order.Exists(static u => u.Op == Ops.Range && u[0].Op != Ops.Const))
        {
            return kernel;
        }

        var loops = kernel[0].Src[1..].ToArray();
        var next = 1 + order.Max(static u => u.Op == Ops.Range ? u.ArgAs<RangeArg>().Id : -1);
        var sums = new NodeMap<UOp>();
        foreach (var u in order)
        {
            if (u.Op == Ops.Reduce && u.DType == DType.Int32 && u.ArgAs<ReduceArg>().Op == Ops.Add && u[0].Op == Ops.Mul
                && Narrow(u[0][0]) is { } x && Narrow(u[0][1]) is { } y && Summed(u) is { } range && Pays(x, y, loops))
            {
                sums[u] = Sum(u, x, y, range, next++, loops);
            }
        }

        return sums.Count == 0 ? kernel : GraphRewrite.Apply(kernel.Substitute(sums), Simplifier.Rules, stage: "lower/dot products");
    }

    // The bytes that a number is made of; null if it isn't.
    private static UOp? Narrow(UOp value) => value.Op switch
    {
        Ops.Cast when value[0].DType == DType.Int8 || value[0].DType == DType.UInt8 => value[0],
        Ops.Where when value[2].IsInteger(0) && Narrow(value[1]) is { } narrow => UOp.Where(value[0], narrow, narrow.ConstLike(0)),
        _ => null,
    };

    // The longest loop, of those whose lengths are multiples of four if there are any.
    private static UOp? Summed(UOp reduce) =>
        reduce.Src[1..].ToArray().Where(static r => r[0].Op == Ops.Const && r[0].Max >= LeastLength).OrderByDescending(static r => r[0].Max % Bytes == 0).ThenByDescending(static r => r[0].Max).FirstOrDefault();

    private static bool Pays(UOp x, UOp y, UOp[] loops) =>
        Blocking.IsReused(x, loops) && Blocking.IsReused(y, loops) && (Blocking.CanStage(x, loops) || Blocking.CanStage(y, loops));

    private static UOp Sum(UOp reduce, UOp x, UOp y, UOp range, int number, UOp[] loops)
    {
        // What is made up for is computed with the lanes, once for all rows.
        var (signedX, signedY) = (x.DType.IsSigned, y.DType.IsSigned);
        var wide = Array.FindLast(loops, r => x.DependsOn(r) != y.DependsOn(r));
        if (signedX == signedY ? wide is not null && x.DependsOn(wide) == signedX : signedX)
        {
            (x, y) = (y, x);
        }

        var step = UOp.Range(UOp.Index((range[0].Max + Bytes - 1) / Bytes), number, RangeKind.Reduce);
        var (first, second) = (Packed(x, range, step, flip: signedX && signedY), Packed(y, range, step, flip: !signedX && !signedY).Bitcast(DType.Int32));
        var rest = UOp.Const(DType.Int32, 0);
        if (signedX && signedY)
        {
            rest = UOp.Alu(Ops.Neg, Dot(UOp.Const(DType.UInt32, 0x80808080L), second, rest));
        }
        else if (!signedX && !signedY)
        {
            var half = UOp.Const(DType.Int32, 0x40404040);
            rest = Dot(first, half, Dot(first, half, rest));
        }

        return UOp.New(Ops.Reduce, reduce.DType, [Dot(first, second, rest), .. reduce.Src[1..].ToArray().Select(r => r == range ? step : r)], reduce.Arg);
    }

    private static UOp Dot(UOp x, UOp y, UOp sum) => UOp.New(Ops.Dot4, DType.Int32, [x, y, sum]);

    // Four neighbours along the range as one number. Past its end they are 0, whatever is made up for: the bytes of both factors are.
    private static UOp Packed(UOp bytes, UOp range, UOp step, bool flip)
    {
        var packed = default(UOp);
        for (var i = 0; i < Bytes; i++)
        {
            var at = IndexMath.Add(IndexMath.Mul(step, UOp.Index(Bytes)), UOp.Index(i));
            var value = bytes.Substitute(new NodeMap<UOp> { [range] = at });
            var wide = value.DType.IsSigned ? UOp.Alu(Ops.And, value.Cast(DType.Int32).Bitcast(DType.UInt32), UOp.Const(DType.UInt32, 0xFF)) : value.Cast(DType.UInt32);
            wide = flip ? UOp.Alu(Ops.Xor, wide, wide.ConstLike(0x80)) : wide;
            wide = Gated(wide, IndexMath.Less(at, range[0]));
            wide = i == 0 ? wide : UOp.Alu(Ops.Shl, wide, wide.ConstLike(8 * i));
            packed = packed is null ? wide : UOp.Alu(Ops.Or, packed, wide);
        }

        return packed!;
    }

    private static UOp Gated(UOp value, UOp gate)
    {
        if (gate.IsInteger(1))
        {
            return value;
        }

        var loads = new NodeMap<UOp>();
        foreach (var u in value.TopologicalOrder())
        {
            if (u.Op == Ops.Load)
            {
                loads[u] = UOp.New(Ops.Load, u.DType, u.Src.Length == 3 ? [u[0], IndexMath.And(u[1], gate), u[2]] : [u[0], gate, UOp.Const(u.DType, 0)]);
            }
        }

        return UOp.Where(gate, value.Substitute(loads), value.ConstLike(0));
    }
}
