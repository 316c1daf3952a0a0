namespace Tenon.NN;

/// <summary>Normalises the last axes of each sample; see <see cref="Tensor.LayerNorm"/>.</summary>
public sealed class LayerNorm : Module
{
    private readonly long[] _shape;
    private readonly double _epsilon;

    /// <summary>A layer that at first only normalises.</summary>
    /// <param name="shape">The sizes of the last axes.</param>
    /// <param name="epsilon">Keeps the division finite.</param>
    /// <param name="affine">Whether there is a scale.</param>
    /// <param name="bias">Whether there is a shift with it.</param>
    /// <param name="dtype">The type of the parameters; float32 by default.</param>
    /// <param name="device">Where they are; the default device if null.</param>
    public LayerNorm(ReadOnlySpan<long> shape, double epsilon = 1e-5, bool affine = true, bool bias = true, DType? dtype = null, string? device = null)
    {
        (_shape, _epsilon) = (shape.ToArray(), epsilon);
        Weight = affine ? Parameter("weight", Tensor.Ones(shape, dtype, device)) : null;
        Bias = affine && bias ? Parameter("bias", Tensor.Zeros(shape, dtype, device)) : null;
    }

    /// <summary>The scale, of the shape that is normalised; null without.</summary>
    public Tensor? Weight { get; }

    /// <summary>The shift, of the shape that is normalised; null without.</summary>
    public Tensor? Bias { get; }

    /// <inheritdoc/>
    public override Tensor Forward(Tensor x) => LastAxes.Checked(x, _shape, nameof(LayerNorm)).LayerNorm(_shape.Length, Weight, Bias, _epsilon);
}
