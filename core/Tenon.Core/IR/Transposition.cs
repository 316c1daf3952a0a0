namespace Tenon.Core;

/// <summary>What <see cref="Ops.Transpose"/> does.</summary>
public static class Transposition
{
    /// <summary>Which source a lane of the result comes from, and which of its lanes.</summary>
    /// <param name="argument">The op's argument.</param>
    /// <param name="lane">The lane.</param>
    public static (int Source, int Lane) SourceOf(int argument, int lane)
    {
        var block = Math.Abs(argument);
        var isLast = (lane & block) != 0;
        return (isLast ? 1 : 0, argument > 0 ? lane & ~block : lane | block);
    }

    /// <summary>The columns of the matrix that has these rows: as many as each has lanes.</summary>
    public static UOp[] Columns(ReadOnlySpan<UOp> rows)
    {
        var columns = rows.ToArray();
        for (var block = 1; block < columns.Length; block *= 2)
        {
            for (var i = 0; i < columns.Length; i++)
            {
                if ((i & block) == 0)
                {
                    var (x, y) = (columns[i], columns[i + block]);
                    columns[i] = UOp.New(Ops.Transpose, x.DType, [x, y], block);
                    columns[i + block] = UOp.New(Ops.Transpose, x.DType, [x, y], -block);
                }
            }
        }

        return columns;
    }
}
