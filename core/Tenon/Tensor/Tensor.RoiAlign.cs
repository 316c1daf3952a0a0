using Tenon.Core;

namespace Tenon;

public sealed partial class Tensor
{
    /// <summary>Samples boxes of <c>[N, C, H, W]</c> to one size: <c>[K, C, H', W']</c>.</summary>
    /// <param name="boxes">(x₁, y₁, x₂, y₂): <c>[K, 4]</c>.</param>
    /// <param name="batch">Of which of the N images each box is: integers <c>[K]</c>.</param>
    /// <param name="size">H' and W'.</param>
    /// <param name="scale">From the coordinates of the boxes to elements.</param>
    /// <param name="samples">How many samples a cell has in each direction; 0 for the size of the cell, rounded up: the boxes are then read at once.</param>
    /// <param name="aligned">Whether coordinates are of edges rather than centres of elements; otherwise boxes also have at least one element.</param>
    /// <param name="max">Whether a cell is the greatest of what its samples are made of, as ONNX has it, instead of their mean.</param>
    /// <remarks>He et al., Mask R-CNN, arXiv:1703.06870.</remarks>
    /// <exception cref="TenonException">The shapes don't fit.</exception>
    public Tensor RoiAlign(Tensor boxes, Tensor batch, Sizes size, double scale = 1, int samples = 0, bool aligned = false, bool max = false)
    {
        if (Rank != 4 || boxes.Rank != 2 || boxes.Shape.Size(1) != 4 || batch.Rank != 1 || batch.Shape.Dim(0) != boxes.Shape.Dim(0) || !batch.DType.IsInteger)
        {
            throw new TenonException("TEN3210", $"RoiAlign: input {Shape}, boxes {boxes.Shape}, images {batch.Shape} of {batch.DType}. Expected [N, C, H, W], [K, 4] and integers [K].");
        }

        var to = size.For(2, 1, nameof(RoiAlign));
        var corners = boxes.Cast(AccumulationDType(Promotion.Join(DType, boxes.DType))) * scale - (aligned ? 0.5 : 0);
        var k = boxes.Shape.Size(0);
        var rows = Cells(corners[.., 1], corners[.., 3], to[0], Shapes.Known(Shape, 2, nameof(RoiAlign)));
        var columns = Cells(corners[.., 0], corners[.., 2], to[1], Shapes.Known(Shape, 3, nameof(RoiAlign)));
        SymInt[] each = [k, to[0], rows.Most, to[1], columns.Most];
        Tensor[] coordinates = [Spread(rows.At.Reshape(k, to[0], rows.Most, 1, 1)), Spread(columns.At.Reshape(k, 1, 1, to[1], columns.Most))];
        var counts = rows.Counts.Reshape(k, to[0], rows.Most, 1, 1) & columns.Counts.Reshape(k, 1, 1, to[1], columns.Most);
        var isInside = rows.IsInside.Reshape(k, to[0], rows.Most, 1, 1) & columns.IsInside.Reshape(k, 1, 1, to[1], columns.Most);
        var weight = Where(counts & isInside, Ones([], corners.DType), 0).Expand(each).Reshape(k, 1, -1);

        // [K, C, H', samples, W', samples]
        var c = Shape.Size(1);
        Tensor? sum = null;
        foreach (var (value, w) in IndexSelect(0, batch).Samples(coordinates, Interpolation.Linear, GridPadding.Border, false))
        {
            var part = value * (w! * weight);
            sum = sum is null ? part : max ? sum.Maximum(part) : sum + part;
        }

        var cells = sum!.Reshape([k, c, .. each[1..]]);
        if (max)
        {
            var isThere = counts.Unsqueeze(1);
            var greatest = Where(isThere, cells, double.NegativeInfinity).Max([3, 5]);
            return Where(greatest.Eq(double.NegativeInfinity), 0, greatest).Cast(DType);
        }

        var n = (rows.Number * columns.Number).Maximum(1).Reshape(k, 1, 1, 1);
        return (cells.Sum([3, 5]) / n).Cast(DType);

        Tensor Spread(Tensor x) => x.Expand(each).Reshape(k, -1);

        // Along one axis: where the samples of each cell are [K, cells, samples], whether they count, and how many do.
        (Tensor At, Tensor Counts, Tensor IsInside, Tensor Number, long Most) Cells(Tensor begin, Tensor end, long cells, long limit)
        {
            var length = aligned ? end - begin : (end - begin).Maximum(1);
            var cell = length / cells;
            var number = samples > 0 ? cell.Detach() * 0 + samples : cell.Detach().Ceil();
            var most = samples > 0 ? samples : Math.Max(1, (long)number.Max().Cast(DType.Float64).Item<double>());
            var step = (Arange(most).Cast(cell.DType) + 0.5) / number.Maximum(1).Reshape(k, 1, 1);
            var at = begin.Reshape(k, 1, 1) + (Arange(cells).Cast(cell.DType).Reshape(cells, 1) + step) * cell.Reshape(k, 1, 1);
            var counted = (Arange(most).Cast(cell.DType) < number.Reshape(k, 1, 1)).Expand(k, cells, most);
            return (at, counted, (at >= -1) & (at <= limit), number, most);
        }
    }
}
