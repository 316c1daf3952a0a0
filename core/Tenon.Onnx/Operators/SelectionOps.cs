using Tenon.Onnx.Graph;
using Tenon.Onnx.Run;

namespace Tenon.Onnx.Operators;

/// <summary>Operators that order, find or join elements.</summary>
internal static class SelectionOps
{
    /// <summary>Adds them.</summary>
    public static void Register(OpRegistry ops)
    {
        ops.Add("Det", 11, c => c[0].Det());
        ops.AddMany("Unique", 11, Unique);
        ops.Add("ReverseSequence", 10, ReverseSequence);
        ops.Add("Col2Im", 18, Col2Im);
    }

    private static OnnxValue?[] Unique(OpCall c)
    {
        if (c.Value(0) is StringValue strings)
        {
            return UniqueStrings(c, strings);
        }

        var found = c[0].Unique(c.HasAttribute("axis") ? c.Int("axis", 0) : null, c.Flag("sorted", true));
        return [found.Values, found.Indices.Cast(DType.Int64), found.Inverse.Flatten().Cast(DType.Int64), found.Counts.Cast(DType.Int64)];
    }

    private static OnnxValue?[] UniqueStrings(OpCall c, StringValue strings)
    {
        if (c.HasAttribute("axis"))
        {
            throw c.Error("an axis for strings. Expected none.");
        }

        var groups = strings.Values.Select((text, i) => (text, i)).GroupBy(p => p.text, p => p.i).ToList();
        groups = c.Flag("sorted", true) ? [.. groups.OrderBy(g => g.Key, StringComparer.Ordinal)] : groups;
        var place = groups.Select((g, i) => (g.Key, i)).ToDictionary(p => p.Key, p => (long)p.i);
        return
        [
            groups.Select(g => g.Key).ToArray(),
            Tensor.From<long>([.. groups.Select(g => (long)g.First())], [groups.Count], c.Context.Device),
            Tensor.From<long>([.. strings.Values.Select(t => place[t])], [strings.Values.Count], c.Context.Device),
            Tensor.From<long>([.. groups.Select(g => (long)g.Count())], [groups.Count], c.Context.Device),
        ];
    }

    // The first elements of each sequence backwards.
    private static Tensor ReverseSequence(OpCall c)
    {
        var (x, batch, time) = (c[0], c.Int("batch_axis", 1), c.Int("time_axis", 0));
        if ((batch, time) is not ((0, 1) or (1, 0)))
        {
            throw c.Error($"batch_axis {batch} and time_axis {time}. Expected 0 and 1, or 1 and 0.");
        }

        var step = Tensor.Arange(0, x.Size(time), dtype: DType.Int64).Unsqueeze(batch);
        var length = c[1].Cast(DType.Int64).Unsqueeze(time);
        var from = Tensor.Where(step < length, length - 1 - step, step);
        return x.Gather(time, from.Reshape([.. OpCall.SizesOf(from), .. Enumerable.Repeat(1L, x.Rank - 2)]).Expand(x.Shape));
    }

    // Columns of blocks [N, C·k…, L] summed into pictures [N, C, …].
    private static Tensor Col2Im(OpCall c)
    {
        var (size, block) = (c.Longs(1), c.Longs(2));
        var axes = size.Length;
        var pads = c.Ints("pads") ?? new long[2 * axes];
        return c[0].Fold(size, block, c.Ints("dilations") ?? [1], Padding.Sides(pads[..axes], pads[axes..]), c.Ints("strides") ?? [1]);
    }
}
