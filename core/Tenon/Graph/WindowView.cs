using System.Runtime.CompilerServices;
using Tenon.Core;

namespace Tenon;

/// <summary>
/// Sliding windows over the last axes as movement: <c>[…, i₁, i₂]</c> → <c>[…, o₁, o₂, k₁, k₂]</c>, element (o, k) being element
/// o·stride + k·dilation of the input.
/// </summary>
internal static class WindowView
{
    private static readonly ConditionalWeakTable<UOp, Window> Known = [];

    public static UOp Of(UOp x, ReadOnlySpan<long> kernel, ReadOnlySpan<long> stride, ReadOnlySpan<long> dilation)
    {
        // Axis by axis: the windows of one axis go to the end, so that each axis in turn is the one before them.
        var n = kernel.Length;
        var result = x;
        for (var i = 0; i < n; i++)
        {
            result = OfAxis(result, x.Shape.Rank - n + i, kernel[i], stride[i], dilation[i]);
        }

        return result;
    }

    /// <summary>What a node is a window view of, if it is one.</summary>
    public static bool TryGet(UOp node, out Window window) => Known.TryGetValue(node, out window!);

    /// <summary>
    /// The transpose of a window view, <c>[.., o, .., k]</c> → <c>[.., i, ..]</c>: sums the elements of all windows that came from one
    /// place.
    /// </summary>
    /// <remarks>
    /// Written as windows again — place p gathers element (p - k·dilation, k) for each k — so that a kernel reads what it adds
    /// instead of scattering it.
    /// </remarks>
    public static UOp Transposed(UOp windows, int axis, long size, long stride, long dilation)
    {
        var (rank, kernel, g) = (windows.Shape.Rank - 1, windows.Shape[windows.Shape.Rank - 1], windows);

        // Stride: zeros between the windows.
        if (stride > 1)
        {
            var count = g.Shape[axis];
            g = TensorGraph.Reshape(g, Insert(g, axis + 1, 1));
            g = PadAxis(g, axis + 1, 0, stride - 1);
            g = TensorGraph.Reshape(g, Merge(g, axis));
            g = ShrinkAxis(g, axis, 0, (count - 1) * stride + 1);
        }

        // Windows of the same size over the padded gradient: [.., p, .., k, j] is g[p + j·dilation - (kernel - 1)·dilation, k].
        var reach = (kernel - 1) * dilation;
        g = PadAxis(g, axis, reach, size - g.Shape[axis]);
        g = Remembered(g, axis, size, kernel, 1, dilation);

        // Of these only j = kernel - 1 - k is wanted: the diagonal, after turning k round.
        g = TensorGraph.Flip(g, [rank]);
        g = TensorGraph.Reshape(g, Merge(g, rank));
        g = PadAxis(g, rank, 0, kernel);
        g = TensorGraph.Reshape(g, [.. Sizes(g, ..rank), kernel, kernel + 1]);
        g = ShrinkAxis(g, rank + 1, 0, 1);
        g = TensorGraph.Reduce(Ops.Add, g, [rank]);
        return TensorGraph.Reshape(g, Sizes(g, ..rank));
    }

    // [.., i, ..] → [.., o, .., k]
    private static UOp OfAxis(UOp x, int axis, long kernel, long stride, long dilation)
    {
        var size = x.Shape[axis];
        var count = (size - dilation * (kernel - 1) - 1) / stride + 1;
        if (dilation == 1 && kernel <= stride)
        {
            var whole = count * stride;
            var cut = whole > size ? PadAxis(x, axis, 0, whole - size) : ShrinkAxis(x, axis, 0, whole);
            var split = TensorGraph.Reshape(cut, [.. Sizes(x, ..axis), count, stride, .. Sizes(x, (axis + 1)..)]);
            return MoveToEnd(ShrinkAxis(split, axis + 1, 0, kernel), axis + 1);
        }

        return Remembered(x, axis, count, kernel, stride, dilation);
    }

    private static UOp Remembered(UOp x, int axis, long count, long kernel, long stride, long dilation)
    {
        var view = Overlapping(x, axis, count, kernel, stride, dilation);
        Known.AddOrUpdate(view, new Window(x, axis, stride, dilation));
        return view;
    }

    // Rows of length (size + dilation), read one after the other from a repetition of the axis: row k begins k·dilation later.
    private static UOp Overlapping(UOp x, int axis, long count, long kernel, long stride, long dilation)
    {
        var size = x.Shape[axis];

        // A stride may reach past the end; a row is then several repetitions, plus the dilation.
        var repeats = Math.Max(1, (count * stride - dilation + size - 1) / size);
        var row = repeats * size + dilation;
        var copies = (kernel * row + size - 1) / size;
        var (before, after) = (Sizes(x, ..axis), Sizes(x, (axis + 1)..));
        var y = TensorGraph.Expand(TensorGraph.Reshape(x, [.. before, 1, size, .. after]), [.. before, copies, size, .. after]);
        y = TensorGraph.Reshape(y, [.. before, copies * size, .. after]);
        y = ShrinkAxis(y, axis, 0, kernel * row);
        y = TensorGraph.Reshape(y, [.. before, kernel, row, .. after]);
        y = ShrinkAxis(y, axis + 1, 0, count * stride);
        if (stride > 1)
        {
            y = TensorGraph.Reshape(y, [.. before, kernel, count, stride, .. after]);
            y = ShrinkAxis(y, axis + 2, 0, 1);
            y = TensorGraph.Reshape(y, [.. before, kernel, count, .. after]);
        }

        return MoveToEnd(y, axis);
    }

    private static SymInt[] Sizes(UOp x, Range axes) => x.Shape.ToSizes()[axes];

    private static SymInt[] Insert(UOp x, int axis, long size) => [.. Sizes(x, ..axis), size, .. Sizes(x, axis..)];

    private static SymInt[] Merge(UOp x, int axis) => [.. Sizes(x, ..axis), x.Shape.Size(axis) * x.Shape.Size(axis + 1), .. Sizes(x, (axis + 2)..)];

    private static UOp MoveToEnd(UOp x, int axis)
    {
        var order = Enumerable.Range(0, x.Shape.Rank).Where(i => i != axis).Append(axis);
        return TensorGraph.Permute(x, order.ToArray());
    }

    private static UOp PadAxis(UOp x, int axis, long before, long after)
    {
        var padding = new (SymInt, SymInt)[x.Shape.Rank];
        padding[axis] = (before, after);
        return TensorGraph.Pad(x, padding);
    }

    private static UOp ShrinkAxis(UOp x, int axis, long begin, long end)
    {
        var bounds = Shapes.Bounds(x.Shape);
        bounds[axis] = (begin, end);
        return TensorGraph.Shrink(x, bounds);
    }
}

/// <summary>What a window view is of.</summary>
/// <param name="Source">The value.</param>
/// <param name="Axis">The axis of the value over which windows slide.</param>
/// <param name="Stride">The distance between windows.</param>
/// <param name="Dilation">The distance between the elements of a window.</param>
internal sealed record Window(UOp Source, int Axis, long Stride, long Dilation);
