using Tenon.Core;

namespace Tenon.Compiler;

/// <summary>From which buffers each value of a kernel is computed.</summary>
internal sealed class KernelBuffers
{
    private readonly FusionPlan _plan;
    private readonly Dictionary<Access, Snapshot> _snapshots;
    private readonly KernelGroup _group;
    private readonly List<(UOp Node, Access Use)> _values = [];
    private readonly NodeSet _inner = new();
    private readonly Dictionary<Access, HashSet<int>> _under = [];
    private readonly HashSet<Access> _needed = [];

    private KernelBuffers(FusionPlan plan, Dictionary<Access, Snapshot> snapshots, KernelGroup group) => (_plan, _snapshots, _group) = (plan, snapshots, group);

    /// <summary>The stored values that the kernel computes.</summary>
    public IReadOnlyList<StoredValue> Results => _group.Outputs;

    /// <summary>All that the kernel uses.</summary>
    public HashSet<int> All => [.. _group.Outputs.SelectMany(Of)];

    /// <summary>What is still computed within the kernel and could have storage, and from which buffers.</summary>
    public IEnumerable<(UOp Node, HashSet<int> Buffers)> Inner => _values
        .Where(v => v.Use.Sources is not null && _needed.Contains(v.Use) && (OpSet.Elementwise.Contains(v.Node.Op) || v.Node.Op == Ops.Reduce) && v.Node.DType != DType.Index && _plan.StorageOf(v.Node) is null)
        .Select(v => (v.Node, _under[v.Use]));

    /// <summary>Those of some kernels of a plan.</summary>
    public static IReadOnlyCollection<KernelBuffers> Of(FusionPlan plan, Dictionary<Access, Snapshot> snapshots, IEnumerable<KernelGroup> groups)
    {
        var kernels = groups.ToDictionary(g => g, g => new KernelBuffers(plan, snapshots, g));
        foreach (var node in kernels.Count == 0 ? [] : plan.Order)
        {
            plan.UsesOf(node).ForEach(use => Add(node, use));
            if (plan.StorageOf(node) is { } stored)
            {
                Add(node, stored.Home);
            }
        }

        foreach (var kernel in kernels.Values)
        {
            kernel.Trace();
        }

        return kernels.Values;

        void Add(UOp node, Access use) => kernels.GetValueOrDefault(use.Group)?._values.Add((node, use));
    }

    /// <summary>What a result alone needs: its own, and those that it is computed from.</summary>
    public HashSet<int> Of(StoredValue result) => [result.Slot, .. _under[result.Home]];

    /// <summary>Takes a value within the kernel for one that is stored.</summary>
    public void Store(UOp inner)
    {
        _inner.Add(inner);
        Trace();
    }

    // Sources are before what is computed from them.
    private void Trace()
    {
        foreach (var (node, use) in _values)
        {
            // What is to be stored has no number yet: it is less than those of slots.
            _under[use] = _inner.IndexOf(node) is >= 0 and var i ? [-1 - i]
                : use.Sources is { } sources ? [.. sources.SelectMany(s => _under.GetValueOrDefault(s.Kept) ?? [])]
                : _snapshots.TryGetValue(use, out var old) ? [old.Slot]
                : node.Op == Ops.Param ? [node.ArgAs<ParamArg>().Slot]
                : _plan.StorageOf(node) is { } stored ? [stored.Slot]
                : [];
        }

        _needed.Clear();
        _needed.UnionWith(Results.Select(r => r.Home));
        foreach (var (node, use) in Enumerable.Reverse(_values))
        {
            if (_needed.Contains(use) && !_inner.Contains(node))
            {
                _needed.UnionWith((use.Sources ?? []).Select(s => s.Kept));
            }
        }
    }
}
