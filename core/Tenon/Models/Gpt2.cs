using Tenon.NN;

namespace Tenon.Models;

/// <summary>The sizes of a <see cref="Gpt2"/>; by default those of the smallest, of 124 million parameters.</summary>
public sealed record Gpt2Options
{
    /// <summary>Different tokens.</summary>
    public int Vocabulary { get; init; } = 50257;

    /// <summary>Positions.</summary>
    public int Context { get; init; } = 1024;

    /// <summary>The size of a token's vector.</summary>
    public int Dimensions { get; init; } = 768;

    /// <summary>Blocks.</summary>
    public int Layers { get; init; } = 12;

    /// <summary>Heads of attention in each block.</summary>
    public int Heads { get; init; } = 12;
}

/// <summary>
/// GPT-2: tokens <c>[N, T]</c> → logits <c>[N, T, vocabulary]</c>. Parameters are named as in OpenAI's weights; those of linear layers are
/// <c>[outputs, inputs]</c>.
/// </summary>
/// <remarks>Radford et al., Language Models are Unsupervised Multitask Learners, 2019. The output shares the weights of the input.</remarks>
public sealed class Gpt2 : Module
{
    private readonly Embedding _tokens;
    private readonly Embedding _positions;
    private readonly Block[] _blocks;
    private readonly LayerNorm _norm;

    /// <summary>A model with random parameters.</summary>
    public Gpt2(Gpt2Options? options = null)
    {
        var o = options ?? new Gpt2Options();
        _tokens = Child("wte", new Embedding(o.Vocabulary, o.Dimensions));
        _positions = Child("wpe", new Embedding(o.Context, o.Dimensions));
        _blocks = new Block[o.Layers];
        for (var i = 0; i < _blocks.Length; i++)
        {
            _blocks[i] = new Block(o.Dimensions, o.Heads);
        }

        Child("h", new Sequential(_blocks));
        _norm = Child("ln_f", new LayerNorm([o.Dimensions]));
    }

    /// <inheritdoc/>
    public override Tensor Forward(Tensor x)
    {
        var h = _tokens.Forward(x) + _positions.Weight[TensorIndex.Range(0, x.Shape.Size(1))];
        foreach (var block in _blocks)
        {
            h = block.Forward(h);
        }

        return _norm.Forward(h).Linear(_tokens.Weight);
    }

    private sealed class Block : Module
    {
        private readonly LayerNorm _norm1;
        private readonly SelfAttention _attention;
        private readonly LayerNorm _norm2;
        private readonly FeedForward _feedForward;

        public Block(int dimensions, int heads)
        {
            _norm1 = Child("ln_1", new LayerNorm([dimensions]));
            _attention = Child("attn", new SelfAttention(dimensions, heads));
            _norm2 = Child("ln_2", new LayerNorm([dimensions]));
            _feedForward = Child("mlp", new FeedForward(dimensions));
        }

        public override Tensor Forward(Tensor x)
        {
            x += _attention.Forward(_norm1.Forward(x));
            return x + _feedForward.Forward(_norm2.Forward(x));
        }
    }

    private sealed class SelfAttention : Module
    {
        private readonly int _heads;
        private readonly Linear _input;
        private readonly Linear _output;

        public SelfAttention(int dimensions, int heads)
        {
            _heads = heads;
            _input = Child("c_attn", new Linear(dimensions, 3 * dimensions));
            _output = Child("c_proj", new Linear(dimensions, dimensions));
        }

        public override Tensor Forward(Tensor x)
        {
            var (n, length, size) = (x.Shape.Size(0), x.Shape.Size(1), x.Size(2));
            var all = _input.Forward(x).Reshape(n, length, 3, _heads, size / _heads).Permute(2, 0, 3, 1, 4);
            var attended = all[0].ScaledDotProductAttention(all[1], all[2], isCausal: true);
            return _output.Forward(attended.Transpose(1, 2).Reshape(n, length, size));
        }
    }

    private sealed class FeedForward : Module
    {
        private readonly Linear _up;
        private readonly Linear _down;

        public FeedForward(int dimensions)
        {
            _up = Child("c_fc", new Linear(dimensions, 4 * dimensions));
            _down = Child("c_proj", new Linear(4 * dimensions, dimensions));
        }

        public override Tensor Forward(Tensor x) => _down.Forward(_up.Forward(x).Gelu(approximate: true));
    }
}
