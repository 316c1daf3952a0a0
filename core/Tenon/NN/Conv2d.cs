using Tenon.Core;

namespace Tenon.NN;

/// <summary>Two-dimensional convolution: <c>[N, inputs, H, W]</c> → <c>[N, outputs, H', W']</c>; see <see cref="Tensor.Conv2d(Tensor, Tensor, Sizes, Padding, Sizes, int)"/>.</summary>
public sealed class Conv2d : Module
{
    private readonly Sizes _stride;
    private readonly Padding _padding;
    private readonly Sizes _dilation;
    private readonly int _groups;

    /// <summary>A layer with uniform random parameters within ±1/√(inputs of one output).</summary>
    /// <param name="inputs">Channels of the input.</param>
    /// <param name="outputs">Channels of the output.</param>
    /// <param name="kernel">The size of a window.</param>
    /// <param name="stride">The distance between windows; 1 by default.</param>
    /// <param name="padding">Zeros on each side; none by default.</param>
    /// <param name="dilation">The distance between the elements of a window; 1 by default.</param>
    /// <param name="groups">Into how many independent parts the channels are cut.</param>
    /// <param name="bias">Whether there is a bias.</param>
    /// <param name="dtype">The type of the parameters; float32 by default.</param>
    /// <param name="device">Where they are; the default device if null.</param>
    public Conv2d(int inputs, int outputs, Sizes kernel, Sizes stride = default, Padding padding = default, Sizes dilation = default, int groups = 1, bool bias = true, DType? dtype = null, string? device = null)
    {
        (_stride, _padding, _dilation, _groups) = (stride, padding, dilation, groups);
        SymInt[] window = [.. kernel.For(2, 1, nameof(Conv2d))];
        var bound = 1 / Math.Sqrt(inputs / groups * window[0].Value * window[1].Value);
        Weight = Parameter("weight", Tensor.Uniform(-bound, bound, [outputs, inputs / groups, .. window], dtype, device));
        Bias = bias ? Parameter("bias", Tensor.Uniform(-bound, bound, [outputs], dtype, device)) : null;
    }

    /// <summary><c>[outputs, inputs / groups, KH, KW]</c>.</summary>
    public Tensor Weight { get; }

    /// <summary><c>[outputs]</c>, or null.</summary>
    public Tensor? Bias { get; }

    /// <inheritdoc/>
    public override Tensor Forward(Tensor x) => x.Conv2d(Weight, Bias, _stride, _padding, _dilation, _groups);
}
