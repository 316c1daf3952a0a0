namespace Tenon.Compiler;

/// <summary>
/// An order of the kernels in which each comes after those that it depends on. Kernels that nobody waits for, such as those of
/// gradients, come as soon as they can, so that what only they still read is let go.
/// </summary>
internal sealed class CallOrder
{
    private readonly List<KernelGroup> _order;
    private readonly Dictionary<KernelGroup, bool> _isDone = [];
    private readonly Dictionary<KernelGroup, int> _missing = [];

    private CallOrder(int count) => _order = new List<KernelGroup>(count);

    public static List<KernelGroup> Of(IReadOnlyList<KernelGroup> groups)
    {
        var order = new CallOrder(groups.Count);
        order.Visit(groups);
        return order._order;
    }

    private void Visit(IReadOnlyList<KernelGroup> groups)
    {
        var stack = new Stack<(KernelGroup Group, bool Done)>(groups.Select(g => (g, false)));
        while (stack.TryPop(out var top))
        {
            if (top.Done)
            {
                Finish(top.Group);
            }
            else if (_isDone.TryAdd(top.Group, false))
            {
                stack.Push((top.Group, true));

                // Producers were chosen last, so they have the greatest numbers; pushed last, they come first.
                foreach (var d in top.Group.DependsOn.OrderBy(d => d.Number))
                {
                    if (!_isDone.TryGetValue(d, out var finished))
                    {
                        stack.Push((d, false));
                    }
                    else if (!finished)
                    {
                        throw new InvalidOperationException($"Kernels {top.Group.Number} and {d.Number} of a schedule wait for each other.");
                    }
                }
            }
        }
    }

    private void Finish(KernelGroup group)
    {
        _isDone[group] = true;
        _order.Add(group);
        foreach (var d in group.Dependents)
        {
            if (d.Dependents.Count == 0)
            {
                var missing = _missing.GetValueOrDefault(d, d.DependsOn.Count) - 1;
                _missing[d] = missing;
                if (missing == 0 && _isDone.TryAdd(d, true))
                {
                    _order.Add(d);
                }
            }
        }
    }
}
