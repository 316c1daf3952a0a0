using System.Collections;

namespace Tenon.Data;

/// <summary>The parts of a sample or of a batch of them, such as pictures and labels: <c>var (images, labels) = batch;</c>.</summary>
public sealed class Batch : IReadOnlyList<Tensor>
{
    private readonly Tensor[] _parts;

    /// <summary>The parts in order.</summary>
    public Batch(params ReadOnlySpan<Tensor> parts) => _parts = parts.ToArray();

    /// <inheritdoc/>
    public int Count => _parts.Length;

    /// <inheritdoc/>
    public Tensor this[int index] => _parts[index];

    /// <summary>Samples joined along a new first axis, part by part.</summary>
    /// <exception cref="TenonException">They have different numbers of parts, or parts of different shapes.</exception>
    public static Batch Stack(params ReadOnlySpan<Batch> samples)
    {
        var all = samples.ToArray();
        if (all.Length == 0 || Array.Exists(all, s => s.Count != all[0].Count))
        {
            throw new TenonException("TEN3260", $"A batch of {all.Length} samples with [{string.Join(", ", all.Select(s => s.Count))}] parts. Expected one sample or more, of equally many parts.");
        }

        return new Batch([.. Enumerable.Range(0, all[0].Count).Select(i => Tensor.Stack([.. all.Select(s => s[i])]))]);
    }

    /// <summary>The first two parts.</summary>
    /// <exception cref="TenonException">There are not two.</exception>
    public void Deconstruct(out Tensor first, out Tensor second) => (first, second) = (Of(2)[0], _parts[1]);

    /// <summary>The first three parts.</summary>
    /// <exception cref="TenonException">There are not three.</exception>
    public void Deconstruct(out Tensor first, out Tensor second, out Tensor third) => (first, second, third) = (Of(3)[0], _parts[1], _parts[2]);

    /// <inheritdoc/>
    public IEnumerator<Tensor> GetEnumerator() => ((IEnumerable<Tensor>)_parts).GetEnumerator();

    /// <inheritdoc/>
    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    private Tensor[] Of(int count) => _parts.Length == count
        ? _parts
        : throw new TenonException("TEN3260", $"A batch of {_parts.Length} parts, taken for {count}. Expected as many.");
}
