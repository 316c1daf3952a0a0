namespace Tenon.NN;

/// <summary>x · weightᵀ + bias: <c>[…, inputs]</c> → <c>[…, outputs]</c>.</summary>
public sealed class Linear : Module
{
    /// <summary>A layer with uniform random parameters within ±1/√inputs.</summary>
    /// <param name="inputs">The size of the last axis of the input.</param>
    /// <param name="outputs">The size of the last axis of the output.</param>
    /// <param name="bias">Whether there is a bias.</param>
    /// <param name="dtype">The type of the parameters; float32 by default.</param>
    /// <param name="device">Where they are; the default device if null.</param>
    public Linear(int inputs, int outputs, bool bias = true, DType? dtype = null, string? device = null)
    {
        var bound = inputs > 0 ? 1 / Math.Sqrt(inputs) : 0;
        Weight = Parameter("weight", Tensor.Uniform(-bound, bound, [outputs, inputs], dtype, device));
        Bias = bias ? Parameter("bias", Tensor.Uniform(-bound, bound, [outputs], dtype, device)) : null;
    }

    /// <summary><c>[outputs, inputs]</c>.</summary>
    public Tensor Weight { get; }

    /// <summary><c>[outputs]</c>, or null.</summary>
    public Tensor? Bias { get; }

    /// <inheritdoc/>
    public override Tensor Forward(Tensor x) => x.Linear(Weight, Bias);
}

/// <summary>x₁ᵀ · weight[o] · x₂ + bias[o]: <c>[…, first]</c> and <c>[…, second]</c> → <c>[…, outputs]</c>.</summary>
public sealed class Bilinear : Module
{
    /// <summary>A layer with uniform random parameters within ±1/√first.</summary>
    /// <param name="first">The size of the last axis of the first input.</param>
    /// <param name="second">The size of the last axis of the second input.</param>
    /// <param name="outputs">The size of the last axis of the output.</param>
    /// <param name="bias">Whether there is a bias.</param>
    /// <param name="dtype">The type of the parameters; float32 by default.</param>
    /// <param name="device">Where they are; the default device if null.</param>
    public Bilinear(int first, int second, int outputs, bool bias = true, DType? dtype = null, string? device = null)
    {
        var bound = first > 0 ? 1 / Math.Sqrt(first) : 0;
        Weight = Parameter("weight", Tensor.Uniform(-bound, bound, [outputs, first, second], dtype, device));
        Bias = bias ? Parameter("bias", Tensor.Uniform(-bound, bound, [outputs], dtype, device)) : null;
    }

    /// <summary><c>[outputs, first, second]</c>.</summary>
    public Tensor Weight { get; }

    /// <summary><c>[outputs]</c>, or null.</summary>
    public Tensor? Bias { get; }

    /// <summary>The product of two inputs whose first axes are equal.</summary>
    public Tensor Forward(Tensor x1, Tensor x2)
    {
        // [outputs, M, second], then its rows times those of x2.
        var rows = x1.Reshape(-1, Weight.Size(1)).MatMul(Weight);
        var y = (rows * x2.Reshape(-1, Weight.Size(2))).Sum(-1).T.Reshape([.. x1.Shape.ToSizes()[..^1], Weight.Size(0)]);
        return Bias is null ? y.AsValue() : y + Bias;
    }
}

/// <summary>The input as it is.</summary>
public sealed class Identity : Module
{
    /// <inheritdoc/>
    public override Tensor Forward(Tensor x) => x;
}
