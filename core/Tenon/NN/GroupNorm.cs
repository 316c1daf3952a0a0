namespace Tenon.NN;

/// <summary>Normalises <c>[N, C, …]</c> over the channels of each group; see <see cref="Tensor.GroupNorm"/>.</summary>
public sealed class GroupNorm : Module
{
    private readonly int _groups;
    private readonly double _epsilon;

    /// <summary>A layer that at first only normalises.</summary>
    /// <param name="groups">Into how many groups the channels are cut.</param>
    /// <param name="channels">C.</param>
    /// <param name="epsilon">Keeps the division finite.</param>
    /// <param name="affine">Whether there are a scale and a shift.</param>
    /// <param name="dtype">The type of the parameters; float32 by default.</param>
    /// <param name="device">Where they are; the default device if null.</param>
    public GroupNorm(int groups, int channels, double epsilon = 1e-5, bool affine = true, DType? dtype = null, string? device = null)
    {
        (_groups, _epsilon) = (groups, epsilon);
        Weight = affine ? Parameter("weight", Tensor.Ones([channels], dtype, device)) : null;
        Bias = affine ? Parameter("bias", Tensor.Zeros([channels], dtype, device)) : null;
    }

    /// <summary>The scale, <c>[C]</c>; null without.</summary>
    public Tensor? Weight { get; }

    /// <summary>The shift, <c>[C]</c>; null without.</summary>
    public Tensor? Bias { get; }

    /// <inheritdoc/>
    public override Tensor Forward(Tensor x) => x.GroupNorm(_groups, Weight, Bias, _epsilon);
}

/// <summary>Divides by a power of the mean square of neighbouring channels of <c>[N, C, …]</c>; see <see cref="Tensor.LocalResponseNorm"/>.</summary>
/// <param name="size">How many channels.</param>
/// <param name="alpha">What the mean is multiplied by.</param>
/// <param name="beta">The power.</param>
/// <param name="k">What is added to the mean.</param>
public sealed class LocalResponseNorm(int size, double alpha = 1e-4, double beta = 0.75, double k = 1) : Module
{
    /// <inheritdoc/>
    public override Tensor Forward(Tensor x) => x.LocalResponseNorm(size, alpha, beta, k);
}
