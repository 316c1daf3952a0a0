using Tenon.Onnx.Graph;
using Tenon.Onnx.Run;

namespace Tenon.Onnx.Operators;

/// <summary>Gradients, and optimisers, whose inputs are rate, step, and then all parameters, all gradients and all of each kind of state.</summary>
internal static class TrainingOps
{
    /// <summary>Adds them.</summary>
    public static void Register(OpRegistry ops)
    {
        ops.AddMany(OpRegistry.Training, "Adagrad", 1, c => Each(c, 1, Adagrad));
        ops.AddMany(OpRegistry.Training, "Momentum", 1, c => Each(c, 1, Momentum));
        ops.AddMany(OpRegistry.Training, "Adam", 1, c => Each(c, 2, Adam));
        ops.AddMany(OpRegistry.Training, "Gradient", 1, Gradient);
    }

    // The graph from xs and zs to y runs again, on the inputs; then dy/dxs.
    private static OnnxValue?[] Gradient(OpCall c)
    {
        var inputs = c.Tensors();
        var y = c.Run(c.Graph("y"), [.. inputs.Select(x => (OnnxValue)x)])[0].Tensor;
        return [.. y.Sum().Gradient(inputs.AsSpan(0, c.Texts("xs")?.Length ?? 0)).Select(g => (OnnxValue)g)];
    }

    // The parameter and its state after a step. The gradient includes that of the penalty norm/2·x².
    private delegate Tensor[] Rule(OpCall c, Tensor rate, Tensor step, Tensor x, Tensor gradient, Tensor[] state);

    private static OnnxValue?[] Each(OpCall c, int states, Rule rule)
    {
        var count = (c.InputCount - 2) / (2 + states);
        var results = new OnnxValue?[count * (1 + states)];
        for (var i = 0; i < count; i++)
        {
            var x = c[2 + i];
            var gradient = c[2 + count + i] + x * c.Float("norm_coefficient", 0);
            var state = Enumerable.Range(0, states).Select(s => c[2 + (2 + s) * count + i]).ToArray();
            var next = rule(c, c[0].Reshape([]), c[1].Reshape([]).Cast(x.DType), x, gradient, state);
            for (var k = 0; k < next.Length; k++)
            {
                results[k * count + i] = next[k].Cast(x.DType);
            }
        }

        return results;
    }

    private static Tensor[] Adagrad(OpCall c, Tensor rate, Tensor step, Tensor x, Tensor gradient, Tensor[] state)
    {
        var sum = state[0] + gradient.Square();
        return [x - rate / (1 + step * c.Float("decay_factor", 0)) * gradient / (sum.Sqrt() + c.Float("epsilon", 0)), sum];
    }

    private static Tensor[] Momentum(OpCall c, Tensor rate, Tensor step, Tensor x, Tensor gradient, Tensor[] state)
    {
        // The first gradient counts in full.
        var (alpha, beta) = (c.Float("alpha", 0), Tensor.Where(step > 0, Tensor.Full([], c.Float("beta", 1), x.DType), 1));
        var velocity = state[0] * alpha + beta * gradient;
        return [x - rate * (c.Text("mode", "standard") == "nesterov" ? gradient + velocity * alpha : velocity), velocity];
    }

    private static Tensor[] Adam(OpCall c, Tensor rate, Tensor step, Tensor x, Tensor gradient, Tensor[] state)
    {
        var (alpha, beta) = (c.Float("alpha", 0.9), c.Float("beta", 0.999));
        var mean = state[0] * alpha + gradient * (1 - alpha);
        var square = state[1] * beta + gradient.Square() * (1 - beta);
        var corrected = Tensor.Where(step > 0, rate * (1 - Tensor.Pow(beta, step)).Sqrt() / (1 - Tensor.Pow(alpha, step)), rate);
        var next = x - corrected * mean / (square.Sqrt() + c.Float("epsilon", 0));
        return [next * (1 - c.Float("norm_coefficient_post", 0)), mean, square];
    }
}
