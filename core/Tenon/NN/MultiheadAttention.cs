using Tenon.Core;

namespace Tenon.NN;

/// <summary>
/// Attention by several heads: queries, keys and values are projected, each head attends by its part of them, and the joined
/// results are projected again. Parameters are named as PyTorch's.
/// </summary>
/// <remarks>Vaswani et al., arXiv:1706.03762.</remarks>
public sealed class MultiheadAttention : Module
{
    private readonly int _size;
    private readonly int _heads;
    private readonly double _dropout;
    private readonly bool _batchFirst;
    private readonly bool _addZero;
    private readonly Tensor[] _projections;
    private readonly Tensor? _projectionBias;
    private readonly (Tensor Key, Tensor Value)? _added;
    private readonly Linear _out;

    /// <summary>A layer with random projections.</summary>
    /// <param name="size">The size of queries and outputs; a multiple of the heads.</param>
    /// <param name="heads">How many heads.</param>
    /// <param name="dropout">The probability with which, in training, a weight is 0.</param>
    /// <param name="bias">Whether projections have biases.</param>
    /// <param name="addBias">Whether a learnt key and value is added to the others.</param>
    /// <param name="addZero">Whether a key and value of zeros is added.</param>
    /// <param name="keySize">The size of keys; that of queries by default.</param>
    /// <param name="valueSize">The size of values; that of queries by default.</param>
    /// <param name="batchFirst">Whether inputs and output are <c>[N, L, size]</c> rather than <c>[L, N, size]</c>.</param>
    /// <param name="dtype">The type of the parameters; float32 by default.</param>
    /// <param name="device">Where they are; the default device if null.</param>
    public MultiheadAttention(
        int size, int heads, double dropout = 0, bool bias = true, bool addBias = false, bool addZero = false, int? keySize = null, int? valueSize = null,
        bool batchFirst = false, DType? dtype = null, string? device = null)
    {
        if (heads < 1 || size % heads != 0)
        {
            throw new TenonException("TEN3257", $"MultiheadAttention: size {size} for {heads} heads. Expected a multiple of the heads.");
        }

        (_size, _heads, _dropout, _batchFirst, _addZero) = (size, heads, dropout, batchFirst, addZero);
        var (k, v) = (keySize ?? size, valueSize ?? size);
        _projections = k == size && v == size
            ? [Parameter("in_proj_weight", Tensor.GlorotUniform([3 * size, size], dtype, device))]
            :
            [
                Parameter("q_proj_weight", Tensor.GlorotUniform([size, size], dtype, device)),
                Parameter("k_proj_weight", Tensor.GlorotUniform([size, k], dtype, device)),
                Parameter("v_proj_weight", Tensor.GlorotUniform([size, v], dtype, device)),
            ];
        _projectionBias = bias ? Parameter("in_proj_bias", Tensor.Zeros([3 * size], dtype, device)) : null;
        _added = addBias ? (Parameter("bias_k", Normal()), Parameter("bias_v", Normal())) : null;
        _out = Child("out_proj", new Linear(size, size, bias, dtype, device));
        _out.Bias?.Assign(0);

        Tensor Normal() => Tensor.Normal(0, Math.Sqrt(1.0 / size), [1, 1, size], dtype, device);
    }

    /// <summary>The attention of a sequence to itself, <c>[L, N, size]</c> → <c>[L, N, size]</c>.</summary>
    public override Tensor Forward(Tensor x) => Forward(x, x, x, needWeights: false).Output;

    /// <summary>The attention of queries to keys.</summary>
    /// <param name="query"><c>[L, N, size]</c>, <c>[N, L, size]</c> if the batch is first, or <c>[L, size]</c>.</param>
    /// <param name="key"><c>[S, N, keySize]</c>, and so on.</param>
    /// <param name="value"><c>[S, N, valueSize]</c>, and so on.</param>
    /// <param name="keyPaddingMask"><c>[N, S]</c> or <c>[S]</c>: true for keys that are not there; or numbers that are added.</param>
    /// <param name="needWeights">Whether the weights are wanted too.</param>
    /// <param name="mask"><c>[L, S]</c> or <c>[N · heads, L, S]</c>: true where a query does not see a key; or numbers that are added.</param>
    /// <param name="averageWeights">Whether the weights are averaged over the heads.</param>
    /// <returns>The output, shaped as the queries, and the weights <c>[N, L, S]</c> or <c>[N, heads, L, S]</c>.</returns>
    public (Tensor Output, Tensor? Weights) Forward(
        Tensor query, Tensor key, Tensor value, Tensor? keyPaddingMask = null, bool needWeights = true, Tensor? mask = null, bool averageWeights = true)
    {
        if (query.Rank == 2)
        {
            var axis = _batchFirst ? 0 : 1;
            var (one, oneWeights) = Forward(
                query.Unsqueeze(axis), key.Unsqueeze(axis), value.Unsqueeze(axis), keyPaddingMask?.Unsqueeze(0), needWeights, mask, averageWeights);
            return (one.Squeeze(axis), oneWeights?.Squeeze(0));
        }

        RequireFit(query, key, value);
        var (n, l) = (query.Shape.Size(_batchFirst ? 0 : 1), query.Shape.Size(_batchFirst ? 1 : 0));
        var (q, k, v) = ReferenceEquals(query, key) && ReferenceEquals(key, value) ? ProjectedAlike(BatchFirst(query)) : Projected(BatchFirst(query), BatchFirst(key), BatchFirst(value));
        if (_added is var (addedKey, addedValue))
        {
            (k, v) = (Tensor.Cat([k, Single(addedKey, n)], 2), Tensor.Cat([v, Single(addedValue, n)], 2));
        }

        if (_addZero)
        {
            (k, v) = (Widened(k), Widened(v));
        }

        var scores = q.MatMul(k.T) * (1 / Math.Sqrt((double)_size / _heads));
        var added = k.Shape.Size(2) - key.Shape.Size(_batchFirst ? 1 : 0);
        scores = Masked(scores, mask is null ? null : mask.Rank == 3 ? mask.Reshape(n, _heads, l, -1) : mask, added);
        scores = Masked(scores, keyPaddingMask?.Reshape(n, 1, 1, -1), added);
        var weights = scores.Softmax();
        weights = IsTraining && _dropout > 0 ? weights.Dropout(_dropout) : weights;
        var output = _out.Forward(weights.MatMul(v).Transpose(1, 2).Reshape(n, l, _size));
        return (_batchFirst ? output : output.Transpose(0, 1).AsValue(), needWeights ? averageWeights ? weights.Mean(1) : weights : null);
    }

    private static Tensor Widened(Tensor x) => x.Pad([(0, 0), (0, 0), (0, 1), (0, 0)]);

    // Keys that were added are seen by all.
    private static Tensor Masked(Tensor scores, Tensor? mask, SymInt added)
    {
        if (mask is null)
        {
            return scores;
        }

        var padding = new (SymInt, SymInt)[mask.Rank];
        padding[^1] = (0, added);
        mask = mask.Pad(padding);
        return mask.DType.IsBool ? Tensor.Where(mask, double.NegativeInfinity, scores) : scores + mask;
    }

    private Tensor BatchFirst(Tensor x) => _batchFirst ? x : x.Transpose(0, 1);

    // [1, 1, size] → [N, heads, 1, size / heads]
    private Tensor Single(Tensor x, SymInt batch) => x.Reshape(1, _heads, 1, _size / _heads).Expand(batch, _heads, 1, _size / _heads);

    // Queries, keys and values of one sequence are one matrix product.
    private (Tensor Q, Tensor K, Tensor V) ProjectedAlike(Tensor x)
    {
        if (_projections.Length > 1)
        {
            return Projected(x, x, x);
        }

        var all = x.Linear(_projections[0], _projectionBias).Reshape(x.Shape.Size(0), x.Shape.Size(1), 3, _heads, _size / _heads).Permute(2, 0, 3, 1, 4);
        return (all[0], all[1], all[2]);
    }

    // [N, L, …] → [N, heads, L, size / heads] each; the three parts of the weights are an axis of their own.
    private (Tensor Q, Tensor K, Tensor V) Projected(Tensor q, Tensor k, Tensor v)
    {
        var biases = _projectionBias?.Reshape(3, _size);
        var stacked = _projections.Length == 1 ? _projections[0].Reshape(3, _size, _size) : null;
        return (One(q, 0), One(k, 1), One(v, 2));

        Tensor One(Tensor x, int i)
        {
            var y = x.Linear(stacked?[i] ?? _projections[i], biases?[i]);
            return y.Reshape(x.Shape.Size(0), x.Shape.Size(1), _heads, _size / _heads).Transpose(1, 2);
        }
    }

    private void RequireFit(Tensor query, Tensor key, Tensor value)
    {
        var batch = _batchFirst ? 0 : 1;
        if (query.Rank != 3 || key.Rank != 3 || value.Rank != 3 || query.Shape.Size(2) != _size || key.Shape.Size(batch) != query.Shape.Size(batch)
            || key.Shape.Size(1 - batch) != value.Shape.Size(1 - batch) || value.Shape.Size(batch) != query.Shape.Size(batch))
        {
            throw new TenonException("TEN3257", $"MultiheadAttention: queries {query.Shape}, keys {key.Shape}, values {value.Shape}. Expected {(_batchFirst ? "[N, L, size], [N, S, keySize], [N, S, valueSize]" : "[L, N, size], [S, N, keySize], [S, N, valueSize]")} with size {_size}.");
        }
    }
}
