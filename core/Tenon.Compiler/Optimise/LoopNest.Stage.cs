using Tenon.Core;

namespace Tenon.Compiler;

internal sealed partial class LoopNest
{
    /// <summary>
    /// What is loaded to be multiplied in a sum, or else to be reduced: each is a value of its own that depends on some of the
    /// loops, and that a local array can hold. In order of the graph.
    /// </summary>
    public List<UOp> Factors()
    {
        var factors = new List<UOp>();
        foreach (var reduce in Kernel.TopologicalOrder().Where(u => u.Op == Ops.Reduce))
        {
            foreach (var factor in reduce[0].Op == Ops.Mul && reduce.ArgAs<ReduceArg>().Op == Ops.Add ? reduce[0].Src : reduce.Src[..1])
            {
                if (!factors.Contains(factor) && ReadsMemory(factor))
                {
                    factors.Add(factor);
                }
            }
        }

        return factors;
    }

    /// <summary>The loops that a staged factor's array spans: those within a loop that the factor depends on, in order of the array.</summary>
    public static UOp[] StagedRanges(UOp factor, int within) =>
        [.. factor.Ranges.ToArray()
            .Where(r => r.ArgAs<RangeArg>() is var arg && arg.Kind != RangeKind.Global && (arg.Kind != RangeKind.Loop || arg.Id > within))
            .OrderBy(r => r.ArgAs<RangeArg>().Kind)
            .ThenBy(r => r.ArgAs<RangeArg>().Id)];

    private static bool ReadsMemory(UOp factor) =>
        factor.TopologicalOrder(static u => u.Op != Ops.After) is var order
        && order.Exists(static u => u.Op == Ops.Load) && !order.Exists(static u => u.Op == Ops.Reduce);

    // factor(r) → local[r], after local[r'] = factor(r') in loops r' of its own.
    private void Stage(Opt opt)
    {
        var factors = Factors();
        if (opt.Amount < 0 || opt.Amount >= factors.Count)
        {
            throw new TenonException("TEN1050", $"{opt} names a factor that the kernel doesn't have. It has {factors.Count}.");
        }

        var factor = factors[opt.Amount];
        var spanned = StagedRanges(factor, opt.Range);
        if (spanned.Length == 0 || factor.TopologicalOrder().Exists(u => u.Op == Ops.After) || factor.Ranges.ToArray().Any(r => !spanned.Contains(r) && r.ArgAs<RangeArg>().Kind is not (RangeKind.Global or RangeKind.Loop)))
        {
            throw new TenonException("TEN1051", $"{opt} would stage a factor that doesn't change within that loop, or that is staged already.");
        }

        var size = spanned.Aggregate(1L, (p, r) => p * r[0].Max);
        var local = UOp.New(Ops.Local, factor.DType, [], new LocalArg(_nextLocal++, size));
        var copies = new NodeMap<UOp>();
        var index = factor.Op == Ops.Load ? factor[0][1] : null;
        foreach (var r in spanned.OrderBy(r => r.ArgAs<RangeArg>().Kind is RangeKind.Unroll or RangeKind.Vector).ThenByDescending(r => index is not null && Strides.Along(index, r) is { } stride ? Math.Abs(stride) : long.MaxValue))
        {
            var kind = r.ArgAs<RangeArg>().Kind switch
            {
                RangeKind.Reduce => RangeKind.Loop,
                RangeKind.Vector when index is not null && Strides.Along(index, r) != 1 => RangeKind.Unroll,
                var same => same,
            };
            copies[r] = UOp.Range(r[0], _nextRange++, kind);
        }

        var value = factor.Substitute(copies);
        UOp[] loops = [.. spanned.Select(r => copies[r])];
        var store = UOp.New(Ops.Store, DType.Void, [At(local, loops), value]);
        var filled = UOp.New(Ops.After, local.DType, [local, UOp.New(Ops.End, DType.Void, [store, .. loops.OrderBy(r => r.ArgAs<RangeArg>().Id)])]);
        Substitute(factor, UOp.New(Ops.Load, factor.DType, [At(filled, spanned)]));
    }

    private static UOp At(UOp storage, UOp[] ranges)
    {
        var offset = UOp.Index(0);
        foreach (var r in ranges)
        {
            offset = IndexMath.Add(IndexMath.Mul(offset, UOp.Index(r[0].Max)), r);
        }

        return UOp.New(Ops.Index, storage.DType, [storage, offset]);
    }

    // What fills the array keeps the factor as it is.
    private void Substitute(UOp factor, UOp loaded)
    {
        var done = new NodeMap<UOp> { [factor] = loaded };
        foreach (var u in Kernel.TopologicalOrder(u => u != factor))
        {
            if (u != factor)
            {
                done[u] = u.MapSources(done);
            }
        }

        Kernel = GraphRewrite.Apply(done[Kernel], Simplifier.Rules, stage: "lower/optimise/stage");
    }
}
