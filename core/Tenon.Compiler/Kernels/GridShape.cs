using Tenon.Core;
using Tenon.Core.Backend;

namespace Tenon.Compiler;

/// <summary>Numbers of groups or lanes in up to three dimensions.</summary>
internal static class GridShape
{
    /// <summary>A shape of exactly so many; null if there is none within the limits.</summary>
    public static GridSize? Exact(long count, GridSize most)
    {
        var x = Divisor(count, most.X, most.Y * most.Z);
        var y = x == 0 ? 0 : Divisor(count / x, most.Y, most.Z);
        return y == 0 ? null : new GridSize(x, y, count / x / y);
    }

    /// <summary>A shape of at least so many: planes and rows of equal size, so that few are too many.</summary>
    /// <exception cref="TenonException">The limits are below.</exception>
    public static GridSize Covering(long count, GridSize most)
    {
        if (Exact(count, most) is { } exact)
        {
            return exact;
        }

        var rows = Ceiling(count, most.X);
        var z = Ceiling(rows, most.Y);
        if (z > most.Z)
        {
            throw new TenonException("TEN1060", $"A kernel needs {count} groups. The device allows {most}: split the operation into parts, such as along its first axis.");
        }

        var y = Ceiling(rows, z);
        return new GridSize(Ceiling(count, y * z), y, z);
    }

    /// <summary>The number of the running group or lane, x counting fastest.</summary>
    public static UOp Number(GridSize shape, SpecialKind kind) => Enumerable.Range(0, 3).Aggregate(
        (Sum: UOp.Index(0), Place: 1L),
        (n, d) => (IndexMath.Add(n.Sum, IndexMath.Mul(Special(shape, kind, d), UOp.Index(n.Place))), n.Place * shape[d])).Sum;

    /// <summary>The index of the running group or lane along a dimension.</summary>
    public static UOp Special(GridSize shape, SpecialKind kind, int dimension) => Simplifier.SimplifyNode(UOp.New(
        Ops.Special, DType.Index, [], new SpecialArg($"{(kind == SpecialKind.Group ? "gid" : "lid")}{dimension}", shape[dimension]) { Kind = kind, Dimension = dimension }));

    private static long Ceiling(long a, long b) => (a + b - 1) / b;

    // The largest that is at most so large and leaves at most so many; 0 if there is none.
    private static long Divisor(long count, long most, long rest)
    {
        for (var d = Math.Min(count, most); d >= 1 && count <= d * rest; d--)
        {
            if (count % d == 0)
            {
                return d;
            }
        }

        return 0;
    }
}
