namespace Tenon;

public sealed partial class Tensor
{
    /// <summary>softmax(query · keyᵀ · scale + mask) · value: <c>[…, H, T, D]</c>, <c>[…, H, S, D]</c>, <c>[…, H, S, V]</c> → <c>[…, H, T, V]</c>.</summary>
    /// <param name="key">The keys.</param>
    /// <param name="value">The values.</param>
    /// <param name="mask">
    /// What broadcasts to <c>[…, H, T, S]</c>: truth values that say which keys a query sees, or numbers to be added. Null: all.
    /// </param>
    /// <param name="isCausal">Whether query i sees the keys 0 to i only.</param>
    /// <param name="scale">1/√D by default.</param>
    /// <param name="groupedQueries">Whether H of keys and values may be a divisor of the H of queries, which then share them.</param>
    /// <remarks>Vaswani et al., arXiv:1706.03762; grouped queries: Ainslie et al., arXiv:2305.13245.</remarks>
    /// <exception cref="TenonException">Shapes don't fit, or a mask is given for causal attention.</exception>
    public Tensor ScaledDotProductAttention(Tensor key, Tensor value, Tensor? mask = null, bool isCausal = false, double? scale = null, bool groupedQueries = false)
    {
        if (mask is not null && isCausal)
        {
            throw new TenonException("TEN3086", "ScaledDotProductAttention: both a mask and isCausal. Put the causal mask into the mask, or leave one of them out.");
        }

        if (groupedQueries && Shape.Size(^3) != key.Shape.Size(^3))
        {
            return Grouped(key, value, mask, isCausal, scale);
        }

        var scores = MatMul(key.T) * (scale ?? 1 / Math.Sqrt(Shapes.Known(Shape, Rank - 1, nameof(ScaledDotProductAttention))));
        var seen = isCausal ? Arange(Shape.Size(^2)).Unsqueeze(1) >= Arange(key.Shape.Size(^2)) : mask is { DType.IsBool: true } ? mask : null;
        scores = seen is not null ? Where(seen, scores, double.NegativeInfinity) : mask is null ? scores : scores + mask;
        return scores.Softmax().MatMul(value);
    }

    // The queries of one key and value are an axis of their own, over which keys and values broadcast.
    private Tensor Grouped(Tensor key, Tensor value, Tensor? mask, bool isCausal, double? scale)
    {
        var (heads, shared) = (Shape.Size(^3), key.Shape.Size(^3));
        if (heads % shared != 0 || value.Shape.Size(^3) != shared)
        {
            throw new TenonException("TEN3087", $"ScaledDotProductAttention: {heads} heads of queries, {shared} of keys, {value.Shape.Size(^3)} of values. Expected equal numbers for keys and values that divide the number for queries.");
        }

        if (mask is { Rank: > 2 })
        {
            mask = mask.Shape.Size(^3) == 1 ? mask.Unsqueeze(-3) : Grouping(mask);
        }

        var attended = Grouping(this).ScaledDotProductAttention(key.Unsqueeze(-3), value.Unsqueeze(-3), mask, isCausal, scale);
        return attended.Reshape([.. Shape.ToSizes()[..^1], value.Shape.Size(^1)]);

        Tensor Grouping(Tensor x) => x.Reshape([.. x.Shape.ToSizes()[..^3], shared, heads / shared, .. x.Shape.ToSizes()[^2..]]);
    }
}
