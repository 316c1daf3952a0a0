using Tenon.Core;
using Tenon.NN;
using Tenon.Optim;

namespace Tenon.Tests.Shared;

/// <summary>The kernel counts that are watched, beside those of tinygrad: <c>tinygrad_kernel_counts.py</c> measures them.</summary>
internal static class KernelCountCases
{
    private const string Device = KernelCountCase.Device;

    public static IReadOnlyList<KernelCountCase> All { get; } =
    [
        .. Both("softmax", (1, 3), (1, 5), x => x[0].Softmax(), [128, 256]),
        .. Both("log-softmax", (1, 3), (1, 5), x => x[0].LogSoftmax(), [128, 256]),
        .. Both("layer norm", (1, 3), (2, 9), x => x[0].LayerNorm(1, x[1], x[2]), [128, 256], [256], [256]),
        .. Both("group norm", (3, 3), (3, 9), GroupNorm, [8, 32, 16, 16], [32], [32]),
        .. Both("RMS norm", (1, 2), (2, 5), x => RmsNorm(x[0], x[1]), [128, 256], [256]),
        .. Both("batch norm", (1, 3), (3, 9), x => BatchNorm(x[0], x[1], x[2]), [8, 32, 16, 16], [32], [32]),
        new("cross entropy", 2, 3, () => [CrossEntropy(Empty(128, 256))]),
        new("cross entropy, backward", 4, 5, () => Empty(128, 256) is var x && CrossEntropy(x) is var loss ? [loss, .. loss.Gradient(x)] : []),
        .. Both("attention", (3, 4), (5, 10), x => Attention(x[0], x[1], x[2]), [2, 4, 32, 16], [2, 4, 32, 16], [2, 4, 32, 16]),
        .. Both("attention, causal", (3, 4), (5, 10), x => Attention(x[0], x[1], x[2], isCausal: true), [2, 4, 32, 16], [2, 4, 32, 16], [2, 4, 32, 16]),
        .. Both("attention, half", (3, 4), (5, 10), x => Attention(x[0], x[1], x[2]), DType.Float16, [2, 4, 32, 16], [2, 4, 32, 16], [2, 4, 32, 16]),
        .. Both("convolution, bias, activation, pooling", (2, 2), (5, 7), x => x[0].Conv2d(x[1], x[2]).Relu().MaxPool2d(2), [4, 3, 32, 32], [16, 3, 5, 5], [16]),
        .. Both("convolution", (1, 1), (3, 3), x => x[0].Conv2d(x[1], padding: 1), [4, 16, 16, 16], [32, 16, 3, 3]),
        new("ResNet block", 2, 2, () => ResNetBlock(isTraining: false)),
        new("ResNet block, training", 14, 30, () => ResNetBlock(isTraining: true)),
        .. Both("Llama block", (10, 12), (30, 37), LlamaBlock, [2, 32, 128], [32, 8], [128], [128, 128], [32, 128], [32, 128], [128, 128], [128], [256, 128], [128, 256], [256, 128]),
        new("Adam, 1 parameters", 1, 6, () => Step(p => new Adam(p), 1)),
        new("Adam, 4 parameters", 2, 18, () => Step(p => new Adam(p), 4)),
        new("Adam, 16 parameters", 3, 66, () => Step(p => new Adam(p), 16)),
        new("AdamW, 1 parameters", 1, 6, () => Step(p => new AdamW(p), 1)),
        new("AdamW, 4 parameters", 2, 18, () => Step(p => new AdamW(p), 4)),
        new("AdamW, 16 parameters", 3, 66, () => Step(p => new AdamW(p), 16)),
        new("SGD, convolution", 2, 5, () => Train(p => new Sgd(p), [2, 3, 4, 4], new Conv2d(3, 32, 3, device: Device))),
        new("SGD with momentum, two convolutions", 7, 11, () => Train(
            p => new Sgd(p, new(Momentum: 0.9, Nesterov: true, WeightDecay: 0.1)), [2, 3, 4, 4], new Conv2d(3, 16, 3, bias: false, device: Device), new Conv2d(16, 32, 2, bias: false, device: Device))),
        new("Adam, linear", 4, 13, () => Train(p => new Adam(p), [4, 64, 32], new Linear(32, 128, device: Device))),
        new("Adam, two convolutions", 7, 15, () => Train(p => new Adam(p), [2, 3, 4, 4], new Conv2d(3, 16, 3, bias: false, device: Device), new Conv2d(16, 32, 2, bias: false, device: Device))),
        new("arange", 1, 1, () => [Tensor.Arange(1000).Contiguous()]),
        new("one-hot", 1, 1, () => [Integers(128).OneHot(64).Contiguous()]),
        new("gather", 1, 1, () => [Empty(128, 256).Gather(1, Integers(128, 8))]),
        new("embedding", 1, 1, () => [Empty(1000, 64).IndexSelect(0, Integers(128)).Reshape(4, 32, 64)]),
        new("cumsum", 1, 1, () => [Empty(128, 256).CumSum(1)]),
        new("cumsum, long", 3, 3, () => [Empty(8, 4096).CumSum(1)]),
        new("triangular mask", 1, 1, () => [Triangle(Empty(128, 256))]),
        new("variance", 1, 2, () => [Empty(4, 16, 16, 16).Var([0, 2, 3])]),
        new("siblings of one sum", 1, 4, () => Empty(128, 256).Sum(1) is var s ? [s.Exp(), s + 1, s * 2] : []),
        new("siblings over one input", 1, 3, () => Empty(128, 256) is var x ? [x.Sum(1), x.Max(1), x.Square().Sum(1)] : []),
        new("siblings, elementwise", 1, 3, () => Empty(128, 256) is var x ? [x.Exp(), x + 1, x.Sin()] : []),
    ];

    // The result alone, and with the gradient of each input, by a weight that is stored: then no gradient is a constant.
    private static IEnumerable<KernelCountCase> Both(string name, (int Ours, int Tinygrad) forward, (int Ours, int Tinygrad) backward, Func<Tensor[], Tensor> make, params long[][] shapes) =>
        Both(name, forward, backward, make, DType.Float32, shapes);

    private static IEnumerable<KernelCountCase> Both(string name, (int Ours, int Tinygrad) forward, (int Ours, int Tinygrad) backward, Func<Tensor[], Tensor> make, DType dtype, params long[][] shapes)
    {
        yield return new(name, forward.Ours, forward.Tinygrad, () => [make(Inputs())]);
        yield return new($"{name}, backward", backward.Ours, backward.Tinygrad, () =>
        {
            var inputs = Inputs();
            var y = make(inputs);
            return [y, .. (y * Tensor.Empty(y.Shape.ToArray(), y.DType, Device)).Sum().Gradient(inputs)];
        });

        Tensor[] Inputs() => [.. shapes.Select(s => Tensor.Empty(s, dtype, Device))];
    }

    private static Tensor Empty(params long[] shape) => Tensor.Empty(shape, null, Device);

    private static Tensor Integers(params long[] shape) => Tensor.Empty(shape, DType.Int32, Device);

    private static Tensor CrossEntropy(Tensor x) => x.CrossEntropy(Integers(x.Size(0)));

    private static Tensor GroupNorm(Tensor[] x) =>
        x[0].Reshape(8, 4, -1).LayerNorm().Reshape(x[0].Shape.ToArray()) * x[1].Reshape(-1, 1, 1) + x[2].Reshape(-1, 1, 1);

    private static Tensor RmsNorm(Tensor x, Tensor weight) => x * (x.Square().Mean(-1, keepDim: true) + 1e-6).Rsqrt() * weight;

    private static Tensor BatchNorm(Tensor x, Tensor weight, Tensor bias)
    {
        var centred = x - x.Mean([0, 2, 3], keepDim: true);
        var variance = centred.Square().Mean([0, 2, 3], keepDim: true);
        return centred * (weight.Reshape(-1, 1, 1) * (variance + 1e-5).Rsqrt()) + bias.Reshape(-1, 1, 1);
    }

    private static Tensor Attention(Tensor q, Tensor k, Tensor v, bool isCausal = false)
    {
        var scores = q.MatMul(k.T) * (1 / Math.Sqrt(q.Size(-1)));
        if (isCausal)
        {
            var n = q.Size(-2);
            scores = Tensor.Where(Tensor.Arange(n) <= Tensor.Arange(n).Unsqueeze(1), scores, double.NegativeInfinity);
        }

        return scores.Softmax().MatMul(v);
    }

    private static Tensor[] ResNetBlock(bool isTraining)
    {
        var body = new Sequential(
            new Conv2d(32, 32, 3, padding: 1, bias: false, device: Device),
            new BatchNorm2d(32, device: Device),
            Activation.Relu,
            new Conv2d(32, 32, 3, padding: 1, bias: false, device: Device),
            new BatchNorm2d(32, device: Device));
        Tensor[] state = [.. body.Parameters(), .. body.Buffers()];
        Tensor.Realize(state);
        body.Train(isTraining);
        var x = Empty(4, 32, 16, 16);
        var y = (body.Forward(x) + x).Relu();
        return isTraining ? [y, .. (y * Tensor.Empty(y.Shape.ToArray(), null, Device)).Sum().Gradient([x, .. body.Parameters()]), .. body.Buffers()] : [y];
    }

    // Inputs: x, angles, and the weights of norm, q, k, v, output, norm, gate, down, up.
    private static Tensor LlamaBlock(Tensor[] x)
    {
        var (batch, time, width) = (x[0].Size(0), x[0].Size(1), x[0].Size(2));
        var h = RmsNorm(x[0], x[2]);
        var q = Rotate(Heads(h.Linear(x[3]), 8));
        var k = Rotate(Heads(h.Linear(x[4]), 2));
        var v = Heads(h.Linear(x[5]), 2);
        h = x[0] + Attention(q, Repeat(k), Repeat(v), isCausal: true).Transpose(1, 2).Reshape(batch, time, width).Linear(x[6]);
        var n = RmsNorm(h, x[7]);
        return h + (n.Linear(x[8]).Silu() * n.Linear(x[10])).Linear(x[9]);

        Tensor Heads(Tensor t, long heads) => t.Reshape(batch, time, heads, 16).Transpose(1, 2);

        Tensor Repeat(Tensor t) => t.Unsqueeze(2).Expand(batch, 2, 4, time, 16).Reshape(batch, 8, time, 16);

        Tensor Rotate(Tensor t)
        {
            var pairs = t.Reshape([.. t.Shape.ToArray()[..^1], -1, 2]);
            var (a, b, cos, sin) = (pairs[Tensor.Ellipsis, 0], pairs[Tensor.Ellipsis, 1], x[1].Cos(), x[1].Sin());
            return Tensor.Stack([a * cos - b * sin, a * sin + b * cos], -1).Reshape(t.Shape.ToArray());
        }
    }

    private static Tensor Triangle(Tensor x) => Tensor.Where(Tensor.Arange(x.Size(0)).Unsqueeze(1) <= Tensor.Arange(x.Size(1)), x, 0);

    private static Tensor[] Step(Func<Tensor[], Optimizer> make, int count)
    {
        Tensor[] parameters = [.. Enumerable.Range(0, count).Select(i => Empty(16 + i, 8))];
        Array.ForEach(parameters, p => p.RequiresGrad = true);
        var optimizer = make(parameters);
        Array.ForEach(parameters, p => p.Grad = Tensor.Empty(p.Shape.ToArray(), null, Device));
        return [.. optimizer.ScheduleStep()];
    }

    private static Tensor[] Train(Func<Module, Optimizer> make, long[] shape, params Module[] layers)
    {
        var model = new Sequential([.. layers.SelectMany(l => new[] { l, Activation.Relu })]);
        var optimizer = make(model);
        model.Forward(Empty(shape)).Sum().Backward();
        return [.. optimizer.ScheduleStep()];
    }
}
