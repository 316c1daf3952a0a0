using Tenon.Core;

namespace Tenon.NN;

/// <summary>Recurrent layers h' = tanh(W x + b + W' h + b'), or with relu. Parameters are named as PyTorch's.</summary>
/// <param name="inputs">The size of an input.</param>
/// <param name="hidden">The size of the state.</param>
/// <param name="relu">Whether relu takes the place of tanh.</param>
/// <param name="options">Layers, directions and so on.</param>
/// <remarks>Elman, <c>doi.org/10.1207/s15516709cog1402_1</c>.</remarks>
public sealed class Rnn(int inputs, int hidden, RecurrentOptions? options = null, bool relu = false) : Recurrent(1, inputs, hidden, Unprojected.Of(options))
{
    /// <summary>The outputs of all steps, and the states after the last.</summary>
    /// <param name="x"><c>[T, N, inputs]</c>, <c>[N, T, inputs]</c> by <see cref="RecurrentOptions.BatchFirst"/>, or <c>[T, inputs]</c>.</param>
    /// <param name="state"><c>[layers · directions, N, hidden]</c>; zeros if null.</param>
    public (Tensor Output, Tensor State) Forward(Tensor x, Tensor? state)
    {
        var (output, last) = Run(x, state is null ? null : [state]);
        return (output, last[0]);
    }

    private protected override Tensor[] Next(Tensor input, Tensor[] state, RecurrentWeights weights) => weights.Elman(input, state, relu);

    private protected override Tensor[] Zero(Tensor x, SymInt batch, RecurrentWeights weights) => [Tensor.Zeros([batch, weights.OutputSize], x.DType, x.Device)];
}

/// <summary>Gated recurrent units. Parameters are named as PyTorch's, in the order reset, update, new.</summary>
/// <param name="inputs">The size of an input.</param>
/// <param name="hidden">The size of the state.</param>
/// <param name="options">Layers, directions and so on.</param>
/// <remarks>Cho et al., arXiv:1406.1078; the reset gate is applied after the matrix product, as in cuDNN.</remarks>
public sealed class Gru(int inputs, int hidden, RecurrentOptions? options = null) : Recurrent(3, inputs, hidden, Unprojected.Of(options))
{
    /// <inheritdoc cref="Rnn.Forward(Tensor, Tensor)"/>
    public (Tensor Output, Tensor State) Forward(Tensor x, Tensor? state)
    {
        var (output, last) = Run(x, state is null ? null : [state]);
        return (output, last[0]);
    }

    private protected override Tensor[] Next(Tensor input, Tensor[] state, RecurrentWeights weights) => weights.Gru(input, state);

    private protected override Tensor[] Zero(Tensor x, SymInt batch, RecurrentWeights weights) => [Tensor.Zeros([batch, weights.OutputSize], x.DType, x.Device)];
}

/// <summary>Long short-term memory. Parameters are named as PyTorch's, in the order input, forget, cell, output.</summary>
/// <param name="inputs">The size of an input.</param>
/// <param name="hidden">The size of the state.</param>
/// <param name="options">Layers, directions and so on.</param>
/// <remarks>Hochreiter and Schmidhuber, <c>doi.org/10.1162/neco.1997.9.8.1735</c>; projections: Sak, Senior and Beaufays, arXiv:1402.1128.</remarks>
public sealed class Lstm(int inputs, int hidden, RecurrentOptions? options = null) : Recurrent(4, inputs, hidden, options ?? new())
{
    /// <summary>The outputs of all steps, and the states after the last.</summary>
    /// <param name="x"><c>[T, N, inputs]</c>, <c>[N, T, inputs]</c> by <see cref="RecurrentOptions.BatchFirst"/>, or <c>[T, inputs]</c>.</param>
    /// <param name="state">Outputs <c>[layers · directions, N, hidden or projection]</c> and cells <c>[layers · directions, N, hidden]</c>; zeros if null.</param>
    public (Tensor Output, (Tensor Hidden, Tensor Cell) State) Forward(Tensor x, (Tensor Hidden, Tensor Cell)? state)
    {
        var (output, last) = Run(x, state is var (hidden, cell) ? [hidden, cell] : null);
        return (output, (last[0], last[1]));
    }

    private protected override Tensor[] Next(Tensor input, Tensor[] state, RecurrentWeights weights) => weights.Lstm(input, state);

    private protected override Tensor[] Zero(Tensor x, SymInt batch, RecurrentWeights weights) =>
        [Tensor.Zeros([batch, weights.OutputSize], x.DType, x.Device), Tensor.Zeros([batch, weights.HiddenSize], x.DType, x.Device)];
}

internal static class Unprojected
{
    public static RecurrentOptions Of(RecurrentOptions? options) => options is null or { Projection: 0 }
        ? options ?? new()
        : throw new TenonException("TEN3256", "A projection of the output, which only Lstm has. Leave it out.");
}
