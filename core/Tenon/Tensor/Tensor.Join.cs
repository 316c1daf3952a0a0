using Tenon.Core;

namespace Tenon;

public sealed partial class Tensor
{
    /// <summary>Joins tensors along an axis; the other axes are equal. Dtypes are promoted.</summary>
    /// <exception cref="TenonException">No tensors, or shapes differ elsewhere.</exception>
    public static Tensor Cat(ReadOnlySpan<Tensor> tensors, int axis = 0)
    {
        if (tensors.Length == 0)
        {
            throw new TenonException("TEN3027", "Cat: no tensors were given. Expected at least one.");
        }

        var first = tensors[0];
        var at = Shapes.Axis(axis, first.Rank, nameof(Cat));
        SymInt total = 0;
        var dtype = first.DType;
        foreach (var t in tensors)
        {
            if (!AgreeExcept(first.Shape, t.Shape, at))
            {
                throw new TenonException("TEN3028", $"Cat: shapes {first.Shape} and {t.Shape} can't be joined along axis {at}. The other axes must be equal.");
            }

            total += t.Shape.Size(at);
            dtype = Promotion.Join(dtype, t.DType);
        }

        // Each part is padded to the whole, and chosen where it lies: a sum would lose the sign of zeros.
        Tensor? joined = null;
        var parts = new List<Tensor>();
        var places = new List<(SymInt Begin, SymInt End)>();
        SymInt offset = 0;
        var padding = new (SymInt Before, SymInt After)[first.Rank];
        foreach (var t in tensors)
        {
            padding[at] = (offset, total - offset - t.Shape.Size(at));
            offset += t.Shape.Size(at);
            if (t.Shape.Size(at) == 0 && tensors.Length > 1)
            {
                continue;
            }

            parts.Add(t.Cast(dtype));
            places.Add((padding[at].Before, offset));
            var part = parts[^1].Pad(padding);
            joined = joined is null ? part : Where(t.TrueLike().Pad(padding), part, joined);
        }

        if (dtype.IsFloat && parts.Count > 1)
        {
            joined = joined!.WithGradient([.. parts], (g, _, _) => [.. places.Select(p => g.Narrow(at, p.Begin, p.End - p.Begin))]);
        }

        return joined ?? first.Cast(dtype);
    }

    /// <summary>Joins tensors of equal shape along a new axis.</summary>
    public static Tensor Stack(ReadOnlySpan<Tensor> tensors, int axis = 0)
    {
        var unsqueezed = new Tensor[tensors.Length];
        for (var i = 0; i < unsqueezed.Length; i++)
        {
            unsqueezed[i] = tensors[i].Unsqueeze(axis);
        }

        return Cat(unsqueezed, axis);
    }

    /// <summary>Cuts an axis into parts of the given sizes.</summary>
    /// <exception cref="TenonException">The sizes don't add up to the axis.</exception>
    public Tensor[] Split(Shape sizes, int axis = 0)
    {
        var at = Shapes.Axis(axis, Rank, nameof(Split));
        var parts = new Tensor[sizes.Rank];
        var bounds = Shapes.Bounds(Shape);
        SymInt offset = 0;
        foreach (var size in sizes)
        {
            offset += size;
        }

        if (offset != Shape.Size(at))
        {
            throw new TenonException("TEN3029", $"Split: sizes {sizes} add up to {offset}, but axis {at} of shape {Shape} has {Shape.Size(at)}.");
        }

        offset = 0;
        for (var i = 0; i < parts.Length; i++)
        {
            bounds[at] = (offset, offset + sizes.Size(i));
            parts[i] = Shrink(bounds);
            offset += sizes.Size(i);
        }

        return parts;
    }

    /// <summary>Cuts an axis into parts of <paramref name="size"/>; the last may be smaller.</summary>
    public Tensor[] Split(long size, int axis = 0)
    {
        if (size <= 0)
        {
            throw new TenonException("TEN3029", $"Split: a part of {size} elements. Expected 1 or more.");
        }

        var n = Shapes.Known(Shape, Shapes.Axis(axis, Rank, nameof(Split)), nameof(Split));
        var sizes = new long[(n + size - 1) / size];
        for (var i = 0; i < sizes.Length; i++)
        {
            sizes[i] = Math.Min(size, n - i * size);
        }

        return Split(sizes, axis);
    }

    /// <summary>Cuts an axis into at most <paramref name="count"/> parts of equal size; the last may be smaller.</summary>
    public Tensor[] Chunk(int count, int axis = 0) =>
        count > 0
            ? Split(Math.Max(1, (Shapes.Known(Shape, Shapes.Axis(axis, Rank, nameof(Chunk)), nameof(Chunk)) + count - 1) / count), axis)
            : throw new TenonException("TEN3029", $"Chunk: {count} parts. Expected 1 or more.");

    /// <summary>Cuts an axis into exactly <paramref name="count"/> parts; the first ones are one longer if it doesn't divide.</summary>
    public Tensor[] TensorSplit(int count, int axis = 0)
    {
        var n = Shapes.Known(Shape, Shapes.Axis(axis, Rank, nameof(TensorSplit)), nameof(TensorSplit));
        return count > 0
            ? Split([.. Enumerable.Range(0, count).Select(i => (SymInt)(n / count + (i < n % count ? 1 : 0)))], axis)
            : throw new TenonException("TEN3029", $"TensorSplit: {count} parts. Expected 1 or more.");
    }

    /// <summary>Cuts an axis before each of the given places, as Python's slices.</summary>
    public Tensor[] TensorSplit(ReadOnlySpan<int> places, int axis = 0)
    {
        var n = Shapes.Known(Shape, Shapes.Axis(axis, Rank, nameof(TensorSplit)), nameof(TensorSplit));
        var parts = new List<Tensor>();
        long begin = 0;
        foreach (var place in (long[])[.. places.ToArray().Select(p => Math.Clamp(p < 0 ? p + n : p, 0, n)), n])
        {
            parts.Add(Narrow(axis, Math.Min(begin, place), Math.Max(0, place - begin)));
            begin = place;
        }

        return [.. parts];
    }

    /// <summary>Joins along the second axis; tensors of one axis along that.</summary>
    public static Tensor HStack(params ReadOnlySpan<Tensor> tensors) => CatOf(tensors, static t => t.Rank == 0 ? t.Reshape(1) : t, static t => t.Rank == 1 ? 0 : 1);

    /// <summary>Joins along the first axis; tensors of one axis are rows.</summary>
    public static Tensor VStack(params ReadOnlySpan<Tensor> tensors) => CatOf(tensors, static t => t.Rank < 2 ? t.Reshape(1, -1) : t, static _ => 0);

    /// <summary>Joins along the third axis; tensors of fewer axes get more.</summary>
    public static Tensor DStack(params ReadOnlySpan<Tensor> tensors) => CatOf(tensors, static t => t.Rank < 2 ? t.Reshape(1, -1, 1) : t.Rank == 2 ? t.Unsqueeze(2) : t, static _ => 2);

    /// <summary>Joins along the second axis; tensors of one axis are columns.</summary>
    public static Tensor ColumnStack(params ReadOnlySpan<Tensor> tensors) => CatOf(tensors, static t => t.Rank < 2 ? t.Reshape(-1, 1) : t, static _ => 1);

    /// <summary>The coordinates of a grid: for tensors of one axis, one tensor each over all of their axes.</summary>
    /// <param name="tensors">The coordinates along each axis.</param>
    /// <param name="xy">Whether the first two axes of the grid are swapped: columns, then rows.</param>
    public static Tensor[] Meshgrid(ReadOnlySpan<Tensor> tensors, bool xy = false)
    {
        var flat = Array.ConvertAll(tensors.ToArray(), static t => t.Flatten());
        Shape shape = Array.ConvertAll(flat, static t => t.Shape.Size(0));
        var grid = new Tensor[flat.Length];
        for (var i = 0; i < grid.Length; i++)
        {
            grid[i] = flat[i].Reshape(Shapes.Along(grid.Length, i, shape.Size(i))).Expand(shape);
            grid[i] = xy && grid.Length > 1 ? grid[i].Transpose(0, 1) : grid[i];
        }

        return grid;
    }

    /// <summary>All tuples of one element of each tensor, the last running fastest: <c>[N₁·N₂·…, count]</c>.</summary>
    public static Tensor CartesianProd(params ReadOnlySpan<Tensor> tensors) =>
        tensors.Length == 1 ? tensors[0] : Stack(Array.ConvertAll(Meshgrid(tensors), static t => t.Flatten()), 1);

    /// <summary>All combinations of <paramref name="r"/> elements of one axis, in order: <c>[count, r]</c>.</summary>
    /// <param name="r">How many elements.</param>
    /// <param name="withReplacement">Whether an element may occur several times.</param>
    public Tensor Combinations(int r = 2, bool withReplacement = false)
    {
        RequireOneAxis(this, nameof(Combinations));
        var n = (int)Shapes.Known(Shape, 0, nameof(Combinations));
        IEnumerable<int[]> tuples = [[]];
        for (var i = 0; i < r; i++)
        {
            tuples = tuples.SelectMany(t => Enumerable.Range(First(t), n - First(t)).Select(k => (int[])[.. t, k]));
        }

        int[] all = [.. tuples.SelectMany(static t => t)];
        return Take(From<int>(all, [r == 0 ? 0 : all.Length / r, r]));

        int First(int[] tuple) => tuple.Length == 0 ? 0 : withReplacement ? tuple[^1] : tuple[^1] + 1;
    }

    private static Tensor CatOf(ReadOnlySpan<Tensor> tensors, Func<Tensor, Tensor> prepare, Func<Tensor, int> axis)
    {
        var prepared = Array.ConvertAll(tensors.ToArray(), t => prepare(t));
        return Cat(prepared, prepared.Length == 0 ? 0 : axis(prepared[0]));
    }

    private static bool AgreeExcept(Shape a, Shape b, int axis)
    {
        var agree = a.Rank == b.Rank;
        for (var i = 0; i < a.Rank && agree; i++)
        {
            agree = i == axis || a.Dim(i) == b.Dim(i);
        }

        return agree;
    }
}
