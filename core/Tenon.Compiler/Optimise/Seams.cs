using Tenon.Core;

namespace Tenon.Compiler;

/// <summary>
/// Splits loops over results where a comparison of the loop's number with a literal changes: the rows of two matrices beside each other are then
/// copied by two loops, neither of which asks for each element where it comes from.
/// </summary>
/// <remarks>Loops within others only, of which there must be enough for the grid: what is split has no loop in common any more.</remarks>
internal static class Seams
{
    private const int MostPieces = 16;
    private const int ItemsPerThread = 16;

    public static UOp Apply(UOp kernel, CodeGeneratorView target)
    {
        var order = kernel.TopologicalOrder();
        if (target is { Workgroups: not null, GroupsAreItems: false } || kernel.Src is not [{ Op: Ops.End, Src.Length: > 2 }] || !order.Exists(static u => u.Op == Ops.CmpLt) || !IsPlain(order))
        {
            return kernel;
        }

        var next = 1 + order.Where(static u => u.Op == Ops.Range).Max(static r => r.ArgAs<RangeArg>().Id);
        List<UOp> pieces = [kernel[0]];
        for (var i = 0; i < pieces.Count;)
        {
            if (SeamsOf(pieces[i], Math.Max(2, PlanSearch.MaxLanes(order, target)), target.Parallelism * ItemsPerThread) is not { } found || pieces.Count + found.At.Count > MostPieces)
            {
                i++;
                continue;
            }

            pieces.InsertRange(i, Pieces(pieces[i], found.Range, found.At, ref next));
            pieces.RemoveAt(i + found.At.Count + 1);
        }

        return pieces.Count == 1 ? kernel : UOp.New(Ops.Sink, kernel.DType, pieces.ToArray(), kernel.Arg);
    }

    // Each turn computes its own result from what no turn overwrites.
    private static bool IsPlain(List<UOp> order)
    {
        var written = order.Where(static u => u.Op == Ops.Store).Select(static u => u[0].Memory).ToHashSet();
        return !order.Exists(u => u.Op is Ops.Reduce or Ops.After or Ops.Local || (u.Op == Ops.Load && written.Contains(u[0].Memory)));
    }

    private static (UOp Range, SortedSet<long> At)? SeamsOf(UOp end, int least, long items)
    {
        var around = 1L;
        foreach (var range in end.Src[1..])
        {
            if (range[0].Op != Ops.Const)
            {
                return null;
            }

            if (around >= items && SeamsAlong(end[0], range, least) is { Count: > 0 } at)
            {
                return (range, at);
            }

            around *= range[0].Max;
        }

        return null;
    }

    // Where x < y changes along a range, if that follows from the range alone.
    private static SortedSet<long> SeamsAlong(UOp store, UOp range, int least)
    {
        var at = new SortedSet<long>();
        foreach (var u in store.TopologicalOrder())
        {
            if (u.Op == Ops.CmpLt && u[0].DType == DType.Index && u.DependsOn(range)
                && LinearForm.Of(IndexMath.Sub(u[0], u[1])) is { Terms: [var (term, factor)], Constant: var first } && term == range)
            {
                // first + factor · r < 0
                at.Add(factor > 0 ? (factor - 1 - first) / factor : first / -factor + 1);
            }
        }

        // A piece is a vector at least, and a loop.
        at.RemoveWhere(seam => seam < least || seam > range[0].Max - least);
        return at.Zip(at.Skip(1)).All(p => p.Second - p.First >= least) ? at : [];
    }

    private static List<UOp> Pieces(UOp end, UOp range, SortedSet<long> seams, ref int next)
    {
        var pieces = new List<UOp>();
        var begin = 0L;
        foreach (var seam in seams.Append(range[0].Max))
        {
            var piece = UOp.Range(UOp.Index(seam - begin), begin == 0 ? range.ArgAs<RangeArg>().Id : next++, RangeKind.Loop);
            var store = end[0].Substitute(new NodeMap<UOp> { [range] = IndexMath.Add(UOp.Index(begin), piece) });
            var changed = UOp.New(Ops.End, end.DType, [store, .. end.Src[1..].ToArray().Select(r => r == range ? piece : r)], end.Arg);
            pieces.Add(GraphRewrite.Apply(changed, Simplifier.Rules, stage: "lower/optimise/split at seams"));
            begin = seam;
        }

        return pieces;
    }
}
