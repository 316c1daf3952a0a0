using Tenon.Core;

namespace Tenon.Compiler;

/// <summary>Which copy of the unrolled loops is being written: a value for each of them, 0 for those that are not gone through.</summary>
internal sealed class Point
{
    private readonly NodeSet _loops = new();
    private readonly int[] _values;

    public Point(IEnumerable<UOp> loops)
    {
        foreach (var loop in loops)
        {
            _loops.Add(loop);
        }

        _values = new int[_loops.Count];
    }

    public int this[UOp loop] => _values[_loops.IndexOf(loop)];

    /// <summary>How many copies some loops have.</summary>
    public static int CountOf(ReadOnlySpan<UOp> loops)
    {
        var count = 1;
        foreach (var loop in loops)
        {
            count = checked(count * (int)loop[0].Max);
        }

        return count;
    }

    /// <summary>Goes to the next copy of some loops, the last changing fastest; after the last to the first again, and false.</summary>
    public bool MoveNext(ReadOnlySpan<UOp> loops)
    {
        for (var i = loops.Length - 1; i >= 0; i--)
        {
            ref var value = ref _values[_loops.IndexOf(loops[i])];
            if (++value < loops[i][0].Max)
            {
                return true;
            }

            value = 0;
        }

        return false;
    }
}
