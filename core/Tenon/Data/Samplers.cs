namespace Tenon.Data;

/// <summary>Says in which order a <see cref="DataLoader"/> takes samples.</summary>
public interface ISampler
{
    /// <summary>How many samples an epoch has.</summary>
    int Count { get; }

    /// <summary>The samples of an epoch, from 0; the same epoch gives the same order.</summary>
    IReadOnlyList<int> Order(int epoch);
}

/// <summary>All samples in their order.</summary>
/// <param name="count">How many there are.</param>
public sealed class SequentialSampler(int count) : ISampler
{
    /// <inheritdoc/>
    public int Count => count;

    /// <inheritdoc/>
    public IReadOnlyList<int> Order(int epoch) => [.. Enumerable.Range(0, count)];
}

/// <summary>All samples, in another random order each epoch.</summary>
/// <param name="count">How many there are.</param>
/// <param name="seed">The same seed gives the same orders.</param>
public sealed class RandomSampler(int count, int seed = 0) : ISampler
{
    /// <inheritdoc/>
    public int Count => count;

    /// <inheritdoc/>
    public IReadOnlyList<int> Order(int epoch)
    {
        int[] order = [.. Enumerable.Range(0, count)];
        Epochs.Random(seed, epoch).Shuffle(order);
        return order;
    }
}

/// <summary>Samples with probabilities that are proportional to weights, each drawn from all of them.</summary>
public sealed class WeightedSampler : ISampler
{
    private readonly double[] _sums;
    private readonly int _seed;

    /// <summary>A sampler.</summary>
    /// <param name="weights">A weight of 0 or more for each sample.</param>
    /// <param name="count">How many are drawn in an epoch.</param>
    /// <param name="seed">The same seed gives the same orders.</param>
    /// <exception cref="TenonException">A weight is negative or not finite, or all are 0.</exception>
    public WeightedSampler(IReadOnlyList<double> weights, int count, int seed = 0)
    {
        (_seed, Count, _sums) = (seed, count, new double[weights.Count]);
        var sum = 0.0;
        for (var i = 0; i < _sums.Length; i++)
        {
            if (!double.IsFinite(weights[i]) || weights[i] < 0)
            {
                throw new TenonException("TEN3264", $"WeightedSampler: weight {i} is {weights[i]}. Expected 0 or more.");
            }

            _sums[i] = sum += weights[i];
        }

        if (sum == 0)
        {
            throw new TenonException("TEN3264", $"WeightedSampler: {weights.Count} weights whose sum is 0. Expected one above 0.");
        }
    }

    /// <inheritdoc/>
    public int Count { get; }

    /// <inheritdoc/>
    public IReadOnlyList<int> Order(int epoch)
    {
        var random = Epochs.Random(_seed, epoch);
        var order = new int[Count];
        for (var i = 0; i < order.Length; i++)
        {
            // The first whose sum is beyond the number.
            var at = Array.BinarySearch(_sums, random.NextDouble() * _sums[^1]);
            at = at < 0 ? ~at : at + 1;
            while (at < _sums.Length - 1 && _sums[at] == (at > 0 ? _sums[at - 1] : 0))
            {
                at++;
            }

            order[i] = at;
        }

        return order;
    }
}

internal static class Epochs
{
    public static Random Random(int seed, int epoch) => new(unchecked(seed * 7919 + epoch));
}
