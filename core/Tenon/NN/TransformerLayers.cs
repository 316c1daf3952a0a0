namespace Tenon.NN;

/// <summary>How the layers of a transformer are made.</summary>
/// <param name="Feedforward">The size between the two linear layers.</param>
/// <param name="Dropout">The probability with which, in training, an element is 0.</param>
/// <param name="Activation">The function between the two linear layers; relu if null.</param>
/// <param name="Epsilon">Of the norms.</param>
/// <param name="BatchFirst">Whether sequences are <c>[N, L, size]</c> rather than <c>[L, N, size]</c>.</param>
/// <param name="NormFirst">Whether each part is normalised before, rather than after it.</param>
/// <param name="DType">The type of the parameters; float32 by default.</param>
/// <param name="Device">Where they are; the default device if null.</param>
public sealed record TransformerOptions(
    int Feedforward = 2048, double Dropout = 0.1, Func<Tensor, Tensor>? Activation = null, double Epsilon = 1e-5, bool BatchFirst = false, bool NormFirst = false,
    DType? DType = null, string? Device = null);

/// <summary>What encoder and decoder layers have in common: parts that are added to their input, with norms before or after.</summary>
public abstract class TransformerLayer : Module
{
    private readonly TransformerOptions _options;
    private readonly Linear _linear1;
    private readonly Linear _linear2;

    private protected TransformerLayer(int size, int heads, TransformerOptions? options, bool attendsToMemory)
    {
        var o = _options = options ?? new();
        SelfAttention = Child("self_attn", Attention());
        MemoryAttention = attendsToMemory ? Child("multihead_attn", Attention()) : null;
        _linear1 = Child("linear1", new Linear(size, o.Feedforward, true, o.DType, o.Device));
        _linear2 = Child("linear2", new Linear(o.Feedforward, size, true, o.DType, o.Device));
        Norms = [.. Enumerable.Range(1, attendsToMemory ? 3 : 2).Select(i => Child($"norm{i}", new LayerNorm([size], o.Epsilon, dtype: o.DType, device: o.Device)))];

        MultiheadAttention Attention() => new(size, heads, o.Dropout, batchFirst: o.BatchFirst, dtype: o.DType, device: o.Device);
    }

    private protected MultiheadAttention SelfAttention { get; }

    private protected MultiheadAttention? MemoryAttention { get; }

    private protected LayerNorm[] Norms { get; }

    private protected Tensor Added(Tensor x, LayerNorm norm, Func<Tensor, Tensor> part) =>
        _options.NormFirst ? x + Dropped(part(norm.Forward(x))) : norm.Forward(x + Dropped(part(x)));

    private protected Tensor Feedforward(Tensor x)
    {
        var hidden = _linear1.Forward(x);
        return _linear2.Forward(Dropped(_options.Activation is { } activation ? activation(hidden) : hidden.Relu()));
    }

    private Tensor Dropped(Tensor x) => IsTraining ? x.Dropout(_options.Dropout) : x;
}

/// <summary>A layer of a transformer's encoder: attention to itself, then two linear layers. Parameters are named as PyTorch's.</summary>
/// <param name="size">The size of the vectors.</param>
/// <param name="heads">How many heads.</param>
/// <param name="options">The rest.</param>
/// <remarks>Vaswani et al., arXiv:1706.03762.</remarks>
public sealed class TransformerEncoderLayer(int size, int heads, TransformerOptions? options = null) : TransformerLayer(size, heads, options, attendsToMemory: false)
{
    /// <inheritdoc/>
    public override Tensor Forward(Tensor x) => Forward(x, null);

    /// <summary>The encoding of a sequence, of its shape.</summary>
    /// <param name="source"><c>[L, N, size]</c>, <c>[N, L, size]</c> if the batch is first, or <c>[L, size]</c>.</param>
    /// <param name="mask">As of <see cref="MultiheadAttention"/>.</param>
    /// <param name="paddingMask">As of <see cref="MultiheadAttention"/>.</param>
    public Tensor Forward(Tensor source, Tensor? mask, Tensor? paddingMask = null)
    {
        var x = Added(source, Norms[0], x => SelfAttention.Forward(x, x, x, paddingMask, needWeights: false, mask).Output);
        return Added(x, Norms[1], Feedforward);
    }
}

/// <summary>
/// A layer of a transformer's decoder: attention to itself, to the encoder's output, then two linear layers. Parameters are named
/// as PyTorch's.
/// </summary>
/// <param name="size">The size of the vectors.</param>
/// <param name="heads">How many heads.</param>
/// <param name="options">The rest.</param>
/// <remarks>Vaswani et al., arXiv:1706.03762.</remarks>
public sealed class TransformerDecoderLayer(int size, int heads, TransformerOptions? options = null) : TransformerLayer(size, heads, options, attendsToMemory: true)
{
    /// <summary>The decoding of a sequence, of its shape.</summary>
    /// <param name="target"><c>[L, N, size]</c>, <c>[N, L, size]</c> if the batch is first, or <c>[L, size]</c>.</param>
    /// <param name="memory">The encoder's output, <c>[S, N, size]</c> and so on.</param>
    /// <param name="mask">Of the target's attention to itself, as of <see cref="MultiheadAttention"/>.</param>
    /// <param name="memoryMask">Of its attention to the memory.</param>
    /// <param name="paddingMask">Which of the target is not there.</param>
    /// <param name="memoryPaddingMask">Which of the memory is not there.</param>
    public Tensor Forward(
        Tensor target, Tensor memory, Tensor? mask = null, Tensor? memoryMask = null, Tensor? paddingMask = null, Tensor? memoryPaddingMask = null)
    {
        var x = Added(target, Norms[0], x => SelfAttention.Forward(x, x, x, paddingMask, needWeights: false, mask).Output);
        x = Added(x, Norms[1], x => MemoryAttention!.Forward(x, memory, memory, memoryPaddingMask, needWeights: false, memoryMask).Output);
        return Added(x, Norms[2], Feedforward);
    }
}
