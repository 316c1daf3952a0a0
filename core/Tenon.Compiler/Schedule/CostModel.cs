using Tenon.Core;

namespace Tenon.Compiler;

/// <summary>
/// What it costs to compute a value again where it is used, against storing it once. The unit is one simple operation of
/// one lane; a byte to or from memory costs about as much as one operation.
/// </summary>
internal sealed class CostModel
{
    private const double PerByte = 1;
    private const double PerLoad = 1;
    private const double LeastGain = 0.1;

    // What it takes to find out whether an element is there. Masks are the same for many vectors, and are made outside of the loops over them, unless the
    // register tile is of other results that need the same element.
    private const double Pad = 4;
    private const double MaskedPad = 0.25;

    // What is made in so many steps is certainly cheaper to load.
    private const int MostCounted = 200;
    private const double MuchWork = 1e6;

    // Some microseconds in which every thread could have done something else.
    private const double PerLaunch = 300_000;
    private readonly double _launch;
    private readonly IReadOnlyCollection<DType> _maskedLoads;
    private readonly NodeSet _followsIndex = new();
    private readonly NodeSet _comparesIndex = new();
    private readonly NodeSet _reduces = new();
    private readonly NodeSet _counted = new();
    private readonly Stack<(UOp Node, bool IsPart)> _toCount = new();

    public CostModel(IReadOnlyList<UOp> order, SchedulerOptions options)
    {
        (_launch, _maskedLoads) = (PerLaunch * options.Parallelism, options.MaskedLoads);
        foreach (var u in order)
        {
            FindIndices(u);
            if (u.Op == Ops.Reduce || (!IsLeaf(u) && Any(u.Src, _reduces)))
            {
                _reduces.Add(u);
            }
        }
    }

    /// <summary>What a kernel more costs.</summary>
    public double Launch => _launch;

    /// <summary>Whether to give an elementwise value storage, given all its uses.</summary>
    /// <param name="node">The value.</param>
    /// <param name="uses">All its uses.</param>
    /// <param name="hasHome">Whether a kernel that computes it in any case could store it.</param>
    public FusionCost Of(UOp node, List<Access> uses, bool hasHome)
    {
        var elements = (double)node.Shape.MaxElements;
        var (groups, evaluations) = (0, 0.0);
        for (var i = 0; i < uses.Count; i++)
        {
            evaluations += uses[i].Evaluations;
            groups += uses.FindIndex(u => u.Group == uses[i].Group) == i ? 1 : 0;
        }

        // A reduction under the value is stored itself if the value is not, and computed along with the value if it is.
        var bytes = elements * node.DType.Bytes * PerByte;
        var (operations, stored, reduced) = WorkOf(node);
        operations -= node.Op == Ops.Pad && _maskedLoads.Contains(LoadedUnder(node)) && uses.TrueForAll(static u => u.Points >= u.Group.Points) ? Pad - MaskedPad : 0;
        var launch = hasHome || reduced > 0 ? 0 : _launch;
        return new FusionCost(
            groups,
            evaluations,
            evaluations * operations + groups * stored + (groups + 1) * reduced,
            elements * operations + stored + (groups + 1) * bytes + evaluations * PerLoad + launch);
    }

    /// <summary>
    /// Whether one kernel instead of two that use a value saves enough to be noticed. One over fewer axes holds up all of the other, which then
    /// can't tile its outer loops.
    /// </summary>
    public bool IsWorthMerging(UOp node, KernelGroup a, KernelGroup b) =>
        node.Shape.MaxElements * node.DType.Bytes * PerByte + _launch >= LeastGain * (a.OutputRanges.Length == b.OutputRanges.Length ? Math.Min(a.Points, b.Points) : Math.Max(a.Points, b.Points));

    /// <summary>
    /// Whether a reduction may be computed in a kernel that does other things than one loop over its results. A large product is so much
    /// slower there that it is better stored.
    /// </summary>
    public bool CanReduceBeside(UOp reduce, KernelGroup group)
    {
        if (group.IsPlain)
        {
            return true;
        }

        var (_, stored, reduced) = WorkOf(reduce[0]);
        return LeastGain * reduce[0].Shape.MaxElements <= _launch + stored + reduced + 2 * reduce.Shape.MaxElements * reduce.DType.Bytes * PerByte;
    }

    /// <summary>Whether computing a stored value more often costs less than to load it in another kernel. Reductions of its size are stored in any case.</summary>
    public bool CanRepeat(UOp value, double evaluations)
    {
        var bytes = value.Shape.MaxElements * value.DType.Bytes * PerByte;
        var (operations, _, reduced) = WorkOf(value);
        return reduced <= LeastGain * bytes && evaluations * operations <= bytes + evaluations * PerLoad + _launch;
    }

    /// <summary>
    /// Whether the value is cheap to have anywhere and better not stored: it follows from the index alone, or compares the index
    /// with something, which is what a sum that picks one element is found by (<see cref="ReduceCollapse"/>).
    /// </summary>
    public bool FollowsIndex(UOp node) => _followsIndex.Contains(node) || _comparesIndex.Contains(node);

    private static bool IsLeaf(UOp u) => u.Op is Ops.Param or Ops.Const or Ops.Iota or Ops.Reduce or Ops.After or Ops.Contiguous or Ops.Copy;

    private void FindIndices(UOp u)
    {
        if (u.Op is Ops.Iota or Ops.Const || (u.Op is Ops.Cast or Ops.Add or Ops.Sub or Ops.Mul or Ops.CmpLt or Ops.CmpEq or Ops.CmpNe or Ops.And or Ops.Or or Ops.Xor && All(u.Src, _followsIndex))
            || (OpSet.Movement.Contains(u.Op) && u.Op != Ops.Pad && _followsIndex.Contains(u[0])))
        {
            _followsIndex.Add(u);
        }
        else if ((u.Op == Ops.CmpEq && (_followsIndex.Contains(u[0]) || _followsIndex.Contains(u[1])))
            || (u.Op == Ops.And && (FollowsIndex(u[0]) || FollowsIndex(u[1])))
            || (OpSet.Movement.Contains(u.Op) && u.Op != Ops.Pad && _comparesIndex.Contains(u[0])))
        {
            _comparesIndex.Add(u);
        }
    }

    /// <summary>
    /// What is computed along with a value: operations for each element, what the bytes cost of the stored values that it reads,
    /// and of the reductions that it can be computed with. What it needs in two ways counts once.
    /// </summary>
    private (double Operations, double Stored, double Reduced) WorkOf(UOp value)
    {
        var (operations, stored, reduced) = (0.0, 0.0, 0.0);
        _counted.Clear();
        _toCount.Clear();
        _toCount.Push((value, false));
        while (_toCount.TryPop(out var top))
        {
            var (u, isPart) = top;
            operations += isPart ? 0 : OwnOperations(u);
            if (IsLeaf(u))
            {
                var bytes = u.Op is Ops.Const or Ops.Iota ? 0 : u.Shape.MaxElements * u.DType.Bytes * PerByte;
                (stored, reduced) = u.Op == Ops.Reduce && !isPart ? (stored, reduced + bytes) : (stored + bytes, reduced);
                continue;
            }

            if (_counted.Count > MostCounted)
            {
                return (MuchWork, stored, reduced);
            }

            // A part of a reduction, or more than it, is not computed along with it: it is stored, with what is made of it.
            isPart |= u.Op is Ops.Pad or Ops.Shrink && _reduces.Contains(u);
            foreach (var s in u.Src)
            {
                if (_counted.Add(s))
                {
                    _toCount.Push((s, isPart));
                }
            }
        }

        return (operations, stored, reduced);
    }

    private static bool Any(ReadOnlySpan<UOp> nodes, NodeSet set)
    {
        foreach (var n in nodes)
        {
            if (set.Contains(n))
            {
                return true;
            }
        }

        return false;
    }

    private static bool All(ReadOnlySpan<UOp> nodes, NodeSet set)
    {
        foreach (var n in nodes)
        {
            if (!set.Contains(n))
            {
                return false;
            }
        }

        return true;
    }

    // What is loaded where a value is computed, or most likely so.
    private static DType LoadedUnder(UOp u)
    {
        while (!IsLeaf(u) && u.Src.Length > 0)
        {
            u = u[0];
        }

        return u.DType;
    }

    private static double OwnOperations(UOp u) => u.Op switch
    {
        Ops.Threefry => 100,
        Ops.Exp2 or Ops.Log2 or Ops.Sin or Ops.Math => 20,

        // A norm that many results share is computed one at a time, not in vectors.
        Ops.Sqrt => 80,
        Ops.Div or Ops.IntDiv or Ops.IntMod or Ops.FloorDiv or Ops.FloorMod => 8,
        Ops.Pad => Pad,

        // Bytes are widened as they are loaded, and products of them summed as bytes.
        Ops.Cast when u[0].DType is { Bits: 8, IsInteger: true } && u.DType == DType.Int32 => 0,
        Ops.Const => 0,
        Ops.Reshape or Ops.Permute or Ops.Expand or Ops.Shrink or Ops.Flip => 0,
        _ => 1,
    };
}
