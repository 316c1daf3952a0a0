namespace Tenon.Compiler;

/// <summary>An order of the kernels in which each comes after those that it depends on.</summary>
internal static class CallOrder
{
    public static List<KernelGroup> Of(IReadOnlyList<KernelGroup> groups)
    {
        var order = new List<KernelGroup>(groups.Count);
        var state = new Dictionary<KernelGroup, bool>();
        var stack = new Stack<(KernelGroup Group, bool Done)>(groups.Select(g => (g, false)));
        while (stack.TryPop(out var top))
        {
            if (top.Done)
            {
                state[top.Group] = true;
                order.Add(top.Group);
            }
            else if (state.TryAdd(top.Group, false))
            {
                stack.Push((top.Group, true));

                // Producers were chosen last, so they have the greatest numbers; pushed last, they come first.
                foreach (var d in top.Group.DependsOn.OrderBy(d => d.Number))
                {
                    if (!state.TryGetValue(d, out var finished))
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

        return order;
    }
}
