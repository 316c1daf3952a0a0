using Tenon.Core;
using Tenon.Core.Backend;

namespace Tenon.Tests.Shared;

/// <summary>Every op on the corner values of every dtype that a target has, as scalars and as vectors of every width.</summary>
internal static class OpCases
{
    private static readonly Ops[] OnIntegers = [Ops.Add, Ops.Sub, Ops.Mul, Ops.Max, Ops.And, Ops.Or, Ops.Xor, Ops.CmpLt, Ops.CmpEq, Ops.CmpNe];
    private static readonly Ops[] OnFloats = [Ops.Add, Ops.Sub, Ops.Mul, Ops.Div, Ops.Max, Ops.CmpLt, Ops.CmpEq, Ops.CmpNe];
    private static readonly Ops[] OnTruth = [Ops.And, Ops.Or, Ops.Xor, Ops.CmpLt, Ops.CmpEq, Ops.CmpNe];

    /// <summary>The cases of a target.</summary>
    public static IEnumerable<OpCase> For(CodeGeneratorTarget target)
    {
        foreach (var (dtype, support) in target.DTypes)
        {
            foreach (var lanes in Lanes(target, dtype, support))
            {
                yield return support.HasFlag(lanes > 1 ? DTypeSupport.Vector : DTypeSupport.Arithmetic) ? Arithmetic(target, dtype, lanes) : Conversion(target, dtype, lanes);
            }
        }
    }

    private static IEnumerable<int> Lanes(CodeGeneratorTarget target, DType dtype, DTypeSupport support)
    {
        yield return 1;

        // From 2 lanes, as beside 2 doubles; vectors of truth values have the lanes of the numbers that they are about.
        var most = target.VectorBytes / Math.Max(dtype.IsBool || !support.HasFlag(DTypeSupport.Vector) ? 4 : 1, dtype.Bytes);
        for (var lanes = 2; IsMoved(support) && lanes <= most; lanes *= 2)
        {
            yield return lanes;
        }
    }

    private static OpCase Arithmetic(CodeGeneratorTarget target, DType dtype, int lanes)
    {
        var (xs, ys) = CornerValues.Pairs(dtype, lanes);
        var test = new OpCase($"ops_{dtype}x{lanes}", xs.Length, lanes);
        var (x, y) = (test.Input(dtype, xs), test.Input(dtype, ys));
        foreach (var op in dtype.IsBool ? OnTruth : dtype.IsFloat ? OnFloats : OnIntegers)
        {
            test.Output($"{op}", UOp.Alu(op, x, y), i => Reference.Apply(op, xs[i], ys[i]), anyZero: op == Ops.Max);
        }

        test.Output("Where", UOp.Where(UOp.Alu(Ops.CmpNe, x, y), y, x), i => Reference.Apply(Ops.Where, Reference.Apply(Ops.CmpNe, xs[i], ys[i]), ys[i], xs[i]));
        foreach (var op in (Ops[])(dtype.IsFloat ? [Ops.Neg, Ops.Sqrt, Ops.Trunc] : dtype.IsInteger ? [Ops.Neg] : []))
        {
            test.Output($"{op}", UOp.Alu(op, x), i => Reference.Apply(op, xs[i]));
        }

        if (dtype.IsInteger)
        {
            AddDivisions(test, dtype, x, xs, ys);
            foreach (var to in target.DTypes.Keys.Where(to => lanes == 1 && to.IsInteger && to != dtype && to.Bits == dtype.Bits))
            {
                // Languages that compute what is narrow as int must take its bits, not those of the int.
                test.Output($"Bitcast of And to {to}", UOp.Alu(Ops.And, x, y).Bitcast(to), i => Elements.Read(to, Elements.ToBytes(dtype, [Reference.Apply(Ops.And, xs[i], ys[i])])));
            }

            if (dtype == DType.Int32 && target.ExtraOps.Contains(Ops.Dot4))
            {
                var zs = xs.Reverse().ToArray();
                var bytes = x.Bitcast(DType.UInt32.WithLanesOf(x.DType));
                test.Output("Dot4", UOp.New(Ops.Dot4, x.DType, [bytes, y, test.Input(dtype, zs)]), i => Dot4((int)xs[i], (int)ys[i], (int)zs[i]));
            }
        }
        else if (dtype is { IsFloat: true, Bits: > 16 } && target.ExtraOps.Contains(Ops.MulAcc))
        {
            var zs = xs.Reverse().ToArray();
            test.Output("MulAcc", UOp.New(Ops.MulAcc, x.DType, [x, y, test.Input(dtype, zs)]), i => Reference.Apply(Ops.MulAcc, xs[i], ys[i], zs[i]));
        }

        AddCasts(test, target, dtype, x, xs);
        AddLanes(test, x, y, xs, ys, lanes, !dtype.IsBool && target.ExtraOps.Contains(Ops.Shuffle));
        return test;
    }

    private static OpCase Conversion(CodeGeneratorTarget target, DType dtype, int lanes)
    {
        var xs = !dtype.IsFloat ? CornerValues.Pairs(dtype, lanes).X : Enumerable.Range(0, 0x10000).Select(i => dtype == DType.Float16 ? BitConverter.UInt16BitsToHalf((ushort)i) : (object)new BFloat((ushort)i)).ToArray();
        var test = new OpCase($"conversions_{dtype}x{lanes}", xs.Length, lanes);
        var x = test.Input(dtype, xs);
        AddCasts(test, target, dtype, x, xs);
        if (lanes > 1)
        {
            AddLanes(test, x, lanes, i => xs[i]);
            return test;
        }

        var single = x.Cast(DType.Float32);
        test.Output("Where", UOp.Where(UOp.Alu(Ops.CmpLt, single, single.ConstLike(1)), x, x.ConstLike(0.1)), i => Reference.Apply(Ops.CmpLt, Reference.Cast(xs[i], DType.Float32), 1f) is true ? xs[i] : Reference.Cast(0.1, dtype));
        return test;
    }

    private static object Dot4(int x, int y, int z)
    {
        for (var i = 0; i < 32; i += 8)
        {
            z = unchecked(z + (byte)(x >> i) * (sbyte)(y >> i));
        }

        return z;
    }

    // The host guarantees divisors that are not zero, no overflow, and shifts within the width.
    private static void AddDivisions(OpCase test, DType dtype, UOp x, object[] xs, object[] ys)
    {
        var (zero, minusOne, least) = (Reference.Cast(0L, dtype), Reference.Cast(-1L, dtype), Reference.Cast(dtype.MinInteger, dtype));
        var divisors = ys.Select((y, i) => y.Equals(zero) || (dtype.IsSigned && y.Equals(minusOne) && xs[i].Equals(least)) ? Reference.Cast(3L, dtype) : y).ToArray();
        var shifts = ys.Select((_, i) => Reference.Cast((long)i * 7 % dtype.Bits, dtype)).ToArray();
        var (divisor, shift) = (test.Input(dtype, divisors), test.Input(dtype, shifts));
        foreach (var (op, y, values) in new[] { (Ops.IntDiv, divisor, divisors), (Ops.IntMod, divisor, divisors), (Ops.Shl, shift, shifts), (Ops.Shr, shift, shifts) })
        {
            test.Output($"{op}", UOp.Alu(op, x, y), i => Reference.Apply(op, xs[i], values[i]));
        }
    }

    private static void AddCasts(OpCase test, CodeGeneratorTarget target, DType dtype, UOp x, object[] xs)
    {
        foreach (var (to, support) in target.DTypes)
        {
            if (to == dtype || (x.DType.IsVector && (!IsMoved(support) || x.DType.Lanes * to.Bytes > target.VectorBytes)))
            {
                continue;
            }

            test.Output($"Cast to {to}", x.Cast(to), i => Reference.Cast(xs[i], to));
            if (to.Bits == dtype.Bits && !to.IsBool && !dtype.IsBool)
            {
                test.Output($"Bitcast to {to}", x.Bitcast(to), i => Elements.Read(to, Elements.ToBytes(dtype, [xs[i]])));
            }
        }
    }

    private static bool IsMoved(DTypeSupport support) => (support & (DTypeSupport.Vector | DTypeSupport.Conversion)) != 0;

    private static void AddLanes(OpCase test, UOp x, int lanes, Func<int, object> element) =>
        test.Output("Stack", Kernels.Stack([.. Enumerable.Range(0, lanes).Select(i => Kernels.Extract(x, lanes - 1 - i))]), i => element(i / lanes * lanes + lanes - 1 - i % lanes));

    private static void AddLanes(OpCase test, UOp x, UOp y, object[] xs, object[] ys, int lanes, bool hasShuffle)
    {
        if (lanes == 1)
        {
            var gate = UOp.Alu(Ops.CmpEq, x, y);
            test.Output("Constant", UOp.Where(gate, x, UOp.Const(x.DType, 1)), i => Reference.Apply(Ops.CmpEq, xs[i], ys[i]) is true ? xs[i] : Reference.Cast(1L, x.DType));
            return;
        }

        AddLanes(test, x, lanes, i => xs[i]);
        for (var half = 0; lanes >= 4 && half < 2 && hasShuffle; half++)
        {
            var first = half * lanes / 2;
            var part = UOp.New(Ops.Extract, x.DType.Scalar.Vec(lanes / 2), [x], first);
            var twice = Enumerable.Range(0, lanes).Select(i => Kernels.Extract(part, i % (lanes / 2)));
            test.Output($"Half {half}", Kernels.Stack([.. twice]), i => xs[i / lanes * lanes + first + i % (lanes / 2)]);
        }

        if (hasShuffle)
        {
            int[] order = [.. Enumerable.Range(0, lanes).Select(i => (3 * i + 1) % (2 * lanes))];
            var shuffled = UOp.New(Ops.Shuffle, x.DType, [x, y], new Axes(order));
            test.Output("Shuffle", shuffled, i => order[i % lanes] is var lane && lane < lanes ? xs[i / lanes * lanes + lane] : ys[i / lanes * lanes + lane - lanes]);
        }

        test.Output("Splat", Kernels.Splat(Kernels.Extract(y, 1), lanes), i => ys[i / lanes * lanes + 1]);
        test.Output("Constant", UOp.Where(UOp.Alu(Ops.CmpEq, x, y), x, x.ConstLike(1)), i => Reference.Apply(Ops.CmpEq, xs[i], ys[i]) is true ? xs[i] : Reference.Cast(1L, x.DType.Scalar));
    }
}
