using static Tenon.Onnx.Tests.OneNode;

namespace Tenon.Onnx.Tests;

/// <summary>What ONNX's own tests leave out.</summary>
public sealed class OperatorTests
{
    private static Tensor Ramp(params long[] shape) => ((Tensor.Arange(0, shape.Aggregate(1L, (a, b) => a * b)).Cast(DType.Float32) * 0.7).Sin()).Reshape(shape);

    private static readonly Dictionary<string, int> Gates = new() { ["RNN"] = 1, ["GRU"] = 3, ["LSTM"] = 4 };

    // A sequence of 2 in a batch that goes to 3 gives what it gives by itself; a layer backwards is the layer on what is turned.
    [Test]
    public void LengthsCutSequencesAndDirectionsTurnThem([Values("RNN", "GRU", "LSTM")] string op)
    {
        var (w, r, b) = (Ramp(2, Gates[op] * 2, 3), Ramp(2, Gates[op] * 2, 2) * 0.5, Ramp(2, Gates[op] * 4));
        var x = Ramp(3, 2, 3);
        var lengths = Tensor.From<int>([3, 2]);
        (string, object)[] both = [("hidden_size", 2), ("direction", "bidirectional"), ("clip", 0.8)];
        var outputs = Outputs("", op, 2, [x, w, r, b, lengths], both);
        var alone = Outputs("", op, 2, [x[..2, 1..], w, r, b], both);
        Assert.That(outputs[0].Tensor[..2, .., 1..].ToArray<float>(), Is.EqualTo(alone[0].Tensor.ToArray<float>()).Within(1e-6f));
        Assert.That(outputs[0].Tensor[2.., .., 1..].ToArray<float>(), Is.All.Zero);
        Assert.That(outputs[1].Tensor[.., 1..].ToArray<float>(), Is.EqualTo(alone[1].Tensor.ToArray<float>()).Within(1e-6f));

        var turned = Outputs("", op, 1, [x[.., ..1].Flip(0), w[1..], r[1..], b[1..]], ("hidden_size", 2), ("clip", 0.8))[0].Tensor.Flip(0);
        Assert.That(outputs[0].Tensor[.., 1.., ..1].ToArray<float>(), Is.EqualTo(turned.ToArray<float>()).Within(1e-6f));
    }

    [Test]
    public void LayoutPutsTheBatchFirst()
    {
        var (x, w, r) = (Ramp(3, 2, 3), Ramp(1, 6, 3), Ramp(1, 6, 2));
        var steps = Outputs("", "GRU", 2, [x, w, r], ("hidden_size", 2), ("linear_before_reset", 1));
        var batches = Outputs("", "GRU", 2, [x.Permute(1, 0, 2), w, r], ("hidden_size", 2), ("linear_before_reset", 1), ("layout", 1));
        Assert.That(batches[0].Tensor.Permute(1, 2, 0, 3).ToArray<float>(), Is.EqualTo(steps[0].Tensor.ToArray<float>()));
        Assert.That(batches[1].Tensor.Permute(1, 0, 2).ToArray<float>(), Is.EqualTo(steps[1].Tensor.ToArray<float>()));
    }

    [Test]
    public void SeedsRepeatAndDrawsAreInRange()
    {
        (string, object)[] seeded = [("shape", new[] { 500 }), ("low", 2.0), ("high", 4.0), ("seed", 3.0)];
        var first = Floats("", "RandomUniform", [], seeded);
        Assert.That(Floats("", "RandomUniform", [], seeded), Is.EqualTo(first));
        Assert.That(Floats("", "RandomUniform", [], [.. seeded[..3]]), Is.Not.EqualTo(first));
        Assert.That(first, Is.All.InRange(2f, 4f));
        Assert.That(first.Average(), Is.EqualTo(3).Within(0.2));
        var normal = Floats("", "RandomNormalLike", [Tensor.Zeros(1000)], ("mean", 1.0), ("scale", 0.5), ("seed", 1.0));
        Assert.That(normal.Average(), Is.EqualTo(1).Within(0.1));

        // Logarithms of 1/4, 0 and 3/4.
        var drawn = Outputs("", "Multinomial", 1, [Tensor.From<float>([0, float.NegativeInfinity, MathF.Log(3)], [1, 3])], ("sample_size", 1000), ("seed", 1.0))[0].Tensor.ToArray<int>();
        Assert.That(drawn, Has.None.EqualTo(1));
        Assert.That(drawn.Count(d => d == 0), Is.EqualTo(250).Within(60));
    }

    [Test]
    public void RegionsGiveTheirGreatest()
    {
        var x = Tensor.Arange(16).Cast(DType.Float32).Reshape(1, 1, 4, 4);
        var rois = Tensor.From<float>([0, 0, 0, 3, 3, 0, 1, 1, 2, 2], [2, 5]);
        Assert.That(Floats("", "MaxRoiPool", [x, rois], ("pooled_shape", new[] { 2, 2 })), Is.EqualTo(new[] { 5f, 7, 13, 15, 5, 6, 9, 10 }));
    }

    [Test]
    public void TextsAreCast()
    {
        Assert.That(Floats("", "Cast", [(OnnxValue)new[] { "1.5", "-INF", "1e3", "nan" }], ("to", 1)), Is.EqualTo(new[] { 1.5f, float.NegativeInfinity, 1000, float.NaN }));
        Assert.That(Outputs("", "Cast", 1, [Tensor.From<float>([1.5f, -2])], ("to", 8))[0].Strings.Values, Is.EqualTo(new[] { "1.5", "-2" }));
        Assert.That(() => Floats("", "Cast", [(OnnxValue)new[] { "one" }], ("to", 1)), Throws.InstanceOf<TenonException>().With.Message.Contains("'one'"));
    }

    [Test]
    public void FusedOperatorsAreTheSumOfTheirParts()
    {
        const string Domain = "com.microsoft";
        var (x, bias) = (Ramp(1, 3, 4), Ramp(4));
        Same(Floats(Domain, "BiasGelu", [x, bias]), (x + bias).Gelu());
        Same(Floats(Domain, "FastGelu", [x, bias]), (x + bias).Gelu(approximate: true));
        Same(Floats(Domain, "SkipLayerNormalization", [x, x * 2, bias, bias]), (x * 3).LayerNorm(1, bias, bias, 1e-12));
        var (scale, zero) = (Tensor.From<float>([0.5f]).Reshape([]), Tensor.From<byte>([10]).Reshape([]));
        var (a, b) = (Tensor.From<byte>([12, 14]), Tensor.From<byte>([10, 200]));
        Assert.That(Outputs(Domain, "QLinearAdd", 1, [a, scale, zero, b, scale, zero, scale, zero])[0].Tensor.ToArray<byte>(), Is.EqualTo(new byte[] { 12, 204 }));
        Assert.That(Outputs(Domain, "QLinearMul", 1, [a, scale, zero, b, scale, zero, scale, zero])[0].Tensor.ToArray<byte>(), Is.EqualTo(new byte[] { 10, 255 }));

        // Two heads, causal, the last key of nobody's.
        var weights = Ramp(4, 12);
        var parts = x.MatMul(weights).Split(4, 2).Select(p => p.Reshape(1, 3, 2, 2).Permute(0, 2, 1, 3)).ToArray();
        var sees = Tensor.From<int>([1, 0, 0, 1, 1, 0, 1, 1, 0], [3, 3]).Cast(DType.Bool);
        var expected = parts[0].ScaledDotProductAttention(parts[1], parts[2], sees).Permute(0, 2, 1, 3).Flatten(2);
        Same(Floats(Domain, "Attention", [x, weights, null, Tensor.From<int>([2])], ("num_heads", 2), ("unidirectional", 1)), expected);

        static void Same(float[] actual, Tensor expected) => Assert.That(actual, Is.EqualTo(expected.ToArray<float>()).Within(1e-5f));
    }
}
