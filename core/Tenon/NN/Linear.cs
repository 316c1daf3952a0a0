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
        var bound = 1 / Math.Sqrt(inputs);
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
