using Tenon.Core;

namespace Tenon.Compiler;

/// <summary>
/// Chooses what is stored and what is computed where it is used, from the results to the inputs: when a node is reached, all
/// its uses are known. Each use carries its index, so that movement ops are gone when the choice is made.
/// </summary>
internal sealed partial class FusionPlan
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
    private readonly NodeMap<int> _parts;
    private readonly CostModel _cost;
    private readonly List<KernelGroup> _hosts = [];
    private readonly List<FusionDecision> _decisions = [];
    private int _nextRange;

    /// <param name="order">The graph.</param>
    /// <param name="slots">The storage that it names, to which temporaries are added.</param>
    /// <param name="options">What to know of the machine.</param>
    /// <param name="parts">Values that are stored by kernels of their own: those of one part may share one.</param>
    public FusionPlan(IReadOnlyList<UOp> order, SlotTable slots, SchedulerOptions options, NodeMap<int> parts)
    {
        using var stage = Tracing.Begin("schedule/fusion plan");
        (Order, _slots, _options, _parts) = (order, slots, options, parts);
        _cost = new CostModel(order, options);
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

    private bool CanStayInline(UOp node)
    {
        if (_parts.ContainsKey(node))
        {
            return Decide(node, true, "its user would need more buffers than a kernel may have");
        }

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

        return use.Points <= node.Shape.MaxElements && _cost.CanReduceBeside(node, group) && Fits(node, use);
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
}
