using Tenon.Core;

namespace Tenon;

/// <summary>What a quantile between two elements is.</summary>
public enum QuantileMethod
{
    /// <summary>On the line between them.</summary>
    Linear,

    /// <summary>The lower.</summary>
    Lower,

    /// <summary>The higher.</summary>
    Higher,

    /// <summary>The nearer; half-way the one of even number.</summary>
    Nearest,

    /// <summary>Their mean.</summary>
    Midpoint,
}

public sealed partial class Tensor
{
    /// <summary>The median of all elements: the lower of the two in the middle if their number is even; NaN if one is NaN.</summary>
    public Tensor Median() => Flatten().Median(0).Values;

    /// <summary>The median along an axis and where it is; see <see cref="Median()"/>.</summary>
    public (Tensor Values, Tensor Indices) Median(int axis, bool keepDim = false)
    {
        var at = Shapes.Axis(axis, Rank, nameof(Median));
        RequireElements([at], nameof(Median));
        var n = Shape.Size(at);
        var order = ArgSort(at);
        var middle = (Tensor)((n - 1) / 2);
        if (DType.IsFloat)
        {
            // With a NaN, the first of them.
            var count = (~IsNaN()).Sum(at, keepDim: true);
            middle = Where(count < (Tensor)n, count, middle);
        }

        return WithIndex(order.Gather(at, middle.Expand(Shapes.With(Shape, at, 1))), at, keepDim);
    }

    /// <summary>The median of all elements that are not NaN.</summary>
    public Tensor NanMedian() => Flatten().NanMedian(0).Values;

    /// <summary>The median along an axis of the elements that are not NaN, and where it is; NaN if all are.</summary>
    public (Tensor Values, Tensor Indices) NanMedian(int axis, bool keepDim = false)
    {
        var at = Shapes.Axis(axis, Rank, nameof(NanMedian));
        RequireElements([at], nameof(NanMedian));
        var middle = ((~IsNaN()).Sum(at, keepDim: true) - 1).Maximum(0).IntDiv(2);
        return WithIndex(ArgSort(at).Gather(at, middle), at, keepDim);
    }

    /// <summary>The element along an axis that occurs most often, the least of several, and where it occurs last.</summary>
    public (Tensor Values, Tensor Indices) Mode(int axis = -1, bool keepDim = false)
    {
        var at = Shapes.Axis(axis, Rank, nameof(Mode));
        RequireElements([at], nameof(Mode));
        var (sorted, order) = Detach().Transpose(at, -1).Sort();
        var n = Shape.Size(at);
        var place = Arange(n).Expand(sorted.Shape);
        var isFirst = (place.Eq(0) | sorted.Ne(Later(sorted, -1, 1, 0))).Contiguous();
        var length = place - Where(isFirst, place, 0).CumMax(-1).Values;
        return WithIndex(order.Gather(-1, length.ArgMax(-1, keepDim: true)).Transpose(at, -1), at, keepDim);
    }

    /// <summary>The quantile of the elements: the value below which the share <paramref name="q"/> of them lies.</summary>
    /// <param name="q">Shares from 0 to 1: one number, or <c>[Q]</c>, which is then the first axis of the result.</param>
    /// <param name="axis">The axis; null for all elements.</param>
    /// <param name="keepDim">Whether the axis stays with size 1.</param>
    /// <param name="method">What lies between two elements.</param>
    /// <remarks>NaN if one of the elements is NaN.</remarks>
    public Tensor Quantile(Tensor q, int? axis = null, bool keepDim = false, QuantileMethod method = QuantileMethod.Linear) => Quantile(q, axis, keepDim, method, ignoreNaN: false);

    /// <summary>The quantile of the elements that are not NaN; see <see cref="Quantile(Tensor, int?, bool, QuantileMethod)"/>.</summary>
    public Tensor NanQuantile(Tensor q, int? axis = null, bool keepDim = false, QuantileMethod method = QuantileMethod.Linear) => Quantile(q, axis, keepDim, method, ignoreNaN: true);

    /// <summary>The covariances of variables (rows) over observations (columns): <c>[N, M]</c> → <c>[N, N]</c>; of <c>[M]</c> the variance.</summary>
    /// <param name="correction">Subtracted from the number of observations.</param>
    /// <param name="weights">How often each observation counts, <c>[M]</c>; null for once.</param>
    public Tensor Cov(int correction = 1, Tensor? weights = null)
    {
        var x = ToFloat();
        x = Rank < 2 ? x.Reshape(1, -1) : x;
        var w = weights?.Cast(x.DType) ?? Ones([x.Shape.Size(1)], x.DType);
        var total = w.Sum();
        var centred = x - (x * w).Sum(1, keepDim: true) / total;
        var result = (centred * w).MatMul(centred.T) / (total - correction).Maximum(0);
        return Rank < 2 ? result.Reshape() : result;
    }

    /// <summary>The correlation coefficients of variables (rows) over observations (columns): <c>[N, M]</c> → <c>[N, N]</c>.</summary>
    public Tensor CorrCoef()
    {
        var c = Cov();
        if (c.Rank == 0)
        {
            return c / c;
        }

        var deviation = c.Diagonal().Sqrt();
        return (c / deviation.Unsqueeze(1) / deviation).Clamp(-1, 1);
    }

    private Tensor Quantile(Tensor q, int? axis, bool keepDim, QuantileMethod method, bool ignoreNaN)
    {
        if (q.Rank > 1)
        {
            throw new TenonException("TEN3157", $"Quantile: shares {q.Shape}. Expected a number or one axis.");
        }

        if (axis is null)
        {
            var all = Flatten().Quantile(q, 0, false, method, ignoreNaN);
            return keepDim ? all.Reshape([.. q.Shape, .. Enumerable.Repeat<SymInt>(1, Rank)]) : all;
        }

        var at = Shapes.Axis(axis.Value, Rank, nameof(Quantile));
        RequireElements([at], nameof(Quantile));
        var x = ToFloat().Transpose(at, -1);
        var sorted = x.Sort().Values;

        // Where the shares lie among the sorted elements, [Q, …, 1]; the last of them is NaN if any is.
        var isNaN = sorted.IsNaN();
        var count = (~isNaN).Sum(-1, keepDim: true).Cast(DType.Float64);
        var last = ignoreNaN ? (count - 1.0).Maximum(0) : Where(count < (Tensor)Shape.Size(at), double.PositiveInfinity, count - 1.0);
        var place = q.Cast(DType.Float64).Reshape([q.Shape.Elements, .. Enumerable.Repeat<SymInt>(1, Rank)]) * Where(last.IsInf(), 0, last);
        place = method switch
        {
            QuantileMethod.Lower => place.Floor(),
            QuantileMethod.Higher => place.Ceil(),
            QuantileMethod.Nearest => place.Round(),
            QuantileMethod.Midpoint => (place.Floor() + place.Ceil()) * 0.5,
            _ => place,
        };
        var (below, above) = (place.Floor(), place.Ceil());
        var low = Picked(sorted.Unsqueeze(-1), below.Cast(DType.Int32)).Squeeze(-1);
        var high = Picked(sorted.Unsqueeze(-1), above.Cast(DType.Int32)).Squeeze(-1);
        var value = Where(below.Eq(above), low, low.Lerp(high, (place - below).Cast(x.DType)));
        value = Where(last.IsInf(), double.NaN, value).Transpose(at + 1, -1);
        var shape = keepDim ? value.Shape : Shapes.Without(value.Shape, [at + 1]);
        return value.Reshape(q.Rank == 0 ? Shapes.Without(shape, [0]) : shape).AsValue();
    }
}
