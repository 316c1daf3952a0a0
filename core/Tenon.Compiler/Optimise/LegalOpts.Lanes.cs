using Tenon.Core;

namespace Tenon.Compiler;

internal sealed partial class LegalOpts
{
    private string? WhyNotLane(UOp range, int amount) =>
        _target.Workgroups is null ? "the device has no groups of lanes"
        : KindOf(range) is not (RangeKind.Loop or RangeKind.Reduce) ? "it isn't a loop any more"
        : amount < 2 || amount > range[0].Max ? "a loop has at least two lanes, and at most its length"
        : _nest.Applied.Any(o => o.Kind == OptKind.Accumulate) ? "lanes share the array of the sums"
        : !_nest.CanBeLanes(range) ? "a turn reads what another overwrites"
        : KindOf(range) == RangeKind.Reduce && (_target.LocalBytes == 0 || !_target.Has(Ops.Barrier)) ? "lanes can't combine their sums: that takes local memory and barriers"
        : Array.Exists(_nest.Kernel.TopologicalOrder().ToArray(), u => u.Op == Ops.After && u.TopologicalOrder().Contains(range)) ? "a factor is staged within it" : null;

    // What can be said only of the changed kernel: how many lanes a group has then, and what they share.
    private string? WhyNotInGroups(Opt opt)
    {
        if (opt.Kind == OptKind.Stage && LoopNest.StagedRanges(_nest.Factors()[opt.Amount], opt.Range).Any(r => r[0].Op != Ops.Const))
        {
            return "the lengths of what lanes fill together are literal";
        }

        if (opt.Kind is not (OptKind.Lane or OptKind.Stage) && !Array.Exists(_ranges, LaneLayout.IsLane))
        {
            return null;
        }

        var changed = new LoopNest(_nest);
        changed.Apply(opt);
        return LaneLayout.WhyNot(changed.Kernel, _target.Workgroups, _target.LocalBytes);
    }

    // Lanes wait for each other in loops over blocks of a sum too.
    private bool IsAroundStages(UOp loop) => _common.Contains(loop) || (_target.Workgroups is not null && KindOf(loop) == RangeKind.Reduce)
        || (_accumulates && KindOf(loop) == RangeKind.Loop && _nest.Order.Exists(u => u.Op == Ops.Reduce && u.DependsOn(loop)));
}
