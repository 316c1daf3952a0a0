using Tenon.Core;

namespace Tenon.Compiler;

internal sealed partial class FusionPlan
{
    private void UseSources(UOp node, Access use)
    {
        switch (node.Op)
        {
            case Ops.After:
                use.Sources = [Use(node[1][1], use.Group, Renumber(node, use), use.Valid, use.Enclosing)];
                break;
            case Ops.Reduce:
                var index = use.Group.OpenReduce(node, use.Index, ref _nextRange, out var ranges);
                use.ReduceRanges = ranges;
                var enclosing = ranges.Length == 0 ? use.Enclosing
                    : node.ArgAs<ReduceArg>().Op == Ops.Add && use.Enclosing != Enclosing.Reduction ? Enclosing.Sum
                    : Enclosing.Reduction;
                use.Sources = [Use(node[0], use.Group, index, use.Valid, enclosing)];
                break;
            case var op when OpSet.Movement.Contains(op):
                var (moved, valid) = MovementIndex.Through(node, use.Index);
                use.Sources = [Use(node[0], use.Group, moved, MovementIndex.And(use.Valid, valid), use.Enclosing)];
                break;
            default:
                var sources = new Access[node.Src.Length];
                var inside = use.Enclosing == Enclosing.Nothing ? Enclosing.Nothing : Enclosing.Reduction;
                for (var i = 0; i < sources.Length; i++)
                {
                    sources[i] = Use(node[i], use.Group, use.Index, use.Valid, inside);
                }

                use.Sources = sources;
                break;
        }
    }

    // The stored value may have another shape than the view that it is stored to.
    private static UOp[] Renumber(UOp after, Access use)
    {
        var (view, value) = (after[1][0], after[1][1]);
        return value.Shape.Equals(view.Shape) ? use.Index : MovementIndex.Through(TensorRules.Reshape(value, view.Shape), use.Index).Index;
    }

    private Access Use(UOp node, KernelGroup group, UOp[] index, UOp? valid, Enclosing enclosing)
    {
        if (!_uses.TryGetValue(node, out var uses))
        {
            _uses[node] = uses = [];
        }

        // A literal or a variable is the same everywhere.
        if (node.Op == Ops.Const || node.DType == DType.Index)
        {
            (index, valid) = ([], null);
        }

        foreach (var known in uses)
        {
            if (known.IsSame(group, index, valid))
            {
                known.Join(enclosing);
                return known;
            }
        }

        var use = new Access(group, index, valid, enclosing);
        uses.Add(use);
        return use;
    }

    private KernelGroup NewGroup(string device, int part = 0, bool isCopy = false)
    {
        var group = new KernelGroup(Groups.Count, device) { Part = part, IsCopy = isCopy };
        Groups.Add(group);
        return group;
    }
}
