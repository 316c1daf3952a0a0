using Tenon.Core;
using Tenon.Onnx.Graph;
using Tenon.Onnx.Run;

namespace Tenon.Onnx.Operators;

/// <summary>Operators on shapes, and on elements without looking at them.</summary>
internal static class ShapeOps
{
    /// <summary>Adds them.</summary>
    public static void Register(OpRegistry ops)
    {
        ops.AddMany("Shape", 1, c => [ShapeOf(c)]);
        ops.AddMany("Size", 1, c => [new TensorValue(new HostTensor(DType.Int64, [], [c.Shape(0).Aggregate(1L, (a, b) => a * b)]), c.Context.Device)]);
        ops.AddMany("Identity", 1, c => [c.Value(0)]);
        ops.AddMany("Reshape", 1, c => [Reshaped(c, c.Ints("shape") ?? [])]);
        ops.AddMany("Reshape", 5, c => [Reshaped(c, c.Longs(1))]);
        ops.Add("Flatten", 1, ActivationOps.Flat);
        ops.Add("Squeeze", 1, c => Squeeze(c, c.Ints("axes")));
        ops.Add("Squeeze", 13, c => Squeeze(c, c.LongsOrNull(1)));
        ops.AddMany("Unsqueeze", 1, c => [Unsqueeze(c, c.Ints("axes") ?? [])]);
        ops.AddMany("Unsqueeze", 13, c => [Unsqueeze(c, c.Longs(1))]);
        ops.AddMany("Transpose", 1, c => [Transpose(c)]);
        ops.Add("Expand", 8, Expand);
        ops.Add("Tile", 1, c => c[0].Repeat([.. Enumerable.Range(0, c[0].Rank).Select(i => i == (int)c.Scalar(2).AsLong ? c.Scalar(1).AsLong : 1)]));
        ops.Add("Tile", 6, c => c[0].Repeat(c.Longs(1)));
        ops.AddMany("Concat", 1, c => [Concat(c)]);
        ops.AddMany("Split", 1, c => Split(c, c.Ints("split")));
        ops.AddMany("Split", 13, c => Split(c, c.LongsOrNull(1)));
        ops.Add("Slice", 1, c => Slice(c, c.Ints("starts") ?? [], c.Ints("ends") ?? [], c.Ints("axes"), null));
        ops.Add("Slice", 10, c => Slice(c, c.Longs(1), c.Longs(2), c.LongsOrNull(3), c.LongsOrNull(4)));
        ops.Add("DepthToSpace", 1, DepthToSpace);
        ops.Add("SpaceToDepth", 1, SpaceToDepth);
    }

    /// <summary>The same texts or numbers with other sizes.</summary>
    public static OnnxValue WithShape(OnnxValue value, long[] sizes) =>
        value is StringValue strings ? new StringValue([.. strings.Values], sizes) : value.Tensor.Reshape(sizes);

    private static OnnxValue ShapeOf(OpCall c)
    {
        var shape = c.Shape(0);
        var (start, end) = (Bound(c.Long("start", 0)), Bound(c.Long("end", shape.Length)));
        return c.Known(start < end ? shape[start..end] : []);

        int Bound(long at) => (int)Math.Clamp(at < 0 ? at + shape.Length : at, 0, shape.Length);
    }

    private static OnnxValue Reshaped(OpCall c, long[] sizes)
    {
        var from = c.Shape(0);
        var to = sizes.Select((s, i) => s != 0 || c.Flag("allowzero") ? s : i < from.Length ? from[i] : throw c.Error($"size {i} is to be kept of shape [{string.Join(", ", from)}], which has no such axis.")).ToArray();
        var free = Array.IndexOf(to, -1);
        if (free >= 0)
        {
            to[free] = 1;
            var (rest, count) = (to.Aggregate(1L, (a, b) => a * b), from.Aggregate(1L, (a, b) => a * b));
            to[free] = rest == 0 ? 0 : count / rest;
        }

        return WithShape(c.Value(0), to);
    }

    private static Tensor Squeeze(OpCall c, long[]? axes)
    {
        var x = c[0];
        if (axes is null)
        {
            return x.Squeeze();
        }

        var dropped = axes.Select(a => c.Axis(a, x.Rank)).ToHashSet();
        var sizes = OpCall.SizesOf(x);
        return dropped.All(a => sizes[a] == 1)
            ? x.Reshape([.. sizes.Where((_, i) => !dropped.Contains(i))])
            : throw c.Error($"axes [{string.Join(", ", axes)}] of shape {x.Shape}. Expected axes of size 1.");
    }

    private static OnnxValue Unsqueeze(OpCall c, long[] axes)
    {
        var from = c.Shape(0);
        var rank = from.Length + axes.Length;
        var added = axes.Select(a => c.Axis(a, rank)).ToHashSet();
        if (added.Count != axes.Length)
        {
            throw c.Error($"axes [{string.Join(", ", axes)}]. Expected each once.");
        }

        var next = 0;
        return WithShape(c.Value(0), [.. Enumerable.Range(0, rank).Select(i => added.Contains(i) ? 1 : from[next++])]);
    }

    private static OnnxValue Transpose(OpCall c)
    {
        var rank = c.Shape(0).Length;
        var order = c.Ints("perm")?.Select(a => c.Axis(a, rank)).ToArray() ?? [.. Enumerable.Range(0, rank).Reverse()];
        return c[0].Permute(order);
    }

    private static Tensor Expand(OpCall c)
    {
        var (from, to) = (c.Shape(0), c.Longs(1));
        var rank = Math.Max(from.Length, to.Length);
        var sizes = new long[rank];
        for (var i = 1; i <= rank; i++)
        {
            var (a, b) = (i <= from.Length ? from[^i] : 1, i <= to.Length ? to[^i] : 1);
            sizes[^i] = a == b || b == 1 ? a : a == 1 ? b : throw c.Error($"shapes [{string.Join(", ", from)}] and [{string.Join(", ", to)}] do not broadcast.");
        }

        return c[0].Expand(sizes);
    }

    private static OnnxValue Concat(OpCall c)
    {
        if (c.Value(0) is StringValue)
        {
            return StringMoves.Concat([.. Enumerable.Range(0, c.InputCount).Select(i => c.Value(i).Strings)], c.Axis(c.Long("axis", 1), c.Shape(0).Length));
        }

        return Tensor.Cat(c.Tensors(), c.Int("axis", 1));
    }

    private static OnnxValue?[] Split(OpCall c, long[]? sizes)
    {
        var x = c[0];
        var axis = c.Axis(c.Long("axis", 0), x.Rank);
        if (sizes is null)
        {
            var parts = c.Int("num_outputs", c.OutputCount);
            var (size, each) = (x.Size(axis), (x.Size(axis) + parts - 1) / parts);
            sizes = [.. Enumerable.Range(0, parts).Select(i => Math.Clamp(size - i * each, 0, each))];
        }

        return [.. x.Split(sizes, axis).Select(t => (OnnxValue)t)];
    }

    private static Tensor Slice(OpCall c, long[] starts, long[] ends, long[]? axes, long[]? steps)
    {
        var x = c[0];
        var bounds = OpCall.SizesOf(x).Select(s => ((SymInt)0, (SymInt)s)).ToArray();
        var index = Enumerable.Repeat((TensorIndex)Range.All, x.Rank).ToArray();
        var flipped = new List<int>();
        for (var i = 0; i < starts.Length; i++)
        {
            var axis = c.Axis(axes?[i] ?? i, x.Rank);
            var size = x.Size(axis);
            var step = steps?[i] ?? 1;
            var (low, high) = step > 0 ? (0, size) : (-1, size - 1);
            var (start, end) = (At(starts[i]), At(ends[i]));
            var count = step switch
            {
                0 => throw c.Error($"a step of 0 along axis {axis}."),
                > 0 => Math.Max(0, (end - start + step - 1) / step),
                _ => Math.Max(0, (start - end - step - 1) / -step),
            };

            // The elements from the lowest to the highest, backwards if the step is negative.
            var lowest = step > 0 || count == 0 ? start : start + (count - 1) * step;
            var width = Math.Abs(step);
            bounds[axis] = count == 0 ? (0, 0) : (lowest, lowest + (count - 1) * width + 1);
            index[axis] = width == 1 ? Range.All : TensorIndex.Every(checked((int)Math.Min(width, int.MaxValue)));
            if (step < 0)
            {
                flipped.Add(axis);
            }

            long At(long at) => Math.Clamp(at < 0 ? at + size : at, low, high);
        }

        var part = x.Shrink(bounds);
        return (index.Length == 0 ? part : part[index]).Flip([.. flipped]);
    }

    // [N, C, H, W] → [N, C / b², H·b, W·b]
    private static Tensor DepthToSpace(OpCall c)
    {
        var (x, b) = (c[0], c.Long("blocksize", 1));
        var (n, channels, h, w) = (x.Size(0), x.Size(1) / (b * b), x.Size(2), x.Size(3));
        var blocks = c.Text("mode", "DCR") == "DCR"
            ? x.Reshape(n, b, b, channels, h, w).Permute(0, 3, 4, 1, 5, 2)
            : x.Reshape(n, channels, b, b, h, w).Permute(0, 1, 4, 2, 5, 3);
        return blocks.Reshape(n, channels, h * b, w * b);
    }

    private static Tensor SpaceToDepth(OpCall c)
    {
        var (x, b) = (c[0], c.Long("blocksize", 1));
        var (n, channels, h, w) = (x.Size(0), x.Size(1), x.Size(2) / b, x.Size(3) / b);
        return x.Reshape(n, channels, h, b, w, b).Permute(0, 3, 5, 1, 2, 4).Reshape(n, channels * b * b, h, w);
    }
}
