using Tenon.Core;

namespace Tenon;

/// <summary>Arithmetic on sizes and axes, with the errors that users see.</summary>
internal static class Shapes
{
    public static long Product(ReadOnlySpan<long> shape)
    {
        long n = 1;
        foreach (var size in shape)
        {
            n = checked(n * size);
        }

        return n;
    }

    public static SymInt Product(ReadOnlySpan<SymInt> shape)
    {
        SymInt n = 1;
        foreach (var size in shape)
        {
            n *= size;
        }

        return n;
    }

    public static Shape Checked(Shape shape, string operation)
    {
        foreach (var size in shape.Dims)
        {
            if (size.Min < 0)
            {
                throw new TenonException("TEN3011", $"{operation}: shape {shape} has a size that is, or may be, negative: {new SymInt(size)}. Sizes are 0 or more.");
            }
        }

        return shape;
    }

    /// <summary>A size that the operation must know.</summary>
    public static long Known(Shape shape, int axis, string operation) => shape.Size(axis) is { IsKnown: true } size
        ? size.Min
        : throw new TenonException("TEN3010", $"{operation}: axis {axis} of shape {shape} is symbolic, and {operation} needs to know its size. Use a literal size there, or {operation} over another axis.");

    /// <summary>Whether one size is at most another, whatever the variables are bound to.</summary>
    public static bool IsAtMost(SymInt a, SymInt b) => (b - a).Min >= 0;

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

    /// <summary>The shape that both broadcast to, by the rules of NumPy. Symbolic sizes are equal if they are the same arithmetic.</summary>
    public static Shape Broadcast(Shape a, Shape b, string operation)
    {
        if (a.Equals(b))
        {
            return a;
        }

        var result = new UOp[Math.Max(a.Rank, b.Rank)];
        var one = UOp.Index(1);
        for (var i = 1; i <= result.Length; i++)
        {
            var x = i <= a.Rank ? a.Dims[^i] : one;
            var y = i <= b.Rank ? b.Dims[^i] : one;
            if (x != y && x != one && y != one)
            {
                var name = char.IsLetter(operation[0]) ? operation : $"'{operation}'";
                throw new TenonException(
                    "TEN3014",
                    $"{name}: shapes {a} and {b} do not broadcast: sizes {new SymInt(x)} and {new SymInt(y)} of axis {-i} differ and neither is 1. Reshape or expand one of them.");
            }

            result[^i] = x == one ? y : x;
        }

        return Shape.FromDims(result);
    }

    /// <summary>The shape with one size changed.</summary>
    public static Shape With(Shape shape, int axis, SymInt size)
    {
        var sizes = shape.ToSizes();
        sizes[axis] = size;
        return sizes;
    }

    /// <summary>The shape without some axes.</summary>
    public static Shape Without(Shape shape, ReadOnlySpan<int> axes)
    {
        var kept = new List<UOp>(shape.Rank);
        for (var i = 0; i < shape.Rank; i++)
        {
            if (!axes.Contains(i))
            {
                kept.Add(shape.Dim(i));
            }
        }

        return Shape.FromDims([.. kept]);
    }

    /// <summary>The shape of a rank whose sizes are 1 but for one axis.</summary>
    public static Shape Along(int rank, int axis, SymInt size)
    {
        var sizes = new SymInt[rank];
        sizes.AsSpan().Fill(1);
        sizes[axis] = size;
        return sizes;
    }

    /// <summary>Every axis whole, as bounds.</summary>
    public static (SymInt Begin, SymInt End)[] Bounds(Shape shape) => Array.ConvertAll(shape.ToSizes(), static s => ((SymInt)0, s));
}
