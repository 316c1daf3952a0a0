namespace Tenon.Data;

/// <summary>Some samples of a data set, in a given order.</summary>
/// <param name="dataset">The data set.</param>
/// <param name="indices">Which samples.</param>
public sealed class Subset(IDataset dataset, IReadOnlyList<int> indices) : IDataset
{
    /// <inheritdoc/>
    public int Count => indices.Count;

    /// <inheritdoc/>
    public Batch this[int index] => dataset[indices[index]];

    /// <summary>Cuts a data set into parts of random samples.</summary>
    /// <param name="dataset">The data set.</param>
    /// <param name="seed">The same seed gives the same parts.</param>
    /// <param name="counts">How many samples each part has; together as many as there are.</param>
    /// <exception cref="TenonException">There are more or fewer.</exception>
    public static Subset[] RandomSplit(IDataset dataset, int seed, params ReadOnlySpan<int> counts)
    {
        var total = 0;
        foreach (var count in counts)
        {
            total += count;
        }

        if (total != dataset.Count)
        {
            throw new TenonException("TEN3263", $"RandomSplit: parts of {string.Join(" + ", counts.ToArray())} = {total} samples, of {dataset.Count}. Expected parts of all samples.");
        }

        int[] order = [.. Enumerable.Range(0, total)];
        new Random(seed).Shuffle(order);
        var parts = new Subset[counts.Length];
        var begin = 0;
        for (var i = 0; i < parts.Length; i++)
        {
            parts[i] = new Subset(dataset, order[begin..(begin += counts[i])]);
        }

        return parts;
    }

    /// <inheritdoc/>
    public Batch Read(ReadOnlySpan<int> chosen)
    {
        var inner = new int[chosen.Length];
        for (var i = 0; i < inner.Length; i++)
        {
            inner[i] = indices[chosen[i]];
        }

        return dataset.Read(inner);
    }
}

/// <summary>The samples of several data sets, one after the other.</summary>
public sealed class ConcatDataset : IDataset
{
    private readonly IDataset[] _datasets;
    private readonly int[] _begins;

    /// <summary>The data sets in order.</summary>
    public ConcatDataset(params ReadOnlySpan<IDataset> datasets)
    {
        _datasets = datasets.ToArray();
        _begins = new int[_datasets.Length];
        for (var i = 0; i < _begins.Length; i++)
        {
            _begins[i] = Count;
            Count += _datasets[i].Count;
        }
    }

    /// <inheritdoc/>
    public int Count { get; }

    /// <inheritdoc/>
    public Batch this[int index]
    {
        get
        {
            if ((uint)index >= (uint)Count)
            {
                throw new TenonException("TEN3262", $"Sample {index} of {Count}. Expected 0 to {Count - 1}.");
            }

            // The last that begins at or before it: empty ones begin where the next does.
            var at = Array.FindLastIndex(_begins, b => b <= index);
            return _datasets[at][index - _begins[at]];
        }
    }
}
