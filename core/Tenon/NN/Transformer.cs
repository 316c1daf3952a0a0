namespace Tenon.NN;

/// <summary>Encoder layers one after the other, and a norm if wanted. Parameters are named as PyTorch's.</summary>
public sealed class TransformerEncoder : Module
{
    private readonly ModuleList<TransformerEncoderLayer> _layers;
    private readonly Module? _norm;

    /// <summary>An encoder.</summary>
    /// <param name="layers">How many layers.</param>
    /// <param name="layer">Makes one of them.</param>
    /// <param name="norm">What comes last; nothing if null.</param>
    public TransformerEncoder(int layers, Func<TransformerEncoderLayer> layer, Module? norm = null)
    {
        _layers = Child("layers", new ModuleList<TransformerEncoderLayer>([.. Enumerable.Range(0, layers).Select(_ => layer())]));
        _norm = norm is null ? null : Child("norm", norm);
    }

    /// <inheritdoc/>
    public override Tensor Forward(Tensor x) => Forward(x, null);

    /// <summary>The encoding of a sequence, of its shape; see <see cref="TransformerEncoderLayer.Forward(Tensor, Tensor, Tensor)"/>.</summary>
    public Tensor Forward(Tensor source, Tensor? mask, Tensor? paddingMask = null)
    {
        var x = _layers.Aggregate(source, (x, layer) => layer.Forward(x, mask, paddingMask));
        return _norm?.Forward(x) ?? x;
    }
}

/// <summary>Decoder layers one after the other, and a norm if wanted. Parameters are named as PyTorch's.</summary>
public sealed class TransformerDecoder : Module
{
    private readonly ModuleList<TransformerDecoderLayer> _layers;
    private readonly Module? _norm;

    /// <summary>A decoder.</summary>
    /// <param name="layers">How many layers.</param>
    /// <param name="layer">Makes one of them.</param>
    /// <param name="norm">What comes last; nothing if null.</param>
    public TransformerDecoder(int layers, Func<TransformerDecoderLayer> layer, Module? norm = null)
    {
        _layers = Child("layers", new ModuleList<TransformerDecoderLayer>([.. Enumerable.Range(0, layers).Select(_ => layer())]));
        _norm = norm is null ? null : Child("norm", norm);
    }

    /// <summary>The decoding of a sequence, of its shape; see <see cref="TransformerDecoderLayer.Forward"/>.</summary>
    public Tensor Forward(
        Tensor target, Tensor memory, Tensor? mask = null, Tensor? memoryMask = null, Tensor? paddingMask = null, Tensor? memoryPaddingMask = null)
    {
        var x = _layers.Aggregate(target, (x, layer) => layer.Forward(x, memory, mask, memoryMask, paddingMask, memoryPaddingMask));
        return _norm?.Forward(x) ?? x;
    }
}

/// <summary>An encoder and a decoder, each with a norm at the end. Parameters are named as PyTorch's.</summary>
/// <remarks>Vaswani et al., arXiv:1706.03762.</remarks>
public sealed class Transformer : Module
{
    private readonly TransformerEncoder _encoder;
    private readonly TransformerDecoder _decoder;

    /// <summary>A transformer whose matrices are uniform as of Glorot at first.</summary>
    /// <param name="size">The size of the vectors.</param>
    /// <param name="heads">How many heads.</param>
    /// <param name="encoderLayers">How many layers encode.</param>
    /// <param name="decoderLayers">How many layers decode.</param>
    /// <param name="options">The rest.</param>
    public Transformer(int size = 512, int heads = 8, int encoderLayers = 6, int decoderLayers = 6, TransformerOptions? options = null)
    {
        var o = options ?? new();
        _encoder = Child("encoder", new TransformerEncoder(encoderLayers, () => new TransformerEncoderLayer(size, heads, o), Norm()));
        _decoder = Child("decoder", new TransformerDecoder(decoderLayers, () => new TransformerDecoderLayer(size, heads, o), Norm()));
        foreach (var matrix in Parameters().Where(p => p.Rank > 1))
        {
            Init.XavierUniform(matrix);
        }

        LayerNorm Norm() => new([size], o.Epsilon, dtype: o.DType, device: o.Device);
    }

    /// <summary>True above the diagonal: a mask by which no query sees a later key, <c>[size, size]</c>.</summary>
    public static Tensor CausalMask(Core.SymInt size) => Tensor.Arange(size).Unsqueeze(1) < Tensor.Arange(size);

    /// <summary>The decoding of a target given a source, of the target's shape.</summary>
    /// <param name="source"><c>[S, N, size]</c>, <c>[N, S, size]</c> if the batch is first, or <c>[S, size]</c>.</param>
    /// <param name="target"><c>[T, N, size]</c> and so on.</param>
    /// <param name="sourceMask">Of the source's attention to itself, as of <see cref="MultiheadAttention"/>.</param>
    /// <param name="targetMask">Of the target's attention to itself, such as <see cref="CausalMask"/>.</param>
    /// <param name="memoryMask">Of the target's attention to the encoded source.</param>
    /// <param name="sourcePaddingMask">Which of the source is not there.</param>
    /// <param name="targetPaddingMask">Which of the target is not there.</param>
    /// <param name="memoryPaddingMask">Which of the encoded source is not there.</param>
    public Tensor Forward(
        Tensor source, Tensor target, Tensor? sourceMask = null, Tensor? targetMask = null, Tensor? memoryMask = null, Tensor? sourcePaddingMask = null,
        Tensor? targetPaddingMask = null, Tensor? memoryPaddingMask = null) =>
        _decoder.Forward(target, _encoder.Forward(source, sourceMask, sourcePaddingMask), targetMask, memoryMask, targetPaddingMask, memoryPaddingMask);
}
