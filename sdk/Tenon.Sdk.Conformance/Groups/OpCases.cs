using Tenon.Core;
using Tenon.Core.Backend;

namespace Tenon.Sdk.Conformance;

/// <summary>Every op on the corner values of every dtype that the target takes, as scalars and as vectors of every width.</summary>
internal static class OpCases
{
    private const int Multiple = 64;
    private static readonly Ops[] OnIntegers = [Ops.Add, Ops.Sub, Ops.Mul, Ops.Max, Ops.And, Ops.Or, Ops.Xor, Ops.CmpLt, Ops.CmpEq, Ops.CmpNe];
    private static readonly Ops[] OnFloats = [Ops.Add, Ops.Sub, Ops.Mul, Ops.Div, Ops.Max, Ops.CmpLt, Ops.CmpEq, Ops.CmpNe];
    private static readonly Ops[] OnTruth = [Ops.And, Ops.Or, Ops.Xor, Ops.CmpLt, Ops.CmpEq, Ops.CmpNe];

    // Of functions that no format defines to the last place; docs/conformance.md.
    private static readonly Tolerance OfFunctions = new(AnyZero: true, Ulps: 4);

    public static IEnumerable<ConformanceCase> For(Subject subject) => DType.Native.SelectMany(d => Of(subject, d));

    /// <summary>How many lanes the vectors of a dtype may have.</summary>
    public static IEnumerable<int> Widths(Subject subject, DType dtype)
    {
        // From 2 lanes, as beside 2 doubles; vectors of truth values have the lanes of the numbers that they are about.
        var support = subject.Support(dtype);
        var most = subject.Target.VectorBytes / Math.Max(dtype.IsBool || !support.HasFlag(DTypeSupport.Vector) ? 4 : 1, dtype.Bytes);
        for (var lanes = 2; IsMoved(support) && lanes <= most; lanes *= 2)
        {
            yield return lanes;
        }
    }

    private static IEnumerable<ConformanceCase> Of(Subject subject, DType dtype)
    {
        var support = subject.Support(dtype);
        if (!IsComputed(support))
        {
            return [ConformanceCase.Skipped($"{dtype}", "the target claims neither Arithmetic nor Conversion")];
        }

        var cases = Of(subject, dtype, 1).Cases;
        var widths = Widths(subject, dtype).ToList();
        cases = widths.Count > 0 ? cases.Concat(widths.SelectMany(lanes => Of(subject, dtype, lanes).Cases)) : cases.Append(ConformanceCase.Skipped($"{dtype} vectors", "the target claims no vectors of it"));
        return support.HasFlag(DTypeSupport.Arithmetic) ? cases : cases.Append(ConformanceCase.Skipped($"{dtype} arithmetic", "the target doesn't claim Arithmetic"));
    }

    private static Probe Of(Subject subject, DType dtype, int lanes)
    {
        var (xs, ys) = Values(subject, dtype, lanes);
        var probe = new Probe(subject, $"{dtype.Vec(lanes)}", lanes, xs.Length);
        var (x, y) = (probe.Input(dtype, xs), probe.Input(dtype, ys));
        if (subject.Support(dtype).HasFlag(lanes > 1 ? DTypeSupport.Vector : DTypeSupport.Arithmetic))
        {
            AddArithmetic(subject, probe, dtype, x, y, xs, ys);
        }

        AddMoves(subject, probe, dtype, lanes, x, y);
        AddCasts(subject, probe, dtype, lanes, x, xs);
        return probe;
    }

    // What is only converted has so few values that all can be.
    private static (Scalar[] X, Scalar[] Y) Values(Subject subject, DType dtype, int lanes)
    {
        if (dtype.IsFloat && dtype.Bits == 16 && !subject.Support(dtype).HasFlag(DTypeSupport.Arithmetic))
        {
            var step = subject.IsQuick ? 31 : 1;
            Scalar[] all = [.. Enumerable.Range(0, 0x10000 / step / Multiple / lanes * Multiple * lanes).Select(i => Scalar.FromBits(dtype, (ulong)(i * step)))];
            return (all, [.. all.Reverse()]);
        }

        return CornerValues.Pairs(dtype, Multiple * lanes, subject.IsQuick ? 1024 : int.MaxValue);
    }

    private static void AddArithmetic(Subject subject, Probe probe, DType dtype, int x, int y, Scalar[] xs, Scalar[] ys)
    {
        // Comparisons of a target that isn't IEEE's don't see what is no number; the compiler tells by bits there.
        bool IsOpen(int i) => dtype.IsFloat && !subject.Target.IsIeee && !(double.IsFinite(xs[i].AsDouble) && double.IsFinite(ys[i].AsDouble));
        foreach (var op in dtype.IsBool ? OnTruth : dtype.IsFloat ? OnFloats : OnIntegers)
        {
            var isComparison = OpSet.Comparison.Contains(op);
            probe.Add($"{op}", isComparison ? DType.Bool : dtype, v => UOp.Alu(op, v(x), v(y)), new Tolerance(AnyZero: op == Ops.Max), isComparison || op == Ops.Max ? IsOpen : null);
        }

        foreach (var op in (Ops[])(dtype.IsFloat ? [Ops.Neg, Ops.Sqrt, Ops.Trunc] : dtype.IsInteger ? [Ops.Neg] : []))
        {
            probe.Add($"{op}", dtype, v => UOp.Alu(op, v(x)));
        }

        probe.Add("Where", dtype, v => UOp.Where(UOp.Alu(Ops.CmpNe, v(x), v(y)), v(y), v(x)), isOpen: IsOpen);
        probe.Add("Literal", dtype, v => UOp.Where(UOp.Alu(Ops.CmpEq, v(x), v(y)), v(x), v(x).ConstLike(1)), isOpen: IsOpen);
        if (dtype.IsInteger)
        {
            AddDivisions(probe, dtype, x, xs, ys);
        }
        else if (dtype.IsFloat)
        {
            AddFloats(subject, probe, dtype, x, y, xs);
        }
    }

    // The host guarantees divisors that are not zero, no overflow, and shifts within the width.
    private static void AddDivisions(Probe probe, DType dtype, int x, Scalar[] xs, Scalar[] ys)
    {
        var (zero, minusOne, least) = (((Scalar)0).To(dtype), ((Scalar)(-1)).To(dtype), ((Scalar)dtype.MinInteger).To(dtype));
        var divisor = probe.Input(dtype, [.. ys.Select((y, i) => y == zero || (dtype.IsSigned && y == minusOne && xs[i] == least) ? ((Scalar)3).To(dtype) : y)]);
        var shift = probe.Input(dtype, [.. ys.Select((_, i) => ((Scalar)((long)i * 7 % dtype.Bits)).To(dtype))]);
        foreach (var (op, by) in new[] { (Ops.IntDiv, divisor), (Ops.IntMod, divisor), (Ops.Shl, shift), (Ops.Shr, shift) })
        {
            probe.Add($"{op}", dtype, v => UOp.Alu(op, v(x), v(by)));
        }
    }

    private static void AddFloats(Subject subject, Probe probe, DType dtype, int x, int y, Scalar[] xs)
    {
        // No op is contracted or reassociated.
        var z = probe.Input(dtype, [.. xs.Reverse()]);
        probe.Add("Mul then Add", dtype, v => Ir.Add(Ir.Mul(v(x), v(y)), v(z)));
        if (subject.Target.IsIeee)
        {
            probe.Add("Add then Sub", dtype, v => UOp.Alu(Ops.Sub, Ir.Add(v(x), v(y)), v(x)));
        }

        if (subject.Target.ExtraOps.Contains(Ops.MulAcc))
        {
            probe.Add("MulAcc", dtype, v => UOp.New(Ops.MulAcc, v(x).DType, [v(x), v(y), v(z)]));
        }

        foreach (var op in new[] { Ops.Exp2, Ops.Log2, Ops.Sin }.Where(subject.Target.ExtraOps.Contains))
        {
            // Sines of numbers whose last place is more than a turn say nothing of a device.
            probe.Add($"{op}", dtype, v => UOp.Alu(op, v(x)), OfFunctions, isOpen: i => op == Ops.Sin && Math.Abs(xs[i].AsDouble) > 100);
        }
    }

    private static void AddMoves(Subject subject, Probe probe, DType dtype, int lanes, int x, int y)
    {
        probe.Add("Copy", dtype, v => v(x));
        if (lanes == 1)
        {
            return;
        }

        probe.Add("Stack", dtype, v => Ir.Stack([.. Enumerable.Range(0, lanes).Select(i => Ir.Extract(v(x), lanes - 1 - i))]));
        probe.Add("Splat", dtype, v => Ir.Splat(Ir.Extract(v(y), lanes - 1), lanes));
        if (dtype.IsBool || !subject.Target.ExtraOps.Contains(Ops.Shuffle) || !subject.Support(dtype).HasFlag(DTypeSupport.Vector))
        {
            return;
        }

        int[] order = [.. Enumerable.Range(0, lanes).Select(i => (3 * i + 1) % (2 * lanes))];
        probe.Add("Shuffle", dtype, v => UOp.New(Ops.Shuffle, dtype.Vec(lanes), [v(x), v(y)], new Axes(order)));
        for (var half = 0; lanes >= 4 && half < 2; half++)
        {
            var first = half * lanes / 2;
            probe.Add($"Half {half}", dtype, v =>
            {
                var part = UOp.New(Ops.Extract, dtype.Vec(lanes / 2), [v(x)], first);
                return Ir.Stack([.. Enumerable.Range(0, lanes).Select(i => Ir.Extract(part, i % (lanes / 2)))]);
            });
        }
    }

    private static void AddCasts(Subject subject, Probe probe, DType dtype, int lanes, int x, Scalar[] xs)
    {
        foreach (var to in DType.Native.Where(to => to != dtype && IsCast(subject, dtype, to, lanes)))
        {
            probe.Add($"Cast to {to}", to, v => v(x).Cast(to));
            if (to.Bits == dtype.Bits && !to.IsBool && !dtype.IsBool)
            {
                probe.Add($"Bitcast to {to}", to, v => v(x).Bitcast(to), isOpen: i => dtype.IsFloat && double.IsNaN(xs[i].AsDouble));
            }
        }
    }

    // What has no arithmetic is converted to float32 and back only.
    private static bool IsCast(Subject subject, DType from, DType to, int lanes)
    {
        var (source, target) = (subject.Support(from), subject.Support(to));
        var isWhole = source.HasFlag(DTypeSupport.Arithmetic) && target.HasFlag(DTypeSupport.Arithmetic);
        return IsComputed(target) && (isWhole || from == DType.Float32 || to == DType.Float32)
            && (lanes == 1 || (IsMoved(target) && lanes * to.Bytes <= subject.Target.VectorBytes));
    }

    private static bool IsMoved(DTypeSupport support) => (support & (DTypeSupport.Vector | DTypeSupport.Conversion)) != 0;

    private static bool IsComputed(DTypeSupport support) => (support & (DTypeSupport.Arithmetic | DTypeSupport.Conversion)) != 0;
}
