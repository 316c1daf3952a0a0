using Tenon.Core;
using Tenon.Onnx.Graph;
using Tenon.Onnx.Run;

namespace Tenon.Onnx.Operators;

/// <summary>Elements around a tensor.</summary>
internal static class PadOps
{
    /// <summary>Adds them.</summary>
    public static void Register(OpRegistry ops)
    {
        ops.Add("Pad", 1, c => Pad(c, c.Ints("pads") ?? c.Ints("paddings") ?? [], null, c.Float("value", 0)));
        ops.Add("Pad", 11, c => Pad(c, c.Longs(1), c.LongsOrNull(3), c.ScalarOrNull(2)?.To(c[0].DType) ?? 0));
    }

    private static Tensor Pad(OpCall c, long[] pads, long[]? axes, Scalar value)
    {
        var x = c[0];
        var padding = new (SymInt Before, SymInt After)[x.Rank];
        var count = pads.Length / 2;
        for (var i = 0; i < count; i++)
        {
            padding[c.Axis(axes?[i] ?? i, x.Rank)] = (pads[i], pads[i + count]);
        }

        var mode = c.Text("mode", "constant");
        if (mode == "constant")
        {
            return x.Pad(padding, value);
        }

        for (var axis = 0; axis < x.Rank; axis++)
        {
            var (before, after, size) = (padding[axis].Before.Min, padding[axis].After.Min, x.Size(axis));
            if ((before, after) == (0, 0))
            {
                continue;
            }

            if (mode == "wrap")
            {
                // A part of the axis repeated.
                var start = (-before % size + size) % size;
                var length = before + size + after;
                var counts = Enumerable.Range(0, x.Rank).Select(i => i == axis ? (start + length + size - 1) / size : 1).ToArray();
                var bounds = OpCall.SizesOf(x).Select((s, i) => i == axis ? ((SymInt)start, (SymInt)(start + length)) : (0, s)).ToArray();
                x = x.Repeat(counts).Shrink(bounds);
                continue;
            }

            var at = Tensor.Arange(-before, size + after);
            x = x.IndexSelect(axis, mode switch
            {
                "edge" => at.Clamp(0, size - 1),
                // There and back again: a period of 2·(size - 1).
                "reflect" => size == 1 ? at.ZerosLike() : at.FloorMod(2 * (size - 1)) is var p ? p.Minimum(2 * (size - 1) - p) : at,
                _ => throw c.Error($"mode '{mode}'. Expected constant, edge, reflect or wrap."),
            });
        }

        return x;
    }
}
