using Tenon.Core;

namespace Tenon.Runtime;

/// <summary>Says where two graphs differ.</summary>
internal static class GraphDifference
{
    /// <summary>The first difference, from the inputs on.</summary>
    public static string Describe(UOp before, UOp after)
    {
        var (a, b) = First(before, after, new HashSet<(UOp, UOp)>()) ?? (before, after);
        return $"{Name(a)} was computed, then {Name(b)}";
    }

    private static (UOp, UOp)? First(UOp a, UOp b, HashSet<(UOp, UOp)> seen)
    {
        if (a == b || !seen.Add((a, b)))
        {
            return null;
        }

        for (var i = 0; i < Math.Min(a.Src.Length, b.Src.Length); i++)
        {
            if (First(a[i], b[i], seen) is { } inner)
            {
                return inner;
            }
        }

        return (a, b);
    }

    private static string Name(UOp u) => u.Op == Ops.Const ? $"the number {u.Arg}" : $"{u.Op} of {u.Src.Length} ({u.DType} {(u.DType == DType.Void ? "" : u.Shape)})";
}
