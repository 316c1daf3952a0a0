using Tenon.Core;
using Tenon.Core.Backend;

namespace Tenon.Compiler;

/// <summary>A kernel while its loops are being changed.</summary>
internal sealed partial class LoopNest
{
    private readonly List<Opt> _applied = [];
    private int _nextRange;
    private int _nextLocal;

    public LoopNest(UOp kernel, IReadOnlyList<TensorCore>? cores = null)
    {
        (_kernel, _cores) = (kernel, cores ?? []);
        _nextRange = 1 + Ranges.Select(r => r.ArgAs<RangeArg>().Id).DefaultIfEmpty(-1).Max();
    }

    /// <summary>A kernel before any change: its loops merged, split at seams, what doesn't fill vectors cut off, and running sums found.</summary>
    /// <param name="kernel">The kernel.</param>
    /// <param name="target">What it is for.</param>
    /// <param name="constants">See <see cref="Constants"/>.</param>
    public static LoopNest Of(UOp kernel, CodeGeneratorView target, IReadOnlySet<int>? constants = null) =>
        new(Scans.Apply(Peeling.Apply(Seams.Apply(RangeMerging.Apply(kernel), target), target), target), target.TensorCores) { Constants = constants ?? new HashSet<int>() };

    /// <summary>A copy, to be changed in another way.</summary>
    public LoopNest(LoopNest other) => (_kernel, _cores, _nextRange, _nextLocal, _applied) = (other.Kernel, other._cores, other._nextRange, other._nextLocal, [.. other._applied]);

    /// <summary>The changes so far, in order.</summary>
    public IReadOnlyList<Opt> Applied => _applied;

    /// <summary>
    /// Whether a loop may compute some of its results twice: nothing is summed over it, and no result overwrites what the
    /// kernel reads.
    /// </summary>
    public bool CanOverlap(UOp range)
    {
        // What is still to be done changes nothing of that: the parts of a loop are where it was.
        for (; _partOf.TryGetValue(range, out var whole); range = whole)
        {
        }

        return Overwritten.Count == 0 && !Before.Exists(u => u.Op switch
        {
            Ops.Reduce or Ops.Scan => u.Src[1..].Contains(range),

            // Sums in an array.
            Ops.End => u.Src[1..].Contains(range) && u[0][0].Memory is { Op: Ops.Local } array && u[0][1].TopologicalOrder().Exists(v => v.Op == Ops.Load && v[0].Memory == array),
            _ => false,
        });
    }

    /// <summary>Whether a loop can be split by an amount: the inner part has that many turns.</summary>
    public bool CanSplit(UOp range, int amount) =>
        range[0] is { Op: Ops.Const, Max: var size } && amount >= 2 && amount <= size && (size % amount == 0 || CanOverlap(range));

    public UOp? Find(int id) => Ranges.Find(r => r.ArgAs<RangeArg>().Id == id);

    /// <summary>Applies a change; returns the number of the range that it made.</summary>
    /// <exception cref="TenonException">The range doesn't exist, or can't be split by that amount.</exception>
    public int Apply(Opt opt)
    {
        if (opt.Kind == OptKind.Stage)
        {
            Stage(opt);
            _applied.Add(opt);
            return opt.Range;
        }

        if (opt.Kind == OptKind.Image)
        {
            var arg = Kernel.ArgAs<KernelArg>();
            Kernel = UOp.New(Ops.Sink, Kernel.DType, Kernel.Src, arg with { Images = new Axes([.. arg.Images.Span, opt.Amount]) });
            _applied.Add(opt);
            return opt.Range;
        }

        var range = Find(opt.Range) ?? throw new TenonException("TEN1010", $"{opt} names a range that the kernel doesn't have. It has {string.Join(", ", Ranges)}.");
        switch (opt.Kind)
        {
            case OptKind.Vector:
                Split(range, opt.Amount, RangeKind.Vector);
                break;
            case OptKind.Unroll:
                Split(range, opt.Amount, RangeKind.Unroll);
                break;
            case OptKind.Accumulate:
                Accumulate(range);
                break;
            case OptKind.Tile:
                Tile(range, opt.Amount);
                break;
            case OptKind.Global:
                ToGrid(range, opt.Amount);
                break;
            case OptKind.Lane:
                ToLanes(range, opt.Amount);
                break;
            case OptKind.TensorCore:
                MultiplyByCore(opt);
                break;
            case OptKind.Innermost:
                // The number is the order: a new one is the last of the output loops.
                var moved = UOp.Range(range[0], _nextRange++, range.ArgAs<RangeArg>().Kind);
                Replace(range, moved, moved);
                break;
        }

        _applied.Add(opt);
        return opt.Kind is OptKind.Global or OptKind.Accumulate ? opt.Range : _nextRange - 1;
    }

    // r → outer·amount + inner, where the outer loop keeps the number of r. If the amount doesn't divide the size, the last
    // turn begins earlier and does again what the one before has done.
    private void Split(UOp range, int amount, RangeKind kind)
    {
        var size = range[0].Max;
        if (!CanSplit(range, amount))
        {
            throw new TenonException("TEN1011", $"{range} can't be split by {amount}: the amount must be at least 2 and divide a literal size, or the results may be computed twice.");
        }

        var inner = UOp.Range(UOp.Index(amount), _nextRange++, kind);
        if (size == amount)
        {
            Replace(range, inner, inner);
            return;
        }

        var outer = UOp.Range(UOp.Index((size + amount - 1) / amount), range.ArgAs<RangeArg>().Id, range.ArgAs<RangeArg>().Kind);
        var start = IndexMath.Mul(outer, UOp.Index(amount));
        start = size % amount == 0 ? start : IndexMath.Min(start, UOp.Index(size - amount));
        Replace(range, IndexMath.Add(start, inner), outer, inner);
    }

    // r → outer·amount + inner, where the last inner loop may be shorter.
    private void Tile(UOp range, int amount)
    {
        var (size, kind) = (range[0], range.ArgAs<RangeArg>().Kind);
        if (size.Op != Ops.Const || amount < 1 || amount >= size.Max || kind is not (RangeKind.Loop or RangeKind.Reduce))
        {
            throw new TenonException("TEN1011", $"{range} can't be split into blocks of {amount}: the amount must be at least 1 and less than a literal size.");
        }

        var outer = UOp.Range(UOp.Index((size.Max + amount - 1) / amount), range.ArgAs<RangeArg>().Id, kind);
        var start = IndexMath.Mul(outer, UOp.Index(amount));
        var length = size.Max % amount == 0 ? UOp.Index(amount) : IndexMath.Min(UOp.Index(amount), IndexMath.Sub(size, start));
        var inner = UOp.Range(length, _nextRange++, kind);
        Replace(range, IndexMath.Add(start, inner), outer, inner);
    }

    // The grid has a literal size. A loop of symbolic length is cut into that many parts, of which the last may be shorter or
    // empty: r → part·⌈n / parts⌉ + inner.
    private void ToGrid(UOp range, int parts)
    {
        var (size, id) = (range[0], range.ArgAs<RangeArg>().Id);
        if (size.Op == Ops.Const)
        {
            var global = UOp.Range(size, id, RangeKind.Global);
            Replace(range, global, global);
            return;
        }

        if (parts < 1)
        {
            throw new TenonException("TEN1011", $"{range} of symbolic length can't be the grid in {parts} parts. Expected at least 1.");
        }

        var part = UOp.Range(UOp.Index(parts), _nextRange++, RangeKind.Global);
        var length = IndexMath.FloorDiv(IndexMath.Add(size, UOp.Index(parts - 1)), UOp.Index(parts));
        var start = IndexMath.Mul(part, length);
        var inner = UOp.Range(IndexMath.Max(UOp.Index(0), IndexMath.Min(length, IndexMath.Sub(size, start))), id, RangeKind.Loop);
        Replace(range, IndexMath.Add(start, inner), part, inner);
    }
}
