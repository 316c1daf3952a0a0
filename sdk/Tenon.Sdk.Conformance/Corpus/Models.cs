using Tenon.Core;
using Tenon.NN;
using Tenon.Optim;

namespace Tenon.Sdk.Conformance;

/// <summary>Real models in small, whose kernels are the corpus. Each computes on the default device.</summary>
internal static class Models
{
    /// <summary>Every model, and in which quick runs it is.</summary>
    public static IReadOnlyList<(string Name, QuickRuns Quick, Action Run)> All { get; } =
    [
        ("elementwise", QuickRuns.All, Elementwise),
        ("matmul", QuickRuns.All, MatMul),
        ("reductions", QuickRuns.All, Reductions),
        ("norms", QuickRuns.Corpus, Norms),
        ("convolution", QuickRuns.Corpus, Convolution),
        ("indexing", QuickRuns.All, Indexing),
        ("integers", QuickRuns.Corpus, Integers),
        ("functions", QuickRuns.Corpus, Functions),
        ("digits training step", QuickRuns.None, DigitsStep),
        ("convolution block", QuickRuns.None, ConvolutionBlock),
        ("transformer block", QuickRuns.None, TransformerBlock),
        ("attention", QuickRuns.None, Attention),
        ("sorting", QuickRuns.None, Sorting),
        ("recurrence", QuickRuns.None, Recurrence),
        ("random numbers", QuickRuns.None, RandomNumbers),
        ("halves", QuickRuns.None, () => Narrow(DType.Float16)),
        ("bfloats", QuickRuns.None, () => Narrow(DType.BFloat16)),
        ("doubles", QuickRuns.None, Doubles),
        ("narrow floats", QuickRuns.None, NarrowFloats),
        ("symbolic sizes", QuickRuns.None, Symbolic),
        ("movement", QuickRuns.None, Movement),
    ];

    private static Tensor Data(params Shape shape) => Tensor.Rand(shape).Realize();

    private static Tensor Numbers(int below, Shape shape, DType? dtype = null) => Tensor.RandInt(0, below, shape, dtype ?? DType.Int32).Realize();

    private static void Done(params ReadOnlySpan<Tensor> results) => Tensor.Realize(results);

    private static void Elementwise()
    {
        var (x, y) = (Data(37, 29), Data(37, 29));
        Done((x * y + 1).Relu(), (x - y) / (y + 1), Tensor.Where(x < y, x, -y), x.Maximum(y).Minimum(0.9), (x + Data(29)).Sqrt(), x.Transpose(0, 1).Contiguous() + 1);
    }

    private static void MatMul()
    {
        Done(Data(33, 17).MatMul(Data(17, 40)), Data(64, 64).MatMul(Data(64, 64)), Data(1, 96).MatMul(Data(96, 33)), Data(3, 8, 12).MatMul(Data(3, 12, 5)));
        Done((Data(20, 24).MatMul(Data(24, 16)) + Data(16)).Gelu(), Data(16, 32).Transpose(0, 1).MatMul(Data(16, 9)));
    }

    private static void Reductions()
    {
        var x = Data(23, 65);
        Done(x.Sum(), x.Sum(0), x.Sum(1), x.Max(1), x.Min(0), x.Mean(), x.Var(1), (x < 0.5).Any(1), (x > 0.1).All(0), x.Prod(1));
        Done(Data(4000).Sum(), Data(3, 700).Max(1), x.ArgMax(1), x.ArgMin(0), x.LogSumExp(1), x.CumSum(1));
    }

    private static void Norms()
    {
        var x = Data(12, 40);
        Done(x.Softmax(), x.LogSoftmax(), x.LayerNorm(1, Data(40), Data(40)), x.Softmax(0));
        Done(new RmsNorm(40).Forward(x), new GroupNorm(4, 8).Forward(Data(2, 8, 5, 5)));
    }

    private static void Convolution()
    {
        Done(Data(2, 3, 9, 9).Conv2d(Data(4, 3, 3, 3), Data(4)).Relu(), Data(1, 4, 10, 10).Conv2d(Data(4, 1, 3, 3), stride: 2, padding: 1, groups: 4));
        Done(Data(1, 2, 12, 12).MaxPool2d(2), Data(1, 8, 6, 6).Conv2d(Data(16, 8, 1, 1)));
    }

    private static void Indexing()
    {
        var table = Data(20, 8);
        var index = Numbers(20, [13]);
        Done(table.IndexSelect(0, index), table.Gather(0, Numbers(20, [5, 8])), index.OneHot(20), Tensor.Zeros(20, 8).Scatter(0, Numbers(20, [5, 8]), Data(5, 8)));
        Done(new Embedding(20, 8).Forward(Numbers(20, [3, 4])), table[2..15, ^3], Tensor.Cat([table, Data(3, 8)]), table.Flip(1), table.Roll(3));
    }

    private static void Integers()
    {
        var (x, y) = (Numbers(1000, [300]), Numbers(30, [300]) + 1);
        Done(x / y, x % y, x * y - 500, (x - 500) % y, x & y, x ^ (y << 3), (x - 500) >> 2, x.Eq(y), x.Cast(DType.Float32) * 0.5);
        Done(Numbers(200, [64], DType.UInt8).Cast(DType.Int32).Sum(), Numbers(100, [64], DType.Int8) * 3, Numbers(1000, [64], DType.Int64) * 3_000_000_000L, Numbers(100, [20, 24], DType.Int8).Cast(DType.Int32).MatMul(Numbers(100, [24, 8], DType.Int8).Cast(DType.Int32)));
        Done(Numbers(60_000, [33], DType.UInt16) + 9000, Numbers(1000, [33], DType.UInt64) * 12345, x.Cast(DType.Bool).Sum(), (x - 500).Max());
    }

    private static void Functions()
    {
        var x = Data(150) * 8 - 4;
        x.Realize();
        Done(x.Exp(), x.Abs().Log(), x.Sin(), x.Cos(), x.Tanh(), x.Sigmoid(), x.Erf(), x.Gelu(), x.Abs().Pow(1.7), x.Exp2(), x.Abs().Log2(), x.Atan(), x.Floor(), x.Round(), x.Silu());
    }

    private static void DigitsStep()
    {
        var model = new Sequential(new Conv2d(1, 4, 5), Activation.Relu, new MaxPool2d(2), new Conv2d(4, 6, 3), Activation.Relu, new MaxPool2d(2), new Flatten(), new Linear(6 * 2 * 2, 10));
        Train(model, Data(3, 1, 18, 18), Numbers(10, [3]));
    }

    private static void Train(Module model, Tensor x, Tensor labels)
    {
        var adam = new Adam(model.Parameters(), 1e-3);
        for (var step = 0; step < 2; step++)
        {
            adam.ZeroGrad();
            var loss = model.Forward(x).CrossEntropy(labels);
            loss.Backward();
            adam.Step(loss);
        }
    }

    private static void ConvolutionBlock()
    {
        var model = new Sequential(new Conv2d(3, 8, 3, padding: 1, bias: false), new BatchNorm2d(8), Activation.Relu, new Conv2d(8, 8, 3, padding: 1, bias: false), new BatchNorm2d(8), new Flatten(), new Linear(8 * 6 * 6, 5));
        Train(model, Data(2, 3, 6, 6), Numbers(5, [2]));
    }

    private static void TransformerBlock()
    {
        var layer = new TransformerEncoderLayer(16, 2, new TransformerOptions(32, Dropout: 0));
        var x = Data(2, 7, 16);
        x.RequiresGrad = true;
        layer.Forward(x).Square().Mean().Backward();
        Done([x.Grad!, .. layer.Parameters().Select(p => p.Grad).OfType<Tensor>()]);
    }

    private static void Attention() => Done(Data(1, 2, 9, 8).ScaledDotProductAttention(Data(1, 2, 9, 8), Data(1, 2, 9, 8), isCausal: true));

    private static void Sorting()
    {
        var x = Data(3, 33);
        var (values, indices) = x.Sort();
        var (top, at) = x.TopK(4);
        Done(values, indices, top, at, x.CumMax(1).Values, x.Median(1).Values);
    }

    private static void Recurrence() => Done(new LstmCell(6, 8).Forward(Data(2, 6), (Data(2, 8), Data(2, 8))).Hidden);

    private static void RandomNumbers() => Done(Tensor.Rand(333), Tensor.Randn(100), Tensor.RandInt(-5, 77, [64]));

    private static void Narrow(DType dtype)
    {
        var (x, y) = (Data(24, 20).Cast(dtype).Realize(), Data(20, 12).Cast(dtype).Realize());
        Done(x.MatMul(y), x.Softmax(), x * 3 + 1, x.Sum(), x.Max(0), x.Exp(), x.Cast(DType.Float32), x.Cast(DType.Int32), x < 0.5);
    }

    private static void Doubles()
    {
        var x = Data(15, 18).Cast(DType.Float64).Realize();
        Done(x.MatMul(x.Transpose(0, 1)), x.Softmax(), x.Exp(), x.Sin(), x.Cast(DType.Float32), x.Sum(1));
    }

    private static void NarrowFloats()
    {
        var x = Data(64);
        Done(x.Cast(DType.Float8E4M3FN), (x * 100).Cast(DType.Float8E5M2).Realize().Cast(DType.Float32) + 1, (Numbers(7, [32]) - 4).Cast(DType.Int4).Cast(DType.Int32));
    }

    private static void Symbolic()
    {
        var x = Data(12, 12);
        var n = new Variable("n", 1, 12).Bind(7);
        var part = x.Shrink([(0, n), (0, 12)]);
        Done(part.Sum(0), part.Softmax(), part.Transpose(0, 1).MatMul(part));
    }

    private static void Movement()
    {
        var x = Data(6, 5, 4);
        Done(x.Permute(2, 0, 1).Contiguous(), x.Pad([(1, 2), (0, 0), (3, 1)]), x.Flip(0, 2).Contiguous(), x[.., 1..4, ..2].Contiguous(), x.Reshape(10, 12).Transpose(0, 1).Contiguous(), x.Expand(6, 5, 4).Tril());
        Done(Data(1, 2, 6, 6).Unfold(3), x.Roll(2), x.Diagonal());
    }
}

/// <summary>In which quick runs a model is.</summary>
internal enum QuickRuns
{
    /// <summary>In none.</summary>
    None,

    /// <summary>Where models run once.</summary>
    Corpus,

    /// <summary>Also where they run for each mask.</summary>
    All,
}
