using Tenon.Onnx.Graph;
using Tenon.Onnx.Run;

namespace Tenon.Onnx.Operators;

/// <summary>Operators of object detection.</summary>
internal static class DetectionOps
{
    /// <summary>Adds them.</summary>
    public static void Register(OpRegistry ops)
    {
        ops.AddMany("NonMaxSuppression", 10, c => [NonMaxSuppression(c)]);
        ops.Add("MaxRoiPool", 1, MaxRoiPool);
    }

    // Boxes [B, N, 4] and scores [B, C, N] → [kept, 3]: batch, class and box, the best first, without those that cover one that is kept.
    private static Tensor NonMaxSuppression(OpCall c)
    {
        var (boxes, scores) = (c.Doubles(0), c.Doubles(1));
        var (batches, classes, count) = (c.Shape(1)[0], c.Shape(1)[1], c.Shape(1)[2]);
        var most = c.Has(2) ? Math.Max(0, c.Scalar(2).AsLong) : 0;
        var overlap = c.ScalarOrNull(3)?.AsDouble ?? 0;
        var least = c.ScalarOrNull(4)?.AsDouble ?? double.NegativeInfinity;
        var kept = new List<long>();
        for (var batch = 0L; batch < batches; batch++)
        {
            for (var kind = 0L; kind < classes; kind++)
            {
                var own = scores.AsMemory(checked((int)((batch * classes + kind) * count)), checked((int)count));
                var order = Enumerable.Range(0, (int)count).Where(i => !c.Has(4) || own.Span[i] > least).OrderByDescending(i => own.Span[i]);
                var chosen = new List<Box>();
                foreach (var i in order)
                {
                    if (chosen.Count >= most)
                    {
                        break;
                    }

                    var box = Box.Read(boxes.AsSpan(checked((int)(4 * (batch * count + i))), 4), c.Flag("center_point_box"));
                    if (!chosen.Exists(other => box.Overlap(other) > overlap))
                    {
                        chosen.Add(box);
                        kept.AddRange([batch, kind, i]);
                    }
                }
            }
        }

        return Tensor.From<long>([.. kept], [kept.Count / 3, 3], c.Context.Device);
    }

    // The greatest in each cell of a grid over a part of a picture: [N, C, H, W], rois [R, 5] → [R, C, h, w].
    private static Tensor MaxRoiPool(OpCall c)
    {
        var (x, rois) = (c[0], c.Doubles(1));
        var size = c.Ints("pooled_shape") ?? throw c.Error("pooled_shape is missing.");
        var scale = c.Float("spatial_scale", 1);
        var count = rois.Length / 5;
        var cells = new List<Tensor>();
        foreach (var axis in new[] { 0, 1 })
        {
            // Of each cell, which rows (or columns) are in it.
            var (full, parts) = (x.Size(2 + axis), size[axis]);
            var isIn = new bool[count * parts * full];
            for (var r = 0; r < count; r++)
            {
                var first = (long)Math.Round(rois[5 * r + 2 - axis] * scale, MidpointRounding.AwayFromZero);
                var length = Math.Max(1, (long)Math.Round(rois[5 * r + 4 - axis] * scale, MidpointRounding.AwayFromZero) - first + 1);
                for (var p = 0L; p < parts; p++)
                {
                    var (from, to) = (first + (long)Math.Floor(p * length / (double)parts), first + (long)Math.Ceiling((p + 1) * length / (double)parts));
                    for (var i = Math.Clamp(from, 0, full); i < Math.Clamp(to, 0, full); i++)
                    {
                        isIn[(r * parts + p) * full + i] = true;
                    }
                }
            }

            cells.Add(Tensor.From<bool>(isIn, [count, parts, full], c.Context.Device));
        }

        // [R, C, h, H, W] → [R, C, h, W] → [R, C, h, w]; a cell without elements is 0.
        var own = x.IndexSelect(0, Tensor.From<long>([.. Enumerable.Range(0, count).Select(r => (long)rois[5 * r])], [count], c.Context.Device));
        var rows = Tensor.Where(cells[0].Unsqueeze(1).Unsqueeze(4), own.Unsqueeze(2), double.NegativeInfinity).Max(3);
        var y = Tensor.Where(cells[1].Unsqueeze(1).Unsqueeze(2), rows.Unsqueeze(3), double.NegativeInfinity).Max(4);
        return Tensor.Where(y.Eq(double.NegativeInfinity), 0, y);
    }

    private readonly record struct Box(double Top, double Left, double Bottom, double Right)
    {
        public static Box Read(ReadOnlySpan<double> b, bool isCentred) => isCentred
            ? new Box(b[1] - b[3] / 2, b[0] - b[2] / 2, b[1] + b[3] / 2, b[0] + b[2] / 2)
            : new Box(Math.Min(b[0], b[2]), Math.Min(b[1], b[3]), Math.Max(b[0], b[2]), Math.Max(b[1], b[3]));

        // What both cover, of what either covers.
        public double Overlap(Box other)
        {
            var height = Math.Min(Bottom, other.Bottom) - Math.Max(Top, other.Top);
            var width = Math.Min(Right, other.Right) - Math.Max(Left, other.Left);
            return height <= 0 || width <= 0 ? 0 : height * width / (Area + other.Area - height * width);
        }

        private double Area => (Bottom - Top) * (Right - Left);
    }
}
