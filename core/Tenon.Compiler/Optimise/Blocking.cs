using Tenon.Core;

namespace Tenon.Compiler;

/// <summary>
/// Blocks a kernel whose sums multiply factors that other results use again — products of matrices, convolutions — for the
/// caches: what a block of results needs stays in the second level, and is packed into local arrays where it lies scattered.
/// </summary>
/// <remarks>
/// The factor with the lanes is the panel, any other a coefficient. Rows are the loops that change only coefficients, columns
/// those that change only the panel, and both change with the loops of a batch. A work item takes some rows and, block of columns
/// by block of columns, runs over all its rows: the block of the panel is read from memory once for all of them.
/// </remarks>
internal sealed class Blocking
{
    // Elements are copied one at a time at worst, in about two cycles; what they are used for must take many more.
    private const long MinReuse = 8;

    private readonly LoopNest _nest;
    private readonly CodeGeneratorView _target;
    private readonly List<UOp> _factors;
    private readonly int _panel;

    private Blocking(LoopNest nest, CodeGeneratorView target, List<UOp> factors)
    {
        (_nest, _target, _factors) = (nest, target, factors);
        _panel = factors.FindIndex(f => f.Ranges.ToArray().Any(r => Kind(r) == RangeKind.Vector));
    }

    /// <summary>Blocks a kernel and chooses its grid; false if it has nothing to block, and is as it was.</summary>
    public static bool TryApply(LoopNest nest, CodeGeneratorView target)
    {
        if (target.LocalBytes == 0 || target.L2CacheBytes == 0 || nest.Kernel.TopologicalOrder().Count(u => u.Op == Ops.Reduce) != 1)
        {
            return false;
        }

        var factors = nest.Factors();
        var loops = nest.CommonLoops();
        return factors.Count == 2
            && loops.Count == nest.OutputLoops.Count()
            && nest.Ranges.TrueForAll(r => r[0].Op == Ops.Const)
            && new Blocking(nest, target, factors) is { _panel: >= 0 } blocking
            && blocking.TryApply(loops);
    }

    private bool TryApply(List<UOp> loops)
    {
        var (panel, coefficients) = (_factors[_panel], _factors[1 - _panel]);
        var rows = loops.FindAll(r => !panel.DependsOn(r));
        var columns = loops.FindAll(r => !coefficients.DependsOn(r));
        if (rows.Count != 1 || columns.Count == 0 || rows.Exists(columns.Contains) || BytesOf(panel, _ => true) <= _target.L2CacheBytes)
        {
            return false;
        }

        return false;
    }

    private static RangeKind Kind(UOp range) => range.ArgAs<RangeArg>().Kind;

    private static long BytesOf(UOp factor, Func<UOp, bool> within) =>
        factor.DType.BytesOf(factor.Ranges.ToArray().Where(within).Aggregate(1L, (p, r) => p * r[0].Max));
}
