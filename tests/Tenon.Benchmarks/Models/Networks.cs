using Tenon.Onnx.Tests;
using Value = Tenon.Benchmarks.NetworkWriter.Value;

namespace Tenon.Benchmarks;

/// <summary>Well-known networks with made-up weights, as exporters write them for inference.</summary>
internal static class Networks
{
    private const int BertLength = 128;

    /// <summary>ResNet-50 on one picture <c>[1, 3, 224, 224]</c>.</summary>
    public static Value ResNet50(NetworkWriter w)
    {
        var x = Relu(w, w.Conv(w.Input("x", 1, 3, 224, 224), 64, 7, 2));
        x = w.Node("MaxPool", [1, 64, 56, 56], $"{x}", ModelBuilder.Ints("kernel_shape", 3, 3), ModelBuilder.Ints("pads", 1, 1, 1, 1), ModelBuilder.Ints("strides", 2, 2));
        int[] blocks = [3, 4, 6, 3];
        for (var stage = 0; stage < blocks.Length; stage++)
        {
            for (var block = 0; block < blocks[stage]; block++)
            {
                var (width, stride) = (64 << stage, stage > 0 && block == 0 ? 2 : 1);
                var y = Relu(w, w.Conv(Relu(w, w.Conv(x, width, 1)), width, 3, stride));
                y = w.Conv(y, 4 * width, 1);
                x = Relu(w, w.Node("Add", y.Shape, $"{y} {(block == 0 ? w.Conv(x, 4 * width, 1, stride) : x)}"));
            }
        }

        return Classifier(w, x);
    }

    /// <summary>MobileNet-v2 on one picture <c>[1, 3, 224, 224]</c>.</summary>
    public static Value MobileNetV2(NetworkWriter w)
    {
        var (low, high) = (w.Constant(0), w.Constant(6));
        Value Relu6(Value v) => w.Node("Clip", v.Shape, $"{v} {low} {high}");
        var x = Relu6(w.Conv(w.Input("x", 1, 3, 224, 224), 32, 3, 2));
        (int Expansion, int Channels, int Blocks, int Stride)[] stages = [(1, 16, 1, 1), (6, 24, 2, 2), (6, 32, 3, 2), (6, 64, 4, 2), (6, 96, 3, 1), (6, 160, 3, 2), (6, 320, 1, 1)];
        foreach (var (expansion, channels, blocks, first) in stages)
        {
            for (var block = 0; block < blocks; block++)
            {
                var (stride, wide) = (block == 0 ? first : 1, (int)x.Shape[1] * expansion);
                var y = expansion == 1 ? x : Relu6(w.Conv(x, wide, 1));
                y = w.Conv(Relu6(w.Conv(y, wide, 3, stride, wide)), channels, 1);
                x = stride == 1 && x.Shape[1] == channels ? w.Node("Add", y.Shape, $"{y} {x}") : y;
            }
        }

        return Classifier(w, Relu6(w.Conv(x, 1280, 1)));
    }

    /// <summary>BERT-base without its table of words: <c>[1, 128, 768]</c> through 12 blocks.</summary>
    public static Value Bert(NetworkWriter w)
    {
        const int Dimensions = 768, Heads = 12, Layers = 12;
        var x = w.Input("x", 1, BertLength, Dimensions);
        var (split, merged) = (w.Longs(1, BertLength, Heads, Dimensions / Heads), w.Longs(1, BertLength, Dimensions));
        var (half, one, root, scale) = (w.Constant(0.5f), w.Constant(1), w.Constant(MathF.Sqrt(2)), w.Constant(MathF.Sqrt(Dimensions / Heads)));
        for (var layer = 0; layer < Layers; layer++)
        {
            var (q, k, v) = (Split(w.Linear(x, Dimensions), 0, 2, 1, 3), Split(w.Linear(x, Dimensions), 0, 2, 3, 1), Split(w.Linear(x, Dimensions), 0, 2, 1, 3));
            long[] square = [1, Heads, BertLength, BertLength];
            var scores = w.Node("Div", square, $"{w.Node("MatMul", square, $"{q} {k}")} {scale}");
            var attended = w.Node("MatMul", q.Shape, $"{w.Node("Softmax", square, $"{scores}", ModelBuilder.Int("axis", -1))} {v}");
            var joined = w.Node("Reshape", x.Shape, $"{w.Node("Transpose", [1, BertLength, Heads, Dimensions / Heads], $"{attended}", ModelBuilder.Ints("perm", 0, 2, 1, 3))} {merged}");
            x = Norm(w.Node("Add", x.Shape, $"{w.Linear(joined, Dimensions)} {x}"));
            x = Norm(w.Node("Add", x.Shape, $"{w.Linear(Gelu(w.Linear(x, 4 * Dimensions)), Dimensions)} {x}"));
        }

        return x;

        Value Split(Value y, params long[] order)
        {
            var parts = w.Node("Reshape", [1, BertLength, Heads, Dimensions / Heads], $"{y} {split}");
            return w.Node("Transpose", [.. order.Select(o => parts.Shape[o])], $"{parts}", ModelBuilder.Ints("perm", order));
        }

        Value Gelu(Value y)
        {
            var erf = w.Node("Erf", y.Shape, $"{w.Node("Div", y.Shape, $"{y} {root}")}");
            return w.Node("Mul", y.Shape, $"{w.Node("Mul", y.Shape, $"{y} {w.Node("Add", y.Shape, $"{erf} {one}")}")} {half}");
        }

        Value Norm(Value y) => w.Node("LayerNormalization", y.Shape, $"{y} {w.Constant(1, Dimensions)} {w.Constant(0, Dimensions)}", ModelBuilder.Int("axis", -1));
    }

    private static Value Relu(NetworkWriter w, Value x) => w.Node("Relu", x.Shape, $"{x}");

    private static Value Classifier(NetworkWriter w, Value x)
    {
        var pooled = w.Node("Flatten", [1, x.Shape[1]], $"{w.Node("GlobalAveragePool", [1, x.Shape[1], 1, 1], $"{x}")}");
        return w.Node("Gemm", [1, 1000], $"{pooled} {w.Weight(0.1, 1000, x.Shape[1])} {w.Weight(0.1, 1000)}", ModelBuilder.Int("transB", 1));
    }
}
