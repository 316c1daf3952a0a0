namespace Tenon.Data;

/// <summary>Samples that lie along the first axis of tensors.</summary>
public sealed class TensorDataset : IDataset
{
    private readonly Tensor[] _tensors;

    /// <summary>A data set of tensors whose first axes are equal: <c>[N, …]</c>.</summary>
    /// <exception cref="TenonException">There are none, or their first axes differ.</exception>
    public TensorDataset(params ReadOnlySpan<Tensor> tensors)
    {
        _tensors = tensors.ToArray();
        if (_tensors.Length == 0 || Array.Exists(_tensors, t => t.Rank == 0 || t.Size(0) != _tensors[0].Size(0)))
        {
            throw new TenonException("TEN3261", $"TensorDataset: shapes {string.Join(", ", _tensors.Select(t => t.Shape))}. Expected one tensor or more with equal first axes.");
        }

        Tensor.Realize(_tensors);
    }

    /// <inheritdoc/>
    public int Count => (int)_tensors[0].Size(0);

    /// <inheritdoc/>
    public Batch this[int index] => new(Array.ConvertAll(_tensors, t => t[Checked(index)].AsValue()));

    /// <inheritdoc/>
    public Batch Read(ReadOnlySpan<int> indices)
    {
        foreach (var index in indices)
        {
            Checked(index);
        }

        var at = Tensor.From(indices, _tensors[0].Device);
        return new Batch(Array.ConvertAll(_tensors, t => t.IndexSelect(0, at.To(t.Device))));
    }

    private int Checked(int index) => (uint)index < (uint)Count
        ? index
        : throw new TenonException("TEN3262", $"Sample {index} of {Count}. Expected 0 to {Count - 1}.");
}
