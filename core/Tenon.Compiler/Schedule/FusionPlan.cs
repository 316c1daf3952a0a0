using Tenon.Core;

namespace Tenon.Compiler;

/// <summary>
/// Chooses what is stored and what is computed where it is used, from the results to the inputs: when a node is reached, all
/// its uses are known. Each use carries its index, so that movement ops are gone when the choice is made.
/// </summary>
internal sealed class FusionPlan
{
    private const long SmallWork = 16 * 1024;
    private readonly NodeMap<List<Access>> _uses = new();
    private readonly NodeMap<List<KernelGroup>> _wholeReaders = new();
    private readonly NodeMap<StoredValue> _stored = new();
    private readonly Dictionary<int, StoredValue> _nextWrites = [];
    private readonly NodeMap<string?> _devices;
    private readonly SchedulerOptions _options;
    private readonly SlotTable _slots;
    private readonly CostModel _cost;

    public FusionPlan(IReadOnlyList<UOp> order, SlotTable slots, SchedulerOptions options)
    {
        using var stage = Tracing.Begin("schedule/fusion plan");
        (Order, _slots, _options) = (order, slots, options);
        _cost = new CostModel(order);
        _devices = DevicePlacement.Of(order);
        for (var i = order.Count - 1; i >= 0; i--)
        {
            Visit(order[i]);
        }
    }

    public IReadOnlyList<UOp> Order { get; }

    public List<KernelGroup> Groups { get; } = [];

    public IReadOnlyList<Access> UsesOf(UOp node) => _uses.TryGetValue(node, out var uses) ? uses : [];

    public IReadOnlyList<KernelGroup> CopiesOf(UOp node) => _wholeReaders.TryGetValue(node, out var readers) ? readers : [];

    public StoredValue? StorageOf(UOp node) => _stored.GetValueOrDefault(node);

    private void Visit(UOp node)
    {
        switch (node.Op)
        {
            case Ops.Sink or Ops.Store or Ops.Param or Ops.Const or Ops.Iota:
            case var _ when node.DType == DType.Index:
                return;
            case Ops.After when UsesOf(node).Count == 0 && !_wholeReaders.ContainsKey(node) && _nextWrites.TryGetValue(_slots.SlotOf(node), out var next) && StorageState.IsWhole(next.Node):
                return;
            case Ops.After when StorageState.IsWhole(node) && CopyUnder(node[1][1]) is { } copied:
                StoreByCopy(node, copied, _slots.SlotOf(node[0]));
                return;
            case Ops.Copy when UsesOf(node).Count > 0:
                StoreByCopy(node, node[0], NewTemporary(node));
                return;
            case Ops.After:
                Store(node, _slots.SlotOf(node[0]));
                return;
        }

        if (UsesOf(node).Count == 0 && !_wholeReaders.ContainsKey(node))
        {
            return;
        }

        if (node.Op == Ops.Contiguous || !CanStayInline(node))
        {
            Store(node, NewTemporary(node));
        }
        else
        {
            foreach (var use in UsesOf(node))
            {
                UseSources(node, use);
            }
        }
    }

    private bool CanStayInline(UOp node)
    {
        var uses = UsesOf(node);
        if (node.Op == Ops.Reduce)
        {
            return uses.Count == 1 && CanReduceIn(node, uses[0]);
        }

        // The only kernel that needs the value would compute it in any case.
        var isAtHome = uses.All(u => u.Group == uses[0].Group) && uses.Any(u => u.Valid is null && CoversInOrder(node.Shape, u));
        return (OpSet.Movement.Contains(node.Op) && node.Op != Ops.Pad) || isAtHome || !_cost.ShouldStore(node, uses);
    }

    // A reduction is computed inside a kernel if it is not computed more often than it has elements, its loops fit into the
    // order of the others, and enough parallel work is left.
    private bool CanReduceIn(UOp node, Access use)
    {
        var group = use.Group;
        if (!use.Ranges.IsSubsetOf(group.OutputRanges) || use.Points > node.Shape.MaxElements)
        {
            return false;
        }

        if (use.Ranges.Count < group.OutputRanges.Length && use.Points < _options.Parallelism && Math.Max(node[0].Shape.MaxElements, group.Points) > SmallWork)
        {
            return false;
        }

        return group.TryAddScope(use.Ranges);
    }

    private void Store(UOp node, int slot)
    {
        var uses = UsesOf(node);
        var home = uses.FirstOrDefault(u => CanComputeAndStoreAt(node, u));
        if (home is null)
        {
            var group = NewGroup(_slots.DeviceOf(slot));
            home = new Access(group, group.OpenOutput(node.Op == Ops.After ? node[1][0].Shape : node.Shape), null, false);
            if (node.Op == Ops.Reduce)
            {
                group.TryAddScope(home.Ranges);
            }
        }

        Keep(node, slot, home);
        UseSources(node, home);
        foreach (var use in uses)
        {
            if (use != home && use.Group == home.Group)
            {
                UseSources(node, use);
            }
        }
    }

    // Whether a kernel that computes the value for itself, once for each element, can store it as well.
    private bool CanComputeAndStoreAt(UOp node, Access use)
    {
        var others = UsesOf(node).Where(u => u != use);
        return use.Valid is null && CoversInOrder(node.Shape, use)
            && (node.Op != Ops.After || (StorageState.IsWhole(node) && !(_nextWrites.TryGetValue(_slots.SlotOf(node), out var next) && use.Group.Reaches(next.Home.Group))))
            && (node.Op is not (Ops.Reduce or Ops.After or Ops.Contiguous) || others.All(u => u.Group != use.Group))
            && others.Select(u => u.Group).Concat(_wholeReaders.GetValueOrDefault(node) ?? []).All(reader => reader == use.Group || !use.Group.Reaches(reader))
            && (node.Op == Ops.Reduce ? CanReduceIn(node, use) : use.Group.TryAddScope(use.Ranges));
    }

    private static bool CoversInOrder(Shape shape, Access use)
    {
        var seen = new NodeSet();
        for (var i = 0; i < shape.Rank; i++)
        {
            var (at, size) = (use.Index[i], shape.Dim(i));
            if (!(size.IsInteger(1) ? at.IsInteger(0) : at.Op == Ops.Range && at[0] == size && use.Group.OutputRanges.Contains(at) && seen.Add(at)))
            {
                return false;
            }
        }

        return true;
    }

    private void StoreByCopy(UOp node, UOp source, int slot)
    {
        var group = NewGroup(_slots.DeviceOf(slot));
        var storage = StorageUnder(source);
        if (storage.Op == Ops.Param)
        {
            group.CopySource = _slots.SlotOf(storage);
        }

        _wholeReaders.TryAdd(storage, []);
        _wholeReaders[storage].Add(group);

        Keep(node, slot, new Access(group, group.OpenOutput(node.Shape), null, false));
    }

    private void Keep(UOp node, int slot, Access home)
    {
        var stored = new StoredValue(node, slot, home);
        _stored[node] = stored;
        home.Group.Outputs.Add(stored);
        if (node.Op == Ops.After)
        {
            if (_nextWrites.TryGetValue(slot, out var next))
            {
                next.Home.Group.DependsOn.Add(home.Group);
            }

            _nextWrites[slot] = stored;
        }

        foreach (var reader in _wholeReaders.GetValueOrDefault(node) ?? [])
        {
            reader.CopySource = slot;
            reader.DependsOn.Add(home.Group);
        }

        foreach (var use in UsesOf(node))
        {
            if (use.Group != home.Group)
            {
                use.Group.DependsOn.Add(home.Group);
            }
        }
    }

    private void UseSources(UOp node, Access use)
    {
        switch (node.Op)
        {
            case Ops.After:
                use.Sources = [Use(node[1][1], use.Group, Renumber(node, use), use.Valid, use.InReduce)];
                break;
            case Ops.Reduce:
                var index = use.Group.OpenReduce(node, use.Index, out var ranges);
                use.ReduceRanges = ranges;
                use.Sources = [Use(node[0], use.Group, index, use.Valid, use.InReduce || ranges.Length > 0)];
                break;
            case var op when OpSet.Movement.Contains(op):
                var (moved, valid) = MovementIndex.Through(node, use.Index);
                use.Sources = [Use(node[0], use.Group, moved, MovementIndex.And(use.Valid, valid), use.InReduce)];
                break;
            default:
                var sources = new Access[node.Src.Length];
                for (var i = 0; i < sources.Length; i++)
                {
                    sources[i] = Use(node[i], use.Group, use.Index, use.Valid, use.InReduce);
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

    private Access Use(UOp node, KernelGroup group, UOp[] index, UOp? valid, bool inReduce)
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

        var use = uses.Find(u => u.IsSame(group, index, valid));
        if (use is null)
        {
            uses.Add(use = new Access(group, index, valid, inReduce));
        }

        return use;
    }

    private KernelGroup NewGroup(string device)
    {
        var group = new KernelGroup(Groups.Count, device);
        Groups.Add(group);
        return group;
    }

    private int NewTemporary(UOp node)
    {
        var device = _devices[node] ?? UsesOf(node).Select(u => u.Group.Device).FirstOrDefault()
            ?? throw new InvalidOperationException($"No device is known for {node}.");
        return _slots.AddTemporary(node.DType, node.Shape.MaxElements, device);
    }

    private static UOp? CopyUnder(UOp value)
    {
        while (value.Op == Ops.Reshape)
        {
            value = value[0];
        }

        return value.Op == Ops.Copy ? value[0] : null;
    }

    private static UOp StorageUnder(UOp value)
    {
        while (value.Op == Ops.Reshape)
        {
            value = value[0];
        }

        return value;
    }
}
