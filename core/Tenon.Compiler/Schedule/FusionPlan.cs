using Tenon.Core;

namespace Tenon.Compiler;

/// <summary>
/// Chooses what is stored and what is computed where it is used, from the results to the inputs: when a node is reached, all
/// its uses are known. Each use carries its index, so that movement ops are gone when the choice is made.
/// </summary>
internal sealed class FusionPlan
{
    private const long SmallWork = 16 * 1024;
    // Of a sum of more sums the inner ones are worth keeping.
    private const double MostSums = 64;
    private const int MaxHosts = 16;
    private static readonly List<Access> Unused = [];
    private readonly NodeMap<List<Access>> _uses = new();
    private readonly NodeMap<List<KernelGroup>> _wholeReaders = new();
    private readonly NodeMap<StoredValue> _stored = new();
    private readonly Dictionary<int, StoredValue> _nextWrites = [];
    private readonly NodeMap<string?> _devices;
    private readonly SchedulerOptions _options;
    private readonly SlotTable _slots;
    private readonly CostModel _cost;
    private readonly List<KernelGroup> _hosts = [];
    private readonly List<FusionDecision> _decisions = [];
    private int _nextRange;

    public FusionPlan(IReadOnlyList<UOp> order, SlotTable slots, SchedulerOptions options)
    {
        using var stage = Tracing.Begin("schedule/fusion plan");
        (Order, _slots, _options) = (order, slots, options);
        _cost = new CostModel(order, options.Parallelism);
        _devices = DevicePlacement.Of(order);
        for (var i = order.Count - 1; i >= 0; i--)
        {
            Visit(order[i]);
        }

        Groups.RemoveAll(g => g.IsMerged);
        KernelGroup.FindLevels(Groups);
    }

    public IReadOnlyList<UOp> Order { get; }

    public List<KernelGroup> Groups { get; } = [];

    public IReadOnlyList<FusionDecision> Decisions => _decisions;

    public List<Access> UsesOf(UOp node) => _uses.TryGetValue(node, out var uses) ? uses : Unused;

    public IReadOnlyList<KernelGroup> CopiesOf(UOp node) => _wholeReaders.TryGetValue(node, out var readers) ? readers : [];

    public StoredValue? StorageOf(UOp node) => _stored.GetValueOrDefault(node);

    private void Visit(UOp node)
    {
        MergeUsers(node);
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

        if (node.Op == Ops.Contiguous ? !Decide(node, true, "asked for") : !CanStayInline(node))
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

    private bool CanStayInline(UOp node)
    {
        var uses = UsesOf(node);
        if (node.Op == Ops.Reduce)
        {
            return uses.Count == 1 && CanReduceIn(node, uses[0])
                ? Decide(node, false, "its only user can reduce it")
                : Decide(node, true, uses.Count == 1 ? "its user would reduce it more than once, or not in parallel" : "used in several kernels or places");
        }

        if (OpSet.Movement.Contains(node.Op) && node.Op != Ops.Pad)
        {
            return true;
        }

        if (_cost.FollowsIndex(node))
        {
            return Decide(node, false, "follows from the index");
        }

        // The only kernel that needs the value would compute it in any case.
        var home = uses.Find(u => u.Valid is null && CoversInOrder(node.Shape, u));
        if (home is not null && uses.TrueForAll(u => u.Group == home.Group))
        {
            return Decide(node, false, "its only kernel computes it in any case");
        }

        var cost = _cost.Of(node, uses, home is not null);
        var isStored = cost.Again >= cost.Once;
        return Decide(node, isStored, isStored ? "cheaper once" : "cheaper again", cost);
    }

    // Whether the value stays inline; noted if somebody wants to know.
    private bool Decide(UOp node, bool isStored, string reason, FusionCost? cost = null)
    {
        if (_options.RecordDecisions)
        {
            _decisions.Add(new FusionDecision(node, isStored, UsesOf(node).Count, cost, reason));
        }

        return !isStored;
    }

    // A reduction is computed inside a kernel if it is not computed more often than it has elements, its loops fit into the
    // order of the others, and enough parallel work is left.
    private bool CanReduceIn(UOp node, Access use)
    {
        var group = use.Group;
        if (!group.HasRoomFor(node[0].Shape.Rank))
        {
            return false;
        }

        // Σ Σ x, or Σ where(c, Σ x, 0), in one kernel: its inner loop is slower than one that is not under a condition.
        var outputs = group.PointsOf(group.Output);
        if (use.Enclosing == Enclosing.Sum && node.ArgAs<ReduceArg>().Op == Ops.Add)
        {
            return node[0].Shape.MaxElements <= _cost.Launch && use.Points <= 1.5 * node.Shape.MaxElements && use.Points <= MostSums * outputs && (outputs >= _options.Parallelism || IsSmall(node, group));
        }

        return use.Points <= node.Shape.MaxElements && Fits(node, use);
    }

    // Whether the loops around a value can be outermost, and are parallel enough.
    private bool Fits(UOp node, Access use)
    {
        var group = use.Group;
        return (use.Ranges & ~group.Output) == 0
            && (use.Ranges == group.Output || use.Points >= _options.Parallelism || IsSmall(node, group))
            && group.TryAddScope(use.Ranges);
    }

    private static bool IsSmall(UOp node, KernelGroup group) => Math.Max(node.Op == Ops.Reduce ? node[0].Shape.MaxElements : 0, group.Points) <= SmallWork;

    private void Store(UOp node, int slot)
    {
        var uses = UsesOf(node);
        var home = uses.Find(u => CanComputeAndStoreAt(node, u)) ?? BesideUser(node);
        if (home is null)
        {
            var group = NewGroup(_slots.DeviceOf(slot));
            home = new Access(group, group.OpenOutput(node.Op == Ops.After ? node[1][0].Shape : node.Shape), null, Enclosing.Nothing);
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
    private bool CanComputeAndStoreAt(UOp node, Access use) =>
        use.Valid is null && CoversInOrder(node.Shape, use)
            && CanRepeat(node, use.Group, use)
            && IsLast(node, use.Group)
            && (node.Op == Ops.Reduce ? CanReduceIn(node, use) : Fits(node, use));

    // A kernel over the same elements that computes the value at other places can compute it for all of them as well.
    private Access? BesideUser(UOp node)
    {
        KernelGroup? group = null;
        foreach (var use in UsesOf(node))
        {
            group = group is null || use.Group.Number > group.Number ? use.Group : group;
        }

        if (group is null || node.Op == Ops.Reduce || !_cost.IsWorthMerging(node, group, group) || !IsLast(node, group)
            || !CanRepeat(node, group, null) || group.Find(node.Shape) is not { } index)
        {
            return null;
        }

        return new Access(group, index, null, Enclosing.Nothing);
    }

    // Of the kernels that need a value the one that was made last: none waits for one that waits for it.
    private bool IsLast(UOp node, KernelGroup group) =>
        (node.Op != Ops.After || (StorageState.IsWhole(node) && !(_nextWrites.TryGetValue(_slots.SlotOf(node), out var next) && next.Home.Group.Number >= group.Number)))
            && UsesOf(node).TrueForAll(u => u.Group.Number <= group.Number)
            && (_wholeReaders.GetValueOrDefault(node)?.TrueForAll(r => r.Number <= group.Number) ?? true);

    // Whether the other uses in the kernel may compute the value again.
    private bool CanRepeat(UOp node, KernelGroup group, Access? home)
    {
        var evaluations = 0.0;
        foreach (var use in UsesOf(node))
        {
            evaluations += use != home && use.Group == group ? use.Evaluations : 0;
        }

        return node.Op switch
        {
            Ops.Reduce => evaluations == 0,
            Ops.After => evaluations == 0 || _cost.CanRepeat(node[1][1], evaluations),
            Ops.Contiguous => evaluations == 0 || _cost.CanRepeat(node[0], evaluations),
            _ => evaluations == 0 || home is not null || _cost.CanRepeat(node, evaluations),
        };
    }

    private static bool CoversInOrder(Shape shape, Access use)
    {
        var seen = 0UL;
        for (var i = 0; i < shape.Rank; i++)
        {
            var (at, size) = (use.Index[i], shape.Dim(i));
            if (size.IsInteger(1) ? at.IsInteger(0) : at.Op == Ops.Range && at[0] == size)
            {
                var bits = use.Group.RangesOf(at);
                if ((bits & ~use.Group.Output) == 0 && (bits & seen) == 0)
                {
                    seen |= bits;
                    continue;
                }
            }

            return false;
        }

        return true;
    }

    private void StoreByCopy(UOp node, UOp source, int slot)
    {
        var group = NewGroup(_slots.DeviceOf(slot), isCopy: true);
        var storage = StorageUnder(source);
        if (storage.Op == Ops.Param)
        {
            group.CopySource = _slots.SlotOf(storage);
        }

        _wholeReaders.TryAdd(storage, []);
        _wholeReaders[storage].Add(group);

        Keep(node, slot, new Access(group, group.OpenOutput(node.Shape), null, Enclosing.Nothing));
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
                next.Home.Group.WaitFor(home.Group);
            }

            _nextWrites[slot] = stored;
        }

        foreach (var reader in _wholeReaders.GetValueOrDefault(node) ?? [])
        {
            reader.CopySource = slot;
            reader.WaitFor(home.Group);
        }

        foreach (var use in UsesOf(node))
        {
            use.Group.WaitFor(home.Group);
        }
    }

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

    private KernelGroup NewGroup(string device, bool isCopy = false)
    {
        var group = new KernelGroup(Groups.Count, device) { IsCopy = isCopy };
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
