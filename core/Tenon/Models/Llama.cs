using Tenon.NN;

namespace Tenon.Models;

/// <summary>
/// Llama: tokens <c>[N, T]</c> → logits <c>[N, T, vocabulary]</c>. Parameters are named as in Meta's weights.
/// </summary>
/// <remarks>Touvron et al., arXiv:2302.13971; Grattafiori et al., arXiv:2407.21783.</remarks>
public sealed class Llama : Module
{
    private readonly Embedding _tokens;
    private readonly Block[] _blocks;
    private readonly RmsNorm _norm;
    private readonly Linear _output;

    /// <summary>A model with random parameters.</summary>
    public Llama(LlamaOptions options)
    {
        var rotary = new RotaryEmbedding(options.Dimensions / options.Heads, options.Context, options.RopeTheta);
        _tokens = Child("tok_embeddings", new Embedding(options.Vocabulary, options.Dimensions, dtype: options.DType));
        _blocks = new Block[options.Layers];
        for (var i = 0; i < _blocks.Length; i++)
        {
            _blocks[i] = new Block(options, rotary);
        }

        Child("layers", new Sequential(_blocks));
        _norm = Child("norm", new RmsNorm(options.Dimensions, options.NormEpsilon, options.DType));
        _output = Child("output", new Linear(options.Dimensions, options.Vocabulary, bias: false, options.DType));
    }

    /// <inheritdoc/>
    public override Tensor Forward(Tensor x)
    {
        var h = _tokens.Forward(x);
        foreach (var block in _blocks)
        {
            h = block.Forward(h);
        }

        return _output.Forward(_norm.Forward(h));
    }

    private sealed class Block : Module
    {
        private readonly RmsNorm _attentionNorm;
        private readonly SelfAttention _attention;
        private readonly RmsNorm _feedForwardNorm;
        private readonly FeedForward _feedForward;

        public Block(LlamaOptions o, RotaryEmbedding rotary)
        {
            _attentionNorm = Child("attention_norm", new RmsNorm(o.Dimensions, o.NormEpsilon, o.DType));
            _attention = Child("attention", new SelfAttention(o, rotary));
            _feedForwardNorm = Child("ffn_norm", new RmsNorm(o.Dimensions, o.NormEpsilon, o.DType));
            _feedForward = Child("feed_forward", new FeedForward(o));
        }

        public override Tensor Forward(Tensor x)
        {
            x += _attention.Forward(_attentionNorm.Forward(x));
            return x + _feedForward.Forward(_feedForwardNorm.Forward(x));
        }
    }

    private sealed class SelfAttention : Module
    {
        private readonly LlamaOptions _options;
        private readonly RotaryEmbedding _rotary;
        private readonly Linear _query;
        private readonly Linear _key;
        private readonly Linear _value;
        private readonly Linear _output;

        public SelfAttention(LlamaOptions o, RotaryEmbedding rotary)
        {
            (_options, _rotary) = (o, rotary);
            var shared = o.Dimensions / o.Heads * o.KeyValueHeads;
            _query = Child("wq", new Linear(o.Dimensions, o.Dimensions, bias: false, o.DType));
            _key = Child("wk", new Linear(o.Dimensions, shared, bias: false, o.DType));
            _value = Child("wv", new Linear(o.Dimensions, shared, bias: false, o.DType));
            _output = Child("wo", new Linear(o.Dimensions, o.Dimensions, bias: false, o.DType));
        }

        public override Tensor Forward(Tensor x)
        {
            var query = _rotary.Apply(Split(_query.Forward(x), _options.Heads));
            var key = _rotary.Apply(Split(_key.Forward(x), _options.KeyValueHeads));
            var value = Split(_value.Forward(x), _options.KeyValueHeads);
            var attended = query.ScaledDotProductAttention(key, value, isCausal: true, groupedQueries: true);
            return _output.Forward(attended.Transpose(1, 2).Reshape(x.Shape));
        }

        // [N, T, heads · D] → [N, heads, T, D]
        private static Tensor Split(Tensor x, int heads) => x.Reshape(x.Shape.Size(0), x.Shape.Size(1), heads, x.Size(2) / heads).Transpose(1, 2);
    }

    private sealed class FeedForward : Module
    {
        private readonly Linear _gate;
        private readonly Linear _down;
        private readonly Linear _up;

        public FeedForward(LlamaOptions o)
        {
            _gate = Child("w1", new Linear(o.Dimensions, o.HiddenDimensions, bias: false, o.DType));
            _down = Child("w2", new Linear(o.HiddenDimensions, o.Dimensions, bias: false, o.DType));
            _up = Child("w3", new Linear(o.Dimensions, o.HiddenDimensions, bias: false, o.DType));
        }

        public override Tensor Forward(Tensor x) => _down.Forward(_gate.Forward(x).Silu() * _up.Forward(x));
    }
}
