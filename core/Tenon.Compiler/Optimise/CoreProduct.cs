using Tenon.Core;
using Tenon.Core.Backend;

namespace Tenon.Compiler;

/// <summary>A sum of products that a tensor core computes.</summary>
/// <param name="Core">The core.</param>
/// <param name="Reduce">The sum.</param>
/// <param name="A">The factor with the rows.</param>
/// <param name="B">The factor with the columns.</param>
/// <param name="M">The loop over rows.</param>
/// <param name="N">The loop over columns.</param>
/// <param name="K">The loop that is summed over by the core.</param>
internal sealed record CoreProduct(TensorCore Core, UOp Reduce, UOp A, UOp B, UOp M, UOp N, UOp K)
{
    /// <summary>The multiplications of the core for each that is needed: blocks that a loop doesn't fill do some for nothing.</summary>
    public double Waste => Padded(M, Core.M) * Padded(N, Core.N) * Padded(K, Core.K);

    /// <summary>Which of two factors has the rows, and which loops; null if there are none.</summary>
    public static CoreProduct? Choose(TensorCore core, UOp reduce, UOp x, UOp y, UOp k, List<UOp> loops)
    {
        var (ofX, ofY) = (loops.FindAll(r => x.DependsOn(r) && !y.DependsOn(r)), loops.FindAll(r => y.DependsOn(r) && !x.DependsOn(r)));
        if (ofX.Count == 0 || ofY.Count == 0)
        {
            return null;
        }

        // Columns are what runs along memory.
        var isStraight = Innermost(ofX) < Innermost(ofY);
        var (rows, columns) = isStraight ? (ofX, ofY) : (ofY, ofX);
        var (a, b) = isStraight ? (x, y) : (y, x);
        return new CoreProduct(core, reduce, a, b, Best(rows, core.M), Best(columns, core.N), k);
    }

    private static int Innermost(List<UOp> loops) => loops.Max(r => r.ArgAs<RangeArg>().Id);

    private static UOp Best(List<UOp> loops, int size) => loops.OrderBy(r => Padded(r, size)).ThenByDescending(r => r[0].Max).First();

    private static double Padded(UOp range, int size) => (double)((range[0].Max + size - 1) / size * size) / range[0].Max;
}
