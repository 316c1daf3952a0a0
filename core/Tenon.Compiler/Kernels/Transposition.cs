using System.Numerics;
using Tenon.Core;

namespace Tenon.Compiler;

/// <summary>Exchanges rows and columns of vectors in registers.</summary>
internal static class Transposition
{
    /// <summary>The lanes of rows, one vector for each: the i-th of a column is that of the i-th row.</summary>
    /// <param name="rows">As many as a power of two, at most as many as each has lanes.</param>
    /// <remarks>
    /// In each square of neighbouring lanes, squares of half the size trade corners, for each half: log2(n) steps of n shuffles
    /// for n rows. Then each square of a row is a column.
    /// </remarks>
    public static UOp[] Of(ReadOnlySpan<UOp> rows)
    {
        var (n, lanes) = (rows.Length, rows[0].DType.Lanes);
        var squares = rows.ToArray();
        for (var d = n / 2; d >= 1; d /= 2)
        {
            var (low, high) = Corners(lanes, d);
            for (var i = 0; i < n; i++)
            {
                if ((i & d) == 0)
                {
                    var (a, b) = (squares[i], squares[i + d]);
                    squares[i] = UOp.New(Ops.Shuffle, a.DType, [a, b], low);
                    squares[i + d] = UOp.New(Ops.Shuffle, a.DType, [a, b], high);
                }
            }
        }

        var columns = new UOp[lanes];
        for (var lane = 0; lane < lanes; lane++)
        {
            var row = squares[lane % n];
            columns[lane] = n == lanes ? row : UOp.New(Ops.Extract, row.DType.Scalar.Vec(n), [row], lane / n * n);
        }

        return columns;
    }

    /// <summary>How many rows to take next of what is left.</summary>
    public static int Rows(long left, int lanes) => (int)Math.Min(lanes, 1L << BitOperations.Log2((ulong)left));

    /// <summary>Instructions to store each of so many rows by columns: the shorter a column, the more it takes to get at it.</summary>
    public static double Cost(long rows, int lanes, double store)
    {
        var cost = 0.0;
        for (var left = rows; left > 0;)
        {
            var n = Rows(left, lanes);
            cost += n * BitOperations.Log2((uint)n) + lanes * (store + (n == 1 ? 1 : BitOperations.Log2((uint)(lanes / n))));
            left -= n;
        }

        return cost / rows;
    }

    // Of vectors a and b: the blocks of a and b at even places, and those at odd places.
    private static (Axes Low, Axes High) Corners(int lanes, int d)
    {
        var (low, high) = (new int[lanes], new int[lanes]);
        for (var i = 0; i < lanes; i++)
        {
            (low[i], high[i]) = (i & d) == 0 ? (i, i + d) : (lanes + i - d, lanes + i);
        }

        return (new Axes(low), new Axes(high));
    }
}
