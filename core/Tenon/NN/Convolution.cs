namespace Tenon.NN;

/// <summary>What convolutions and transposed convolutions have in common: weight and bias, uniform within ±1/√(inputs of one output) at first.</summary>
public abstract class Convolution : Module
{
    private protected Convolution(long first, long perGroup, long[] window, long biases, bool bias, DType? dtype, string? device)
    {
        var bound = 1 / Math.Sqrt(perGroup * window.Aggregate(1L, (a, b) => a * b));
        Weight = Parameter("weight", Tensor.Uniform(-bound, bound, new long[] { first, perGroup }.Concat(window).ToArray(), dtype, device));
        Bias = bias ? Parameter("bias", Tensor.Uniform(-bound, bound, [biases], dtype, device)) : null;
    }

    /// <summary><c>[outputs, inputs / groups, kernel…]</c>; transposed, <c>[inputs, outputs / groups, kernel…]</c>.</summary>
    public Tensor Weight { get; }

    /// <summary><c>[outputs]</c>, or null.</summary>
    public Tensor? Bias { get; }

    // As Padding.Same pads for a stride of 1.
    private protected Tensor Padded(Tensor x, Padding padding, Sizes dilation, PadMode mode)
    {
        var axes = Weight.Rank - 2;
        var apart = dilation.For(axes, 1, GetType().Name);
        var sides = padding.For([.. Enumerable.Range(0, axes).Select(i => apart[i] * (Weight.Size(i + 2) - 1))], GetType().Name);
        var around = new (Core.SymInt, Core.SymInt)[x.Rank];
        for (var i = 0; i < axes; i++)
        {
            around[x.Rank - axes + i] = (sides[i].Before, sides[i].After);
        }

        return x.Pad(around, mode);
    }

    private protected static int Divided(int channels, int groups, string layer) => groups > 0 && channels % groups == 0
        ? channels / groups
        : throw new TenonException("TEN3255", $"{layer}: {channels} channels in {groups} groups. Expected channels of inputs and outputs that are multiples of the groups.");
}

/// <summary>Convolution: <c>[N, inputs, L]</c> → <c>[N, outputs, L']</c>; N may be absent. See <see cref="Tensor.Conv(Tensor, Tensor, Sizes, Padding, Sizes, int)"/>.</summary>
/// <param name="inputs">Channels of the input.</param>
/// <param name="outputs">Channels of the output.</param>
/// <param name="kernel">The size of a window.</param>
/// <param name="stride">The distance between windows; 1 by default.</param>
/// <param name="padding">Zeros on each side; none by default.</param>
/// <param name="dilation">The distance between the elements of a window; 1 by default.</param>
/// <param name="groups">Into how many independent parts the channels are cut.</param>
/// <param name="bias">Whether there is a bias.</param>
/// <param name="paddingMode">What is on each side in place of zeros.</param>
/// <param name="dtype">The type of the parameters; float32 by default.</param>
/// <param name="device">Where they are; the default device if null.</param>
public sealed class Conv1d(
    int inputs, int outputs, Sizes kernel, Sizes stride = default, Padding padding = default, Sizes dilation = default, int groups = 1, bool bias = true,
    PadMode paddingMode = PadMode.Constant, DType? dtype = null, string? device = null)
    : Convolution(outputs, Divided(inputs, groups, nameof(Conv1d)), kernel.For(1, 1, nameof(Conv1d)), outputs, bias, dtype, device)
{
    /// <inheritdoc/>
    public override Tensor Forward(Tensor x) => paddingMode == PadMode.Constant
        ? x.Conv1d(Weight, Bias, stride, padding, dilation, groups)
        : Padded(x, padding, dilation, paddingMode).Conv1d(Weight, Bias, stride, default, dilation, groups);
}

/// <summary>Convolution: <c>[N, inputs, H, W]</c> → <c>[N, outputs, H', W']</c>; N may be absent. See <see cref="Tensor.Conv(Tensor, Tensor, Sizes, Padding, Sizes, int)"/>.</summary>
/// <param name="inputs">Channels of the input.</param>
/// <param name="outputs">Channels of the output.</param>
/// <param name="kernel">The size of a window.</param>
/// <param name="stride">The distance between windows; 1 by default.</param>
/// <param name="padding">Zeros on each side; none by default.</param>
/// <param name="dilation">The distance between the elements of a window; 1 by default.</param>
/// <param name="groups">Into how many independent parts the channels are cut.</param>
/// <param name="bias">Whether there is a bias.</param>
/// <param name="paddingMode">What is on each side in place of zeros.</param>
/// <param name="dtype">The type of the parameters; float32 by default.</param>
/// <param name="device">Where they are; the default device if null.</param>
public sealed class Conv2d(
    int inputs, int outputs, Sizes kernel, Sizes stride = default, Padding padding = default, Sizes dilation = default, int groups = 1, bool bias = true,
    PadMode paddingMode = PadMode.Constant, DType? dtype = null, string? device = null)
    : Convolution(outputs, Divided(inputs, groups, nameof(Conv2d)), kernel.For(2, 1, nameof(Conv2d)), outputs, bias, dtype, device)
{
    /// <inheritdoc/>
    public override Tensor Forward(Tensor x) => paddingMode == PadMode.Constant
        ? x.Conv2d(Weight, Bias, stride, padding, dilation, groups)
        : Padded(x, padding, dilation, paddingMode).Conv2d(Weight, Bias, stride, default, dilation, groups);
}

/// <summary>Convolution: <c>[N, inputs, D, H, W]</c> → <c>[N, outputs, D', H', W']</c>; N may be absent. See <see cref="Tensor.Conv(Tensor, Tensor, Sizes, Padding, Sizes, int)"/>.</summary>
/// <param name="inputs">Channels of the input.</param>
/// <param name="outputs">Channels of the output.</param>
/// <param name="kernel">The size of a window.</param>
/// <param name="stride">The distance between windows; 1 by default.</param>
/// <param name="padding">Zeros on each side; none by default.</param>
/// <param name="dilation">The distance between the elements of a window; 1 by default.</param>
/// <param name="groups">Into how many independent parts the channels are cut.</param>
/// <param name="bias">Whether there is a bias.</param>
/// <param name="paddingMode">What is on each side in place of zeros.</param>
/// <param name="dtype">The type of the parameters; float32 by default.</param>
/// <param name="device">Where they are; the default device if null.</param>
public sealed class Conv3d(
    int inputs, int outputs, Sizes kernel, Sizes stride = default, Padding padding = default, Sizes dilation = default, int groups = 1, bool bias = true,
    PadMode paddingMode = PadMode.Constant, DType? dtype = null, string? device = null)
    : Convolution(outputs, Divided(inputs, groups, nameof(Conv3d)), kernel.For(3, 1, nameof(Conv3d)), outputs, bias, dtype, device)
{
    /// <inheritdoc/>
    public override Tensor Forward(Tensor x) => paddingMode == PadMode.Constant
        ? x.Conv3d(Weight, Bias, stride, padding, dilation, groups)
        : Padded(x, padding, dilation, paddingMode).Conv3d(Weight, Bias, stride, default, dilation, groups);
}
