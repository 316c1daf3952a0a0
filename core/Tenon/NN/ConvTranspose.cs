namespace Tenon.NN;

/// <summary>Transposed convolution: <c>[N, inputs, L]</c> → <c>[N, outputs, L']</c>; N may be absent. See <see cref="Tensor.ConvTranspose1d(Tensor, Tensor, Sizes, Padding, Sizes, Sizes, int)"/>.</summary>
/// <param name="inputs">Channels of the input.</param>
/// <param name="outputs">Channels of the output.</param>
/// <param name="kernel">The size of a window.</param>
/// <param name="stride">The distance between windows; 1 by default.</param>
/// <param name="padding">What is cut from each side; nothing by default.</param>
/// <param name="outputPadding">What is added behind; nothing by default.</param>
/// <param name="groups">Into how many independent parts the channels are cut.</param>
/// <param name="bias">Whether there is a bias.</param>
/// <param name="dilation">The distance between the elements of a window; 1 by default.</param>
/// <param name="dtype">The type of the parameters; float32 by default.</param>
/// <param name="device">Where they are; the default device if null.</param>
public sealed class ConvTranspose1d(
    int inputs, int outputs, Sizes kernel, Sizes stride = default, Padding padding = default, Sizes outputPadding = default, int groups = 1, bool bias = true,
    Sizes dilation = default, DType? dtype = null, string? device = null)
    : Convolution(inputs, Divided(outputs, groups, nameof(ConvTranspose1d)), kernel.For(1, 1, nameof(ConvTranspose1d)), outputs, bias, dtype, device)
{
    /// <inheritdoc/>
    public override Tensor Forward(Tensor x) => x.ConvTranspose1d(Weight, Bias, stride, padding, outputPadding, dilation, groups);
}

/// <summary>Transposed convolution: <c>[N, inputs, H, W]</c> → <c>[N, outputs, H', W']</c>; N may be absent. See <see cref="Tensor.ConvTranspose2d(Tensor, Tensor, Sizes, Padding, Sizes, Sizes, int)"/>.</summary>
/// <param name="inputs">Channels of the input.</param>
/// <param name="outputs">Channels of the output.</param>
/// <param name="kernel">The size of a window.</param>
/// <param name="stride">The distance between windows; 1 by default.</param>
/// <param name="padding">What is cut from each side; nothing by default.</param>
/// <param name="outputPadding">What is added behind; nothing by default.</param>
/// <param name="groups">Into how many independent parts the channels are cut.</param>
/// <param name="bias">Whether there is a bias.</param>
/// <param name="dilation">The distance between the elements of a window; 1 by default.</param>
/// <param name="dtype">The type of the parameters; float32 by default.</param>
/// <param name="device">Where they are; the default device if null.</param>
public sealed class ConvTranspose2d(
    int inputs, int outputs, Sizes kernel, Sizes stride = default, Padding padding = default, Sizes outputPadding = default, int groups = 1, bool bias = true,
    Sizes dilation = default, DType? dtype = null, string? device = null)
    : Convolution(inputs, Divided(outputs, groups, nameof(ConvTranspose2d)), kernel.For(2, 1, nameof(ConvTranspose2d)), outputs, bias, dtype, device)
{
    /// <inheritdoc/>
    public override Tensor Forward(Tensor x) => x.ConvTranspose2d(Weight, Bias, stride, padding, outputPadding, dilation, groups);
}

/// <summary>Transposed convolution: <c>[N, inputs, D, H, W]</c> → <c>[N, outputs, D', H', W']</c>; N may be absent. See <see cref="Tensor.ConvTranspose3d(Tensor, Tensor, Sizes, Padding, Sizes, Sizes, int)"/>.</summary>
/// <param name="inputs">Channels of the input.</param>
/// <param name="outputs">Channels of the output.</param>
/// <param name="kernel">The size of a window.</param>
/// <param name="stride">The distance between windows; 1 by default.</param>
/// <param name="padding">What is cut from each side; nothing by default.</param>
/// <param name="outputPadding">What is added behind; nothing by default.</param>
/// <param name="groups">Into how many independent parts the channels are cut.</param>
/// <param name="bias">Whether there is a bias.</param>
/// <param name="dilation">The distance between the elements of a window; 1 by default.</param>
/// <param name="dtype">The type of the parameters; float32 by default.</param>
/// <param name="device">Where they are; the default device if null.</param>
public sealed class ConvTranspose3d(
    int inputs, int outputs, Sizes kernel, Sizes stride = default, Padding padding = default, Sizes outputPadding = default, int groups = 1, bool bias = true,
    Sizes dilation = default, DType? dtype = null, string? device = null)
    : Convolution(inputs, Divided(outputs, groups, nameof(ConvTranspose3d)), kernel.For(3, 1, nameof(ConvTranspose3d)), outputs, bias, dtype, device)
{
    /// <inheritdoc/>
    public override Tensor Forward(Tensor x) => x.ConvTranspose3d(Weight, Bias, stride, padding, outputPadding, dilation, groups);
}
