using Tenon.Core;

namespace Tenon.Compiler;

internal sealed partial class LoopNest
{
    // What is kept is written and read once more.
    private const long LeastReuse = 8;

    // Of what takes more room there are several copies, or it is stored in fewer bits.
    private const long MostGrowth = 2;
    private readonly List<KeptFactor> _kept = [];

    /// <summary>The parameters whose content is mostly the same in many calls.</summary>
    public IReadOnlySet<int> Constants { get; init; } = new HashSet<int>();

    /// <summary>What <see cref="Keep"/> has taken out.</summary>
    public IReadOnlyList<KeptFactor> Kept => _kept;

    /// <summary>Factors, or what is widened to be one, that follow from constants and are used often enough to be computed once for many calls.</summary>
    public List<UOp> Keepable()
    {
        if (Constants.Count == 0)
        {
            return [];
        }

        var loops = Kernel.Src.ToArray().SelectMany(static end => end.Src[1..].ToArray()).Distinct().ToList();
        return [.. Factors().Select(Narrowest).Where(f => IsConstant(f) && IsSmall(f) && loops.Where(r => !f.DependsOn(r)).Aggregate(1L, static (p, r) => p * r[0].Max) >= LeastReuse)];
    }

    /// <summary>Reads such factors from a parameter each, in the order in which they are used, and leaves to others to fill it.</summary>
    public void Keep()
    {
        while (Keepable() is [var factor, ..])
        {
            TakeOut(factor);
        }
    }

    /// <summary>Whether all that a factor reads is kept.</summary>
    public bool IsKept(UOp factor) => _kept.Count > 0 && factor.TopologicalOrder().TrueForAll(u => u.Op != Ops.Param || _kept.Exists(k => k.Slot == u.ArgAs<ParamArg>().Slot));

    /// <summary>
    /// The kernel that loops are chosen for: what arrays or buffers hold, however it is computed, is only loaded. Those that are kept are its
    /// constants.
    /// </summary>
    public LoopNest Planned()
    {
        var (kept, loads, constants) = (Keepable(), new NodeMap<UOp>(), new HashSet<int>());
        var staged = Order.Exists(static u => u.Op == Ops.Dot4) ? Factors().FindAll(f => Blocking.CanStage(f, OutputLoops)) : [];
        foreach (var factor in kept.Union(staged))
        {
            var (slot, index) = (NextSlot() + loads.Count, UOp.Index(0));
            foreach (var r in factor.Ranges)
            {
                index = IndexMath.Add(IndexMath.Mul(index, r[0]), r);
            }

            loads[factor] = Load(UOp.New(Ops.Param, factor.DType, [], new ParamArg(slot, SizeOf(factor.Ranges.ToArray()))), index);
            if (kept.Contains(factor))
            {
                constants.Add(slot);
            }
        }

        return loads.Count == 0 ? this : new LoopNest(Kernel.Substitute(loads)) { Constants = constants };
    }

    private void TakeOut(UOp factor)
    {
        var index = factor.Op == Ops.Load ? factor[0][1] : null;
        var axes = StagedAxes(factor.Ranges.ToArray(), index, SummedWith(factor));
        var spanned = axes.SelectMany(a => a).ToArray();
        var storage = UOp.New(Ops.Param, factor.DType, [], new ParamArg(NextSlot(), SizeOf(spanned)));
        var (store, loops) = Fill(storage, factor, index, axes, 0, 0, static _ => RangeKind.Loop);
        _kept.Add(new KeptFactor(storage, UOp.Sink([End(store, loops)]), loops));
        Substitute(factor, Load(storage, Offset(spanned)));
    }

    private int NextSlot() => 1 + Order.Max(static u => u.Op == Ops.Param ? u.ArgAs<ParamArg>().Slot : -1);

    private bool IsConstant(UOp value) => value.TopologicalOrder() is var order && order.Exists(static u => u.Op == Ops.Load) && order.TrueForAll(u => u.Op switch
    {
        Ops.Param => Constants.Contains(u.ArgAs<ParamArg>().Slot),
        Ops.Range => u[0].Op == Ops.Const,
        Ops.Local or Ops.After or Ops.Variable or Ops.Special or Ops.Reduce => false,
        _ => true,
    });

    private static bool IsSmall(UOp value) =>
        value.DType.BytesOf(SizeOf(value.Ranges.ToArray())) <= MostGrowth * value.TopologicalOrder().Where(static u => u.Op == Ops.Param).Sum(static p => p.DType.BytesOf(p.ArgAs<ParamArg>().Size));

    private static UOp Narrowest(UOp factor)
    {
        while (factor.Op == Ops.Cast && factor[0].DType.Bytes < factor.DType.Bytes)
        {
            factor = factor[0];
        }

        return factor;
    }

    private static UOp Load(UOp storage, UOp index) => UOp.New(Ops.Load, storage.DType, [UOp.New(Ops.Index, storage.DType, [storage, index])]);
}

/// <summary>A factor that a kernel reads from a parameter.</summary>
/// <param name="Storage">The parameter.</param>
/// <param name="Kernel">What fills it, over the parameters of the kernel.</param>
/// <param name="Loops">The loops of that.</param>
internal sealed record KeptFactor(UOp Storage, UOp Kernel, UOp[] Loops)
{
    /// <summary>The number of the parameter.</summary>
    public int Slot => Storage.ArgAs<ParamArg>().Slot;
}
