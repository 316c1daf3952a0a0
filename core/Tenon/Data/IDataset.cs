namespace Tenon.Data;

/// <summary>Samples by number. Reading must be possible from several threads at once.</summary>
public interface IDataset
{
    /// <summary>How many samples there are.</summary>
    int Count { get; }

    /// <summary>One sample: its parts, without an axis for the batch.</summary>
    Batch this[int index] { get; }

    /// <summary>Several samples, each part joined along a new first axis.</summary>
    Batch Read(ReadOnlySpan<int> indices)
    {
        var samples = new Batch[indices.Length];
        for (var i = 0; i < samples.Length; i++)
        {
            samples[i] = this[indices[i]];
        }

        return Batch.Stack(samples);
    }
}
