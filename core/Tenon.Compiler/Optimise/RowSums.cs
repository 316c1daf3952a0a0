using Tenon.Core;

namespace Tenon.Compiler;

/// <summary>
/// Sums of the rows of a large matrix, with a coefficient each as in a row vector times a matrix, or without: some rows at a time are added to sums in
/// a local array, so that the matrix is read as it lies in memory, and once.
/// </summary>
internal static class RowSums
{
    // So few uses of an element that reading it takes longest.
    private const long MostReuse = 4;

    // Pages: neighbours in a column lie on different ones.
    private const long FarBytes = 4096;
    private static readonly int[] RowsAtOnce = [16, 8, 4];

    /// <summary>Changes the loops of such a kernel and chooses its grid; false if it is another, and is as it was.</summary>
    public static bool TryApply(LoopNest nest, CodeGeneratorView target)
    {
        if (nest.Ranges.FindAll(static r => r.ArgAs<RangeArg>().Kind == RangeKind.Reduce) is not [var row])
        {
            return false;
        }

        var loops = nest.CommonLoops();
        if (Blocking.SummedBy(nest, target).Find(f => IsMatrix(f, row, loops, target)) is not { } matrix)
        {
            return false;
        }

        var column = loops.Find(r => Strides.Along(matrix[0][1], r) == 1);
        var rows = Array.Find(RowsAtOnce, n => row[0].Max > n && nest.CanSplit(row, n));
        var lanes = target.VectorBytes / matrix.DType.Bytes;
        if (column is null || rows == 0 || lanes < 2 || column[0].Max * matrix.DType.Bytes < FarBytes || !nest.CanSplit(column, 2 * lanes))
        {
            return false;
        }

        var batch = loops.FindAll(r => r != column && matrix.DependsOn(r));
        var matrices = batch.Aggregate(1L, (p, r) => p * r[0].Max);
        foreach (var loop in loops.Where(r => r != column && !batch.Contains(r) && r[0].Max > 1))
        {
            Apply(OptKind.Unroll, loop, (int)loop[0].Max);
        }

        Apply(OptKind.Unroll, row, rows);
        nest.Apply(new Opt(OptKind.Vector, Apply(OptKind.Unroll, column, 2 * lanes), lanes));
        batch.ForEach(r => Apply(OptKind.Global, r, 0));
        if (nest.Find(column.ArgAs<RangeArg>().Id) is { } blocks)
        {
            // A share for each thread, if there are too few matrices; and sums that stay in the nearest cache.
            var shares = matrices >= target.Parallelism ? 1 : target.Parallelism;
            var fitting = Math.Max(1, target.L1CacheBytes / 2 / (2 * target.VectorBytes));
            var amount = Math.Min((blocks[0].Max + shares - 1) / shares, Math.Max(fitting, FarBytes / (2 * target.VectorBytes)));
            if (amount < blocks[0].Max)
            {
                if (amount > 1)
                {
                    Apply(OptKind.Tile, blocks, (int)amount);
                }

                Apply(OptKind.Global, blocks, 0);
            }
        }

        Apply(OptKind.Accumulate, row, 0);
        return true;

        int Apply(OptKind kind, UOp loop, int amount) => nest.Apply(new Opt(kind, loop.ArgAs<RangeArg>().Id, amount));
    }

    private static bool IsMatrix(UOp factor, UOp row, List<UOp> loops, CodeGeneratorView target) =>
        factor is { Op: Ops.Load, Src.Length: 1 } && target.IsVector(factor.DType)
        && Strides.Along(factor[0][1], row) * factor.DType.Bytes >= FarBytes
        && factor.DType.BytesOf(factor.Ranges.ToArray().Aggregate(1L, (p, r) => p * r[0].Max)) > target.L2CacheBytes
        && loops.Where(r => !factor.DependsOn(r)).Aggregate(1L, (p, r) => p * r[0].Max) <= MostReuse;
}
