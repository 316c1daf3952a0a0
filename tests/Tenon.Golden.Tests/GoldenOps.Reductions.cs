namespace Tenon.Golden.Tests;

internal static partial class GoldenOps
{
    private static Dictionary<string, Op> Reductions => new()
    {
        ["sum"] = Reduce((x, axes, keep) => x.Sum(axes, keep)),
        ["mean"] = Reduce((x, axes, keep) => x.Mean(axes, keep)),
        ["prod"] = Reduce((x, axes, keep) => x.Prod(axes, keep)),
        ["amax"] = Reduce((x, axes, keep) => x.Max(axes, keep)),
        ["amin"] = Reduce((x, axes, keep) => x.Min(axes, keep)),
        ["all"] = Reduce((x, axes, keep) => x.All(axes, keep)),
        ["any"] = Reduce((x, axes, keep) => x.Any(axes, keep)),
        ["var"] = Reduce((x, axes, keep) => x.Var(axes, keep)),
        ["std"] = Reduce((x, axes, keep) => x.Std(axes, keep)),
        ["argmax"] = With((x, a) => a.Has("axis") ? x.ArgMax(a.Int("axis"), a.Bool("keep")) : x.ArgMaxAll()),
        ["cumsum"] = With((x, a) => x.CumSum(a.Int("axis"))),
        ["sort"] = (x, a) => Both(x[0].Sort(a.Int("axis"), a.Bool("descending"))),
        ["argsort"] = With((x, a) => x.ArgSort(a.Int("axis"), a.Bool("descending"))),
        ["topk"] = (x, a) => Both(x[0].TopK(a.Int("k"), a.Int("axis"), a.Bool("largest"))),
        ["argmin"] = With((x, a) => a.Has("axis") ? x.ArgMin(a.Int("axis"), a.Bool("keep")) : x.ArgMinAll()),
        ["logsumexp"] = Reduce((x, axes, keep) => x.LogSumExp(axes, keep)),
        ["norm1"] = Reduce((x, axes, keep) => x.Norm(1, axes, keep)),
        ["norm2"] = Reduce((x, axes, keep) => x.Norm(2, axes, keep)),
        ["norm3"] = Reduce((x, axes, keep) => x.Norm(3, axes, keep)),
        ["norminf"] = Reduce((x, axes, keep) => x.Norm(double.PositiveInfinity, axes, keep)),
        ["nansum"] = Reduce((x, axes, keep) => x.NanSum(axes, keep)),
        ["nanmean"] = Reduce((x, axes, keep) => x.NanMean(axes, keep)),
        ["count_nonzero"] = Reduce((x, axes, _) => x.CountNonZero(axes)),
        ["median"] = With((x, a) => x.Median(a.Int("axis"), a.Bool("keep")).Values),
        ["quantile"] = With((x, a) => x.Quantile(Tensor.Full([], a.Double("q"), x.DType), -1, method: Enum.Parse<QuantileMethod>(a.Text("mode"), ignoreCase: true))),
        ["cumprod"] = With((x, a) => x.CumProd(a.Int("axis"))),
        ["logcumsumexp"] = With((x, a) => x.LogCumSumExp(a.Int("axis"))),
        ["cummax"] = With((x, a) => x.CumMax(a.Int("axis")).Values),
        ["cummin"] = With((x, a) => x.CumMin(a.Int("axis")).Values),
        ["kthvalue"] = With((x, a) => x.KthValue(a.Int("k")).Values),
        ["bincount"] = With((x, a) => x.BinCount(minLength: a.Int("length"))),
        ["histc"] = With((x, a) => x.Histc(a.Int("bins"), a.Double("min"), a.Double("max"))),
    };

    private static Op Reduce(Func<Tensor, int[]?, bool, Tensor> function) => With((x, a) => function(x, a.Has("axis") ? a.Ints("axis") : null, a.Bool("keep")));
}
