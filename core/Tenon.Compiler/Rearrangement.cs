using Tenon.Core;

namespace Tenon.Compiler;

/// <summary>Kernels that only put the elements of one buffer into another order, perhaps some of them several times.</summary>
public static class Rearrangement
{
    /// <summary>What brings the elements back from where such a kernel has put them.</summary>
    /// <param name="kernel">The kernel.</param>
    /// <returns>
    /// A kernel that writes all of the buffer that <paramref name="kernel"/> reads, and for each of its parameters the number that it has in that; null
    /// if it can't be shown that every element is there.
    /// </returns>
    public static (UOp Kernel, int[] Slots)? InverseOf(UOp kernel)
    {
        if (kernel.Src.Length != 1 || kernel[0][0] is not { Op: Ops.Store, Src.Length: 2 } store || store[1] is not { Op: Ops.Load, Src.Length: 1 } load
            || load[0][0] is not { Op: Ops.Param } source || source == store[0][0])
        {
            return null;
        }

        var (from, to, loops) = (LinearForm.Of(load[0][1]), LinearForm.Of(store[0][1]), kernel[0].Src[1..].ToArray());
        if (!AreApart(to, loops) || !AreAll(from, source.ArgAs<ParamArg>().Size))
        {
            return null;
        }

        // Of several copies of an element the first will do.
        var first = new NodeMap<UOp>();
        foreach (var loop in loops.Where(r => !load.DependsOn(r)))
        {
            first[loop] = UOp.Index(0);
        }

        loops = [.. loops.Where(load.DependsOn).OrderByDescending(r => FactorOf(from, r))];
        var back = UOp.New(Ops.Store, DType.Void, [load[0], UOp.New(Ops.Load, load.DType, [store[0].Substitute(first)])]);
        return CanonicalKernel.Of(UOp.Sink([UOp.New(Ops.End, DType.Void, [back, .. loops])]), loops);
    }

    // Whether each iteration has a place of its own.
    private static bool AreApart(LinearForm index, UOp[] loops)
    {
        var reach = 1L;
        foreach (var (range, factor) in InOrder(index))
        {
            if (!loops.Contains(range) || factor < reach)
            {
                return false;
            }

            reach = factor * range[0].Max;
        }

        return index.Terms.Length == loops.Count(r => r[0].Max > 1);
    }

    // Whether an index is each of the numbers below a size.
    private static bool AreAll(LinearForm index, long size)
    {
        var (terms, reach) = (index.Terms.ToArray().ToList(), 1L);
        if (terms.SelectMany(t => t.Term.Ranges.ToArray()).GroupBy(r => r).Any(g => g.Count() > 1))
        {
            return false;
        }

        while (terms.Count > 0)
        {
            if (terms.FindIndex(t => t.Term.Op == Ops.Range && t.Factor == reach) is >= 0 and var at)
            {
                var range = terms[at].Term;
                terms.RemoveAt(at);
                var around = terms.FindIndex(t => range[0].DependsOn(t.Term));
                var tiles = around < 0 ? null : Numbers(terms[around].Term, terms[around].Factor / reach, range[0]);
                if ((Length(range) ?? tiles) is not { } length)
                {
                    return false;
                }

                reach *= length;
                if (around >= 0)
                {
                    terms.RemoveAt(around);
                }
            }
            else if (terms.FindIndex(static t => t.Term.Op != Ops.Range) is >= 0 and var start && Numbers(terms[start].Term, terms[start].Factor, UOp.Index(reach)) is { } all)
            {
                reach = all;
                terms.RemoveAt(start);
            }
            else
            {
                return false;
            }
        }

        return index.Constant == 0 && reach == size;
    }

    // How many numbers from 0 on factor·start + (0 to length - 1) are: tiles, of which the last may be shorter, or overlap the one before.
    private static long? Numbers(UOp start, long factor, UOp length)
    {
        if (start.Ranges is not [var outer] || Length(outer) is not { } tiles || length.Ranges.ToArray().Any(r => r != outer))
        {
            return null;
        }

        var (map, reach) = (new NodeMap<UOp>(), 0L);
        for (var i = 0L; i < tiles; i++)
        {
            map[outer] = UOp.Index(i);
            var first = factor * IndexMath.Evaluate(start.Substitute(map));
            if (first < 0 || first > reach)
            {
                return null;
            }

            reach = Math.Max(reach, first + IndexMath.Evaluate(length.Substitute(map)));
        }

        return reach;
    }

    private static long? Length(UOp range) => range[0].Op == Ops.Const ? range[0].Max : null;

    private static (UOp Term, long Factor)[] InOrder(LinearForm index) => [.. index.Terms.ToArray().OrderBy(t => t.Factor)];

    private static long FactorOf(LinearForm index, UOp range) => Array.Find(index.Terms.ToArray(), t => t.Term == range).Factor;
}
