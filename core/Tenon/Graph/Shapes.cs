using Tenon.Core;

namespace Tenon;

/// <summary>Arithmetic on sizes and axes, with the errors that users see.</summary>
internal static class Shapes
{
    public static string Text(ReadOnlySpan<long> shape) => $"[{string.Join(", ", shape.ToArray())}]";

    public static long Product(ReadOnlySpan<long> shape)
    {
        long n = 1;
        foreach (var size in shape)
        {
            n = checked(n * size);
        }

        return n;
    }

    public static long[] Checked(ReadOnlySpan<long> shape, string operation)
    {
        foreach (var size in shape)
        {
            if (size < 0)
            {
                throw new TenonException("TEN3011", $"{operation}: shape {Text(shape)} has a negative size. Sizes are 0 or more.");
            }
        }

        return shape.ToArray();
    }

    /// <summary>The axis counted from the front; negative axes count from the end.</summary>
    public static int Axis(int axis, int rank, string operation) =>
        axis >= -rank && axis < rank
            ? axis < 0 ? axis + rank : axis
            : throw new TenonException("TEN3012", $"{operation}: axis {axis} is outside a tensor of rank {rank}. Expected {(rank == 0 ? "no axis" : $"{-rank} to {rank - 1}")}.");

    /// <summary>The axes, each once, in ascending order.</summary>
    public static int[] AxisSet(ReadOnlySpan<int> axes, int rank, string operation)
    {
        var sorted = new SortedSet<int>();
        foreach (var axis in axes)
        {
            if (!sorted.Add(Axis(axis, rank, operation)))
            {
                throw new TenonException("TEN3013", $"{operation}: axis {axis} is named twice in [{string.Join(", ", axes.ToArray())}].");
            }
        }

        return [.. sorted];
    }

    /// <summary>The shape that both broadcast to, by the rules of NumPy.</summary>
    public static long[] Broadcast(ReadOnlySpan<long> a, ReadOnlySpan<long> b, string operation)
    {
        var result = new long[Math.Max(a.Length, b.Length)];
        for (var i = 1; i <= result.Length; i++)
        {
            var x = i <= a.Length ? a[^i] : 1;
            var y = i <= b.Length ? b[^i] : 1;
            if (x != y && x != 1 && y != 1)
            {
                throw new TenonException(
                    "TEN3014",
                    $"{operation}: shapes {Text(a)} and {Text(b)} do not broadcast: sizes {x} and {y} of axis {-i} differ and neither is 1. Reshape or expand one of them.");
            }

            result[^i] = x == 1 ? y : x;
        }

        return result;
    }
}
