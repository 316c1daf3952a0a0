using Tenon.Core;

namespace Tenon.Compiler;

/// <summary>The changes that the loops of a kernel allow next, whether they pay or not.</summary>
internal sealed partial class LegalOpts
{
    private const int MaxRanges = 64;
    private static readonly int[] Factors = [2, 3, 4, 5, 6, 7, 8, 12, 16, 32];
    private static readonly int[] Blocks = [4, 8, 16, 32, 64, 128, 256, 512, 1024];
    private static readonly int[] PartsPerThread = [1, 4, 16];
    private static readonly int[] Lanes = [2, 4, 8, 16, 32, 64, 128, 256, 512, 1024];
    private readonly LoopNest _nest;
    private readonly CodeGeneratorView _target;
    private readonly UOp[] _ranges;
    private readonly List<UOp> _common;
    private readonly bool _isCommon;
    private readonly bool _accumulates;
    private readonly int _lanes;
    private readonly ulong _vectors;
    private readonly KernelCost? _cost;

    public LegalOpts(LoopNest nest, CodeGeneratorView target)
    {
        (_nest, _target, _ranges, _common) = (nest, target, [.. nest.Ranges], nest.CommonLoops());
        _isCommon = _common.Count == nest.OutputLoops.Count();
        _accumulates = nest.Applied.Any(static o => o.Kind == OptKind.Accumulate);
        if (_ranges.Length <= MaxRanges)
        {
            var order = nest.Order;
            (_lanes, _cost) = (PlanSearch.MaxLanes(order, target), new KernelCost(order, _ranges, target));
            for (var i = 0; i < _ranges.Length; i++)
            {
                _vectors |= KindOf(_ranges[i]) == RangeKind.Vector ? 1UL << i : 0;
            }
        }
    }

    /// <summary>Every change that may come next.</summary>
    public static List<Opt> Of(LoopNest nest, CodeGeneratorView target) => new LegalOpts(nest, target).All();

    /// <summary>Every change that may come next.</summary>
    public List<Opt> All()
    {
        var opts = new List<Opt>();
        foreach (var range in _ranges)
        {
            var id = range.ArgAs<RangeArg>().Id;
            foreach (var factor in Factors)
            {
                opts.Add(new Opt(OptKind.Unroll, id, factor));
                opts.Add(new Opt(OptKind.Vector, id, factor));
            }

            opts.AddRange(Blocks.Select(n => new Opt(OptKind.Tile, id, n)));
            opts.AddRange(range[0].Op == Ops.Const ? [new Opt(OptKind.Global, id)] : PartsPerThread.Select(n => new Opt(OptKind.Global, id, n * _target.Parallelism)));
            opts.AddRange(_target.Workgroups is null ? [] : Lanes.Append((int)Math.Min(range[0].Max, int.MaxValue)).Distinct().Select(n => new Opt(OptKind.Lane, id, n)));
            opts.Add(new Opt(OptKind.Innermost, id));
            opts.Add(new Opt(OptKind.Accumulate, id));
            opts.AddRange(Enumerable.Range(0, _target.TensorCores.Count).Select(n => new Opt(OptKind.TensorCore, id, n)));
        }

        for (var factor = _target.LocalBytes > 0 ? _nest.Factors().Count - 1 : -1; factor >= 0; factor--)
        {
            opts.AddRange(_ranges.Where(IsAroundStages).Select(l => l.ArgAs<RangeArg>().Id).Append(-1).Select(id => new Opt(OptKind.Stage, id, factor)));
        }

        opts.AddRange(ImageChoices.Of(_nest.Kernel, _target));
        opts.RemoveAll(o => WhyNot(o) is not null);
        return opts;
    }

    /// <exception cref="TenonException">A change may not come next.</exception>
    public void Require(Opt opt)
    {
        if (WhyNot(opt) is { } reason)
        {
            throw new TenonException("TEN1100", $"{opt} can't be done: {reason}.");
        }
    }

    /// <summary>Why a change may not come next; null if it may.</summary>
    public string? WhyNot(Opt opt)
    {
        if (opt.Kind == OptKind.Image)
        {
            return ImageChoices.WhyNot(_nest.Kernel, opt.Amount, _target);
        }

        return (opt.Kind == OptKind.Stage ? WhyNotStage(opt) : WhyNotOf(opt)) ?? (_target.Workgroups is null ? null : WhyNotInGroups(opt));
    }

    private string? WhyNotOf(Opt opt)
    {
        var i = Array.FindIndex(_ranges, r => r.ArgAs<RangeArg>().Id == opt.Range);
        if (i < 0)
        {
            return "the kernel doesn't have that loop";
        }

        if (_cost is null)
        {
            return $"the kernel has more than {MaxRanges} loops";
        }

        if (opt.Kind != OptKind.Global && Array.Exists(_ranges, r => r[0].DependsOn(_ranges[i])))
        {
            return "the length of another loop depends on it";
        }

        return opt.Kind switch
        {
            OptKind.Unroll => KindOf(_ranges[i]) is not (RangeKind.Loop or RangeKind.Reduce) ? "it isn't a loop any more" : WhyNotSplit(_ranges[i], opt.Amount),
            OptKind.Vector => KindOf(_ranges[i]) is RangeKind.Vector or RangeKind.Global or RangeKind.Lane ? "it isn't a loop any more"
                : opt.Amount > _lanes || !int.IsPow2(opt.Amount) ? $"a vector has at most {_lanes} lanes, a power of two"
                : _nest.Order.Exists(static u => u.Op == Ops.Wmma) ? "what a tensor core multiplies is in no vectors"
                : !_cost.CanAdd(i, _vectors) ? "a value would have the lanes of two loops"
                : WhyNotSplit(_ranges[i], opt.Amount),
            OptKind.Global => !_common.Contains(_ranges[i]) ? "not all of the kernel is in that loop"
                : _ranges[i][0].Ranges.Length > 0 ? "its length depends on another loop"
                : _ranges[i][0].Op != Ops.Const && opt.Amount < 1 ? "a loop of symbolic length needs a number of parts" : null,
            OptKind.Innermost => !_isCommon || _common.Count < 2 || !_common.Contains(_ranges[i]) ? "the loops around it have an order" : null,
            OptKind.Tile => KindOf(_ranges[i]) != RangeKind.Reduce && !(_isCommon && _common.Contains(_ranges[i])) ? "the loops around it have an order"
                : _ranges[i][0].Op != Ops.Const || opt.Amount < 1 || opt.Amount >= _ranges[i][0].Max ? "a block is shorter than the loop, whose length is literal" : null,
            OptKind.Accumulate => WhyNotAccumulate(_ranges[i]),
            OptKind.Lane => WhyNotLane(_ranges[i], opt.Amount),
            OptKind.TensorCore => _nest.ProductFor(opt) is { WhyNot: { } reason } ? reason : TensorCoreHeuristic.WhyNot(_target.TensorCores[opt.Amount], _target),
            _ => "this version doesn't know it",
        };
    }

    private string? WhyNotStage(Opt opt)
    {
        var factors = _nest.Factors();
        if (opt.Amount < 0 || opt.Amount >= factors.Count)
        {
            return $"the kernel has {factors.Count} factors";
        }

        var factor = factors[opt.Amount];
        var spanned = LoopNest.StagedRanges(factor, opt.Range);
        var bytes = spanned.Aggregate((double)factor.DType.Bytes, (p, r) => p * r[0].Max) + LocalBytes();
        return (!_isCommon && !_accumulates) || (opt.Range >= 0 && !Array.Exists(_ranges, l => IsAroundStages(l) && l.ArgAs<RangeArg>().Id == opt.Range)) ? "not all of the kernel is in that loop"
            : bytes > _target.LocalBytes ? $"it needs {bytes:0} bytes of local memory, of {_target.LocalBytes}"
            : spanned.Length == 0 || !LoopNest.CanStage(factor, opt.Range) ? "the factor doesn't change within that loop"
            : Array.Exists(spanned, r => Array.Exists(spanned, r[0].DependsOn)) ? "the length of one of its loops depends on another"
            : factor.TopologicalOrder().Exists(u => u.Op == Ops.After) ? "the factor is staged already"
            : _target.Workgroups is not null && _nest.ReadsOverwritten(factor) ? "lanes would read what others overwrite" : null;
    }

    private string? WhyNotAccumulate(UOp range)
    {
        if (Array.Exists(_ranges, LaneLayout.IsLane))
        {
            return "lanes share local arrays";
        }

        if (_target.LocalBytes == 0 || !_isCommon || _nest.Accumulated(range) is not { } reduce)
        {
            return "the sums can't be kept: that takes local memory, one of several loops of the only reduction, and nothing staged around it";
        }

        var bytes = reduce.Ranges.ToArray().Where(r => KindOf(r) != RangeKind.Global).Aggregate((double)reduce.DType.Bytes, (p, r) => p * r[0].Max) + LocalBytes();
        return bytes > _target.LocalBytes ? $"it needs {bytes:0} bytes of local memory, of {_target.LocalBytes}" : null;
    }

    private double LocalBytes() => _nest.Order.Where(u => u.Op == Ops.Local).Sum(u => (double)u.DType.BytesOf(u.ArgAs<LocalArg>().Size));

    // The copies of a split loop run side by side: what is staged within it would need an array for each.
    private string? WhyNotSplit(UOp range, int amount) => !_nest.CanSplit(range, amount) ? $"{amount} doesn't divide its length, or is longer"
        : _nest.Order.Exists(u => u.Op == Ops.End && u.Src[1..].Contains(range) && !u[0][0][1].DependsOn(range)) ? "each of its turns adds to what the one before has stored"
        : _nest.Order.Exists(u => u.Op == Ops.After && u.DependsOn(range)) ? "a factor is staged within it" : null;

    private static RangeKind KindOf(UOp range) => range.ArgAs<RangeArg>().Kind;
}
