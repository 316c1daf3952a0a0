using Tenon.Onnx.Run;

namespace Tenon.Onnx.Operators.MachineLearning;

/// <summary>What models make of their scores.</summary>
internal static class Scores
{
    /// <summary>The last step of a model, <c>[N, C]</c> → <c>[N, C]</c>.</summary>
    public static Tensor Transformed(OpCall c, Tensor x, string how) => how switch
    {
        "NONE" or "" => x,
        "SOFTMAX" => x.Softmax(),
        "LOGISTIC" => x.Sigmoid(),
        "SOFTMAX_ZERO" => SoftmaxZero(x),
        "PROBIT" => Probit(x),
        _ => throw c.Error($"post_transform '{how}'. Expected NONE, SOFTMAX, LOGISTIC, SOFTMAX_ZERO or PROBIT."),
    };

    /// <summary>The labels at places <c>[N]</c>.</summary>
    /// <param name="c">The node.</param>
    /// <param name="places">Whole numbers.</param>
    /// <param name="texts">The name of the attribute with texts.</param>
    /// <param name="numbers">The name of the attribute with numbers.</param>
    public static OnnxValue Labels(OpCall c, Tensor places, string texts, string numbers) =>
        c.Texts(texts) is { Length: > 0 } names ? StringPositions.Moved(new StringValue(names, [names.Length]), x => x.IndexSelect(0, places))
        : c.Ints(numbers) is { Length: > 0 } values ? Tensor.From<long>(values, c.Context.Device).IndexSelect(0, places)
        : places.Cast(DType.Int64);

    /// <summary>How many labels a node names.</summary>
    public static int LabelCount(OpCall c, string texts, string numbers) => Math.Max(c.Texts(texts)?.Length ?? 0, c.Ints(numbers)?.Length ?? 0);

    // Softmax in which scores of zero stay zero.
    private static Tensor SoftmaxZero(Tensor x)
    {
        var max = x.Max(-1, keepDim: true);
        var weights = Tensor.Where(x.Abs() > 1e-7, (x - max).Exp(), x * (-max).Exp());
        var sum = weights.Sum(-1, keepDim: true);
        return Tensor.Where(sum.Eq(0), 0.5, weights / sum);
    }

    // Of the normal distribution, after Winitzki, A handy approximation for the error function and its inverse, 2008.
    private static Tensor Probit(Tensor p)
    {
        var x = p * 2 - 1;
        var log = ((1 - x) * (1 + x)).Log();
        var half = log * 0.5 + 2 / (Math.PI * 0.147);
        return Tensor.Where(log.Eq(double.NegativeInfinity), 0, x.Sign() * ((half.Square() - log / 0.147).Sqrt() - half).Sqrt() * Math.Sqrt(2));
    }
}
