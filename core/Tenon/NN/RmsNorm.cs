namespace Tenon.NN;

/// <summary>Scales the last axis of each sample to a root mean square of 1; see <see cref="Tensor.RmsNorm"/>.</summary>
public sealed class RmsNorm : Module
{
    private readonly double _epsilon;

    /// <summary>A layer that at first only normalises.</summary>
    /// <param name="size">The size of the last axis.</param>
    /// <param name="epsilon">Keeps the division finite.</param>
    /// <param name="dtype">The type of the parameters; float32 by default.</param>
    /// <param name="device">Where they are; the default device if null.</param>
    public RmsNorm(int size, double epsilon = 1e-5, DType? dtype = null, string? device = null)
    {
        _epsilon = epsilon;
        Weight = Parameter("weight", Tensor.Ones([size], dtype, device));
    }

    /// <summary>The scale, <c>[size]</c>.</summary>
    public Tensor Weight { get; }

    /// <inheritdoc/>
    public override Tensor Forward(Tensor x) => LastAxes.Checked(x, [Weight.Shape[0]], nameof(RmsNorm)).RmsNorm(Weight, _epsilon);
}
