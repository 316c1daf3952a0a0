namespace Tenon.NN;

/// <summary>A table of vectors: integers <c>[…]</c> → <c>[…, dimensions]</c>. Integers outside the table give zeros.</summary>
public sealed class Embedding : Module
{
    private readonly int? _padding;
    private readonly double? _maxNorm;
    private readonly double _norm;

    /// <summary>A table of normal random vectors.</summary>
    /// <param name="count">How many vectors there are.</param>
    /// <param name="dimensions">The size of each.</param>
    /// <param name="padding">A vector that is 0 at first and gets no gradient; none if null.</param>
    /// <param name="maxNorm">A norm to which vectors that are used are shortened if theirs is greater; no limit if null.</param>
    /// <param name="norm">Which norm.</param>
    /// <param name="dtype">The type of the parameters; float32 by default.</param>
    /// <param name="device">Where they are; the default device if null.</param>
    /// <exception cref="TenonException">The table has no such vector for padding.</exception>
    public Embedding(int count, int dimensions, int? padding = null, double? maxNorm = null, double norm = 2, DType? dtype = null, string? device = null)
    {
        (_padding, _maxNorm, _norm) = (EmbeddingTable.Padding(padding, count), maxNorm, norm);
        Weight = Parameter("weight", EmbeddingTable.Initial(count, dimensions, _padding, dtype, device));
    }

    /// <summary><c>[count, dimensions]</c>.</summary>
    public Tensor Weight { get; }

    /// <inheritdoc/>
    public override Tensor Forward(Tensor x)
    {
        EmbeddingTable.Shorten(Weight, x, _maxNorm, _norm);
        var vectors = Weight.IndexSelect(0, x.Flatten()).Reshape([.. x.Shape, Weight.Size(1)]);
        return _padding is { } padding ? Tensor.Where(x.Eq(padding).Unsqueeze(-1), vectors.Detach(), vectors) : vectors;
    }
}

/// <summary>How the vectors of a bag are put together.</summary>
public enum BagMode
{
    /// <summary>Their mean.</summary>
    Mean,

    /// <summary>Their sum.</summary>
    Sum,

    /// <summary>The greatest of each element.</summary>
    Max,
}

/// <summary>Sums, means or maxima over bags of vectors of a table: <c>[N, L]</c> → <c>[N, dimensions]</c>.</summary>
public sealed class EmbeddingBag : Module
{
    private readonly BagMode _mode;
    private readonly int? _padding;
    private readonly double? _maxNorm;
    private readonly double _norm;

    /// <summary>A table of normal random vectors.</summary>
    /// <param name="count">How many vectors there are.</param>
    /// <param name="dimensions">The size of each.</param>
    /// <param name="mode">How the vectors of a bag are put together.</param>
    /// <param name="padding">A vector that doesn't count; none if null.</param>
    /// <param name="maxNorm">A norm to which vectors that are used are shortened if theirs is greater; no limit if null.</param>
    /// <param name="norm">Which norm.</param>
    /// <param name="dtype">The type of the parameters; float32 by default.</param>
    /// <param name="device">Where they are; the default device if null.</param>
    /// <exception cref="TenonException">The table has no such vector for padding.</exception>
    public EmbeddingBag(
        int count, int dimensions, BagMode mode = BagMode.Mean, int? padding = null, double? maxNorm = null, double norm = 2, DType? dtype = null, string? device = null)
    {
        (_mode, _padding, _maxNorm, _norm) = (mode, EmbeddingTable.Padding(padding, count), maxNorm, norm);
        Weight = Parameter("weight", EmbeddingTable.Initial(count, dimensions, _padding, dtype, device));
    }

    /// <summary><c>[count, dimensions]</c>.</summary>
    public Tensor Weight { get; }

    /// <summary>Bags of equal size, <c>[N, L]</c>.</summary>
    public override Tensor Forward(Tensor x) => Forward(x, null);

    /// <summary>Bags of vectors.</summary>
    /// <param name="x">Integers <c>[N, L]</c>; or <c>[M]</c>, all bags after each other.</param>
    /// <param name="offsets">For <c>[M]</c>: where each of the bags begins, <c>[N]</c>.</param>
    /// <param name="weights">What the vectors are multiplied by, of the shape of <paramref name="x"/>; only for sums.</param>
    /// <exception cref="TenonException">Shapes don't fit.</exception>
    public Tensor Forward(Tensor x, Tensor? offsets, Tensor? weights = null)
    {
        if ((x.Rank == 1) != (offsets is not null) || x.Rank is < 1 or > 2 || (weights is not null && (_mode != BagMode.Sum || !weights.Shape.Equals(x.Shape))))
        {
            throw new TenonException("TEN3258", $"EmbeddingBag: input {x.Shape}, offsets {offsets?.Shape.ToString() ?? "none"}, weights {weights?.Shape.ToString() ?? "none"}. Expected [N, L], or [M] with offsets [N]; weights of the input's shape, for sums only.");
        }

        EmbeddingTable.Shorten(Weight, x, _maxNorm, _norm);
        var vectors = Weight.IndexSelect(0, x.Flatten()).Reshape([.. x.Shape, Weight.Size(1)]);
        vectors = weights is null ? vectors : vectors * weights.Unsqueeze(-1);
        var counts = _padding is { } padding ? x.Ne(padding) : x.Eq(x);
        if (offsets is null)
        {
            return Bags(vectors, counts, 1);
        }

        // [N, M]: which bag an integer is in: the last that begins at or before it.
        var places = Tensor.Arange(x.Shape.Size(0));
        var bag = (places.Unsqueeze(1) >= offsets).Sum(1) - 1;
        var isIn = bag.Eq(Tensor.Arange(offsets.Shape.Size(0)).Unsqueeze(1)) & counts;
        return Bags(vectors, isIn, 1);
    }

    // Over the axis of the members; of those that are masked only.
    private Tensor Bags(Tensor vectors, Tensor isIn, int axis)
    {
        isIn = isIn.Unsqueeze(-1);
        if (_mode == BagMode.Max)
        {
            var greatest = Tensor.Where(isIn, vectors, double.NegativeInfinity).Max(axis);
            return Tensor.Where(isIn.Any(axis), greatest, 0);
        }

        var sum = Tensor.Where(isIn, vectors, 0).Sum(axis);
        return _mode == BagMode.Sum ? sum : sum / isIn.Sum(axis).Maximum(1);
    }
}

internal static class EmbeddingTable
{
    public static int? Padding(int? padding, int count) => padding is null || (padding >= -count && padding < count)
        ? padding < 0 ? padding + count : padding
        : throw new TenonException("TEN3258", $"Embedding: vector {padding} for padding, of {count}. Expected one of the table.");

    public static Tensor Initial(int count, int dimensions, int? padding, DType? dtype, string? device)
    {
        var normal = Tensor.Randn([count, dimensions], dtype, device);
        return padding is { } p ? Tensor.Where(Tensor.Arange(count).Unsqueeze(1).Eq(p), 0, normal) : normal;
    }

    // The vectors that are used get at most this norm, for good.
    public static void Shorten(Tensor weight, Tensor used, double? maxNorm, double p)
    {
        if (maxNorm is not { } most)
        {
            return;
        }

        using var noGrad = Tensor.NoGrad();
        var norm = p == 2 ? weight.Square().Sum(1).Sqrt() : weight.Abs().Pow(p).Sum(1).Pow(1 / p);
        var isUsed = Tensor.Arange(weight.Size(0)).Unsqueeze(1).Eq(used.Flatten()).Any(1);
        var scale = Tensor.Where(isUsed & (norm > most), most / (norm + 1e-7), 1);
        weight.Assign(weight * scale.Unsqueeze(1));
    }
}
