using Tenon.Core;

namespace Tenon.Compiler;

internal sealed partial class FusionPlan
{
    // Kernels over the same elements that share a value become one, unless what they share is nothing beside what they do.
    private void MergeUsers(UOp node)
    {
        var uses = UsesOf(node);
        if (uses.Count < 2 || node.Op is Ops.Const or Ops.Iota)
        {
            return;
        }

        _hosts.Clear();
        foreach (var use in uses)
        {
            Host(node, use.Group);
        }

        // Kernels that became one may have had the same use.
        for (var i = uses.Count - 1; i > 0; i--)
        {
            if (!uses[i].Group.HasMerged)
            {
                continue;
            }

            var same = uses.FindIndex(u => u.IsSame(uses[i].Group, uses[i].Index, uses[i].Valid));
            if (same < i)
            {
                uses[same].Join(uses[i].Enclosing);
                uses[i].Same = uses[same];
                uses.RemoveAt(i);
            }
        }
    }

    // Merges a kernel with one of those before it that use the same value, if it can.
    private void Host(UOp node, KernelGroup group)
    {
        if (_hosts.Contains(group))
        {
            return;
        }

        for (var i = _hosts.Count - 1; i >= 0; i--)
        {
            var (a, b) = group.Number < _hosts[i].Number ? (group, _hosts[i]) : (_hosts[i], group);
            if (_cost.IsWorthMerging(node, a, b) && a.CanMerge(b, _options.Parallelism, SmallWork))
            {
                a.Merge(b);
                _hosts[i] = a;
                return;
            }
        }

        // What everything uses, such as a learning rate, is not searched for all pairs.
        if (_hosts.Count == MaxHosts)
        {
            _hosts.RemoveAt(0);
        }

        _hosts.Add(group);
    }
}
