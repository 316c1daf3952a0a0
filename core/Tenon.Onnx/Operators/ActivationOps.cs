using Tenon.Onnx.Graph;
using Tenon.Onnx.Run;

namespace Tenon.Onnx.Operators;

/// <summary>Activation functions.</summary>
internal static class ActivationOps
{
    /// <summary>Adds them.</summary>
    public static void Register(OpRegistry ops)
    {
        ops.Add("Relu", 1, c => c[0].Relu());
        ops.Add("LeakyRelu", 1, c => c[0].LeakyRelu(c.Float("alpha", 0.01)));
        ops.Add("ThresholdedRelu", 1, c => Tensor.Where(c[0] > c.Float("alpha", 1), c[0], 0));
        ops.Add("PRelu", 1, c => Tensor.Where(c[0] < 0, c[0] * Slope(c), c[0]));
        ops.Add("PRelu", 7, c => Tensor.Where(c[0] < 0, c[0] * c[1], c[0]));
        ops.Add("Elu", 1, c => c[0].Elu(c.Float("alpha", 1)));
        ops.Add("Selu", 1, c => c[0].Elu(c.Float("alpha", 1.67326319217681884765625)) * c.Float("gamma", 1.05070102214813232421875));
        ops.Add("Celu", 12, c => c[0].Celu(c.Float("alpha", 1)));
        ops.Add("Sigmoid", 1, c => c[0].Sigmoid());
        ops.Add("HardSigmoid", 1, c => (c[0] * c.Float("alpha", 0.2) + c.Float("beta", 0.5)).Clamp(0.0, 1.0));
        ops.Add("HardSwish", 14, c => c[0] * (c[0] / 6.0 + 0.5).Clamp(0.0, 1.0));
        ops.Add("Softplus", 1, c => c[0].Softplus());
        ops.Add("Softsign", 1, c => c[0].Softsign());
        ops.Add("Gelu", 20, c => c[0].Gelu(c.Text("approximate", "none") == "tanh"));
        ops.Add("Mish", 18, c => c[0].Mish());
        ops.Add("Swish", 24, c => c[0] * (c[0] * c.Float("alpha", 1)).Sigmoid());
        ops.Add("Shrink", 9, c => Shrink(c[0], c.Float("lambd", 0.5), c.Float("bias", 0)));
        Along("Softmax", (x, axis) => x.Softmax(axis));
        Along("LogSoftmax", (x, axis) => x.LogSoftmax(axis));
        Along("Hardmax", (x, axis) => x.ArgMax(axis, keepDim: true).Eq(Tensor.Arange(x.Shape.Size(axis)).Reshape(OneAxis(x.Rank, axis))).Cast(x.DType));

        // Before opset 13, all axes from the given one were taken as one.
        void Along(string name, Func<Tensor, int, Tensor> op)
        {
            ops.Add(name, 1, c => op(Flat(c), 1).Reshape(c[0].Shape));
            ops.Add(name, 13, c => op(c[0], c.Axis(c.Long("axis", -1), c[0].Rank)));
        }

        static long[] OneAxis(int rank, int axis) => [.. Enumerable.Range(0, rank).Select(i => i == axis ? -1L : 1L)];
    }

    /// <summary>The first input as a matrix: the axes before the one that the attribute names, and the rest.</summary>
    public static Tensor Flat(OpCall c)
    {
        var sizes = OpCall.SizesOf(c[0]);
        var axis = c.Int("axis", 1);
        axis = axis < 0 ? axis + sizes.Length : axis;
        return axis >= 0 && axis <= sizes.Length
            ? c[0].Reshape(sizes[..axis].Aggregate(1L, (a, b) => a * b), sizes[axis..].Aggregate(1L, (a, b) => a * b))
            : throw c.Error($"axis {axis} of shape {c[0].Shape}.");
    }

    // Before opset 7, one slope for each channel.
    private static Tensor Slope(OpCall c) => c[1].Count == 1 ? c[1].Reshape() : c[1].Reshape([-1, .. Enumerable.Repeat((Core.SymInt)1, c[0].Rank - 2)]);

    private static Tensor Shrink(Tensor x, double lambda, double bias) =>
        Tensor.Where(x < -lambda, x + bias, Tensor.Where(x > lambda, x - bias, x.ZerosLike())).Cast(x.DType);
}
