using Tenon.Core;

namespace Tenon.Compiler;

// The kernel itself, which is written anew only when somebody looks at it: a plan changes most loops several times. And what
// is asked of it again and again.
internal sealed partial class LoopNest
{
    private NodeMap<UOp> _partOf = new();
    private LoopChanges _changes = new();
    private UOp _kernel;
    private List<UOp>? _order;
    private List<UOp>? _ranges;
    private List<UOp>? _commonLoops;
    private List<UOp>? _factors;
    private List<UOp>? _overwritten;

    /// <summary>The kernel with all changes.</summary>
    public UOp Kernel
    {
        get
        {
            MakeChanges();
            return _kernel;
        }
        private set
        {
            (_kernel, _changes, _order, _ranges, _commonLoops, _factors, _overwritten) = (value, new LoopChanges(), null, null, null, null, null);
            _partOf = new NodeMap<UOp>();
        }
    }

    /// <summary>The nodes of the kernel, sources before their users.</summary>
    public List<UOp> Order
    {
        get
        {
            MakeChanges();
            return Before;
        }
    }

    /// <summary>Every range of the kernel, outer loops first.</summary>
    public List<UOp> Ranges
    {
        get
        {
            if (_ranges is null)
            {
                _ranges = Order.FindAll(static u => u.Op == Ops.Range);
                _ranges.Sort(ByNumber);
            }

            return _ranges;
        }
    }

    /// <summary>The output loops of the first store.</summary>
    public IEnumerable<UOp> OutputLoops => Kernel[0].Src[1..].ToArray().Where(r => r.ArgAs<RangeArg>().Kind == RangeKind.Loop);

    /// <summary>The loops that every store and every reduction is in, and no turn of which needs the one before: what may become the grid, in loop order.</summary>
    public List<UOp> CommonLoops() => _commonLoops ??=
        [.. OutputLoops.Where(r => IsAround(r, Kernel.Src) && Order.TrueForAll(u => u.Op == Ops.Scan ? !u.Src[1..].Contains(r) : u.Op != Ops.Reduce || u.DependsOn(r)))];

    // The kernel as it was before the changes that are still to be done.
    private List<UOp> Before => _order ??= _kernel.TopologicalOrder();

    // Loads of what the kernel stores.
    private List<UOp> Overwritten
    {
        get
        {
            if (_overwritten is null)
            {
                var stores = Before.FindAll(static u => u.Op == Ops.Store);
                _overwritten = Before.FindAll(u => u.Op == Ops.Load && stores.Exists(s => s[0][0] == u[0][0]));
            }

            return _overwritten;
        }
    }

    /// <summary>Puts a value in place of a range, and loops in place of its loop: those that have more than one turn.</summary>
    public void Replace(UOp range, UOp value, params UOp[] loops)
    {
        var ranges = Ranges;
        loops = Array.FindAll(loops, static r => !r[0].IsInteger(1));
        var isPlain = Array.TrueForAll(loops, static r => r[0].Op == Ops.Const) && !ranges.Exists(r => r[0].DependsOn(range));
        _changes.Add(range, value, loops);
        if (!isPlain)
        {
            MakeChanges();
            return;
        }

        Array.ForEach(loops, loop => _partOf[loop] = range);
        ranges = [.. ranges.Where(r => r != range), .. loops];
        ranges.Sort(ByNumber);
        (_ranges, _commonLoops, _factors) = (ranges, null, null);
    }

    private void MakeChanges()
    {
        if (!_changes.IsEmpty)
        {
            Kernel = _changes.Apply(_kernel, "lower/optimise/change loops", inOrder: true);
        }
    }

    private static bool IsAround(UOp range, ReadOnlySpan<UOp> ends)
    {
        foreach (var end in ends)
        {
            if (!end.Src[1..].Contains(range))
            {
                return false;
            }
        }

        return true;
    }

    private static int ByNumber(UOp a, UOp b) => a.ArgAs<RangeArg>().Id.CompareTo(b.ArgAs<RangeArg>().Id);
}
