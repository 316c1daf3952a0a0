using System.Collections;
using System.Runtime.CompilerServices;

namespace Tenon.Data;

/// <summary>How a <see cref="DataLoader"/> makes batches.</summary>
/// <param name="BatchSize">Samples in a batch.</param>
/// <param name="Shuffle">Whether each epoch has an order of its own.</param>
/// <param name="Seed">The same seed gives the same orders.</param>
/// <param name="DropLast">Whether a last batch of fewer samples is left out, so that all have one shape.</param>
/// <param name="Prefetch">How many batches are made ahead, on as many threads; with 0 each is made when it is asked for.</param>
/// <param name="Sampler">The order, in place of <paramref name="Shuffle"/>.</param>
/// <param name="Collate">What makes a batch of samples, in place of <see cref="IDataset.Read"/>.</param>
/// <param name="Progress">Is told of each batch that is handed out.</param>
public sealed record DataLoaderOptions(
    int BatchSize = 1, bool Shuffle = false, int Seed = 0, bool DropLast = false, int Prefetch = 2, ISampler? Sampler = null,
    Func<IReadOnlyList<Batch>, Batch>? Collate = null, IProgress<DataProgress>? Progress = null);

/// <summary>How far an epoch is.</summary>
/// <param name="Epoch">Which, from 0.</param>
/// <param name="Batches">Batches that were handed out.</param>
/// <param name="TotalBatches">Batches of the epoch.</param>
/// <param name="Samples">Samples that were handed out.</param>
public readonly record struct DataProgress(int Epoch, int Batches, int TotalBatches, long Samples);

/// <summary>
/// Makes batches of a data set's samples, some of them ahead on other threads. Each enumeration is an epoch:
/// <c>foreach (var (x, y) in loader)</c>. Batches come in the order of the sampler, realised; an error in the data set comes
/// where its batch would have come.
/// </summary>
/// <param name="dataset">The data set.</param>
/// <param name="options">How.</param>
public sealed class DataLoader(IDataset dataset, DataLoaderOptions? options = null) : IEnumerable<Batch>
{
    private readonly DataLoaderOptions _options = Checked(options ?? new());
    private readonly ISampler _sampler = options?.Sampler ?? (options?.Shuffle == true ? new RandomSampler(dataset.Count, options.Seed) : new SequentialSampler(dataset.Count));
    private int _epoch = -1;

    /// <summary>Batches of an epoch.</summary>
    public int Count => _options.DropLast ? _sampler.Count / _options.BatchSize : (_sampler.Count + _options.BatchSize - 1) / _options.BatchSize;

    /// <summary>The next epoch, which the next enumeration gives; set it to continue or to repeat.</summary>
    public int Epoch
    {
        get => _epoch + 1;
        set => _epoch = value - 1;
    }

    /// <summary>The batches of the next epoch.</summary>
    /// <param name="cancellation">Ends it with <see cref="OperationCanceledException"/>.</param>
    public IEnumerable<Batch> Batches(CancellationToken cancellation = default)
    {
        using var pending = new Pending(this, cancellation);
        while (pending.TryTake(out var task))
        {
            yield return pending.HandOut(task.GetAwaiter().GetResult());
        }
    }

    /// <summary>The batches of the next epoch.</summary>
    /// <param name="cancellation">Ends it with <see cref="OperationCanceledException"/>.</param>
    public async IAsyncEnumerable<Batch> BatchesAsync([EnumeratorCancellation] CancellationToken cancellation = default)
    {
        using var pending = new Pending(this, cancellation);
        while (pending.TryTake(out var task))
        {
            yield return pending.HandOut(await task.ConfigureAwait(false));
        }
    }

    /// <inheritdoc/>
    public IEnumerator<Batch> GetEnumerator() => Batches().GetEnumerator();

    /// <inheritdoc/>
    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    // Enough for await foreach; the interface as well would make every query over the loader ambiguous.
    /// <summary>The batches of the next epoch: <c>await foreach (var (x, y) in loader)</c>; as a sequence, <see cref="BatchesAsync"/>.</summary>
    public IAsyncEnumerator<Batch> GetAsyncEnumerator(CancellationToken cancellationToken = default) => BatchesAsync(cancellationToken).GetAsyncEnumerator(cancellationToken);

    private static DataLoaderOptions Checked(DataLoaderOptions options) => options is { BatchSize: > 0, Prefetch: >= 0 }
        ? options
        : throw new TenonException("TEN3265", $"DataLoader: batches of {options.BatchSize}, {options.Prefetch} ahead. Expected 1 or more, and 0 or more.");

    private Batch Make(int[] indices)
    {
        var batch = _options.Collate is { } collate ? collate([.. indices.Select(i => dataset[i])]) : dataset.Read(indices);
        Tensor.Realize([.. batch]);
        return batch;
    }

    // An epoch that is under way: batches that are being made, in order, never more than are wanted ahead.
    private sealed class Pending : IDisposable
    {
        private readonly DataLoader _loader;
        private readonly IReadOnlyList<int> _order;
        private readonly int _epoch;
        private readonly int _total;
        private readonly Queue<Task<Batch>> _tasks = [];
        private readonly CancellationTokenSource _stop;
        private int _begun;
        private int _handedOut;

        public Pending(DataLoader loader, CancellationToken cancellation)
        {
            (_loader, _total, _epoch) = (loader, loader.Count, Interlocked.Increment(ref loader._epoch));
            _order = loader._sampler.Order(_epoch);
            _stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        }

        public bool TryTake([System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out Task<Batch>? task)
        {
            _stop.Token.ThrowIfCancellationRequested();
            while (_begun < _total && _tasks.Count < Math.Max(1, _loader._options.Prefetch))
            {
                var indices = Indices(_begun++);
                _tasks.Enqueue(_loader._options.Prefetch == 0
                    ? Task.FromResult(_loader.Make(indices))
                    : Task.Run(() => _loader.Make(indices), _stop.Token));
            }

            return _tasks.TryDequeue(out task);
        }

        public Batch HandOut(Batch batch)
        {
            _handedOut++;
            var samples = Math.Min((long)_handedOut * _loader._options.BatchSize, _order.Count);
            _loader._options.Progress?.Report(new DataProgress(_epoch, _handedOut, _total, samples));
            return batch;
        }

        // What is being made ends before the data set may be disposed; its errors belong to batches that nobody asked for.
        public void Dispose()
        {
            _stop.Cancel();
            Task.WhenAll(_tasks).ContinueWith(static t => t.Exception, TaskScheduler.Default).Wait();
            _stop.Dispose();
        }

        private int[] Indices(int batch)
        {
            var begin = batch * _loader._options.BatchSize;
            var indices = new int[Math.Min(_loader._options.BatchSize, _order.Count - begin)];
            for (var i = 0; i < indices.Length; i++)
            {
                indices[i] = _order[begin + i];
            }

            return indices;
        }
    }
}
