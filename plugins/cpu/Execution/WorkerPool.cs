using Tenon.Core.Backend;

namespace Tenon.Plugins.Cpu;

/// <summary>
/// The workers that all of the plugin's devices share. They come into being when there is work for them, and sleep when there
/// is none.
/// </summary>
internal sealed class WorkerPool
{
    private static readonly Lock Gate = new();
    private static readonly Dictionary<bool, WorkerPool> Open = [];

    private readonly bool _isPinned;
    private readonly IReadOnlyList<int> _processors;
    private Worker[] _workers = [];
    private int _users;

    private WorkerPool(bool isPinned) => (_isPinned, _processors) = (isPinned, isPinned ? Affinity.Processors() : []);

    /// <summary>The pool, with its threads bound to a processor each or free. Each call needs a <see cref="Close"/>.</summary>
    /// <exception cref="BackendException">Threads can't be bound here.</exception>
    public static WorkerPool Share(bool isPinned)
    {
        lock (Gate)
        {
            if (!Open.TryGetValue(isPinned, out var pool))
            {
                Open.Add(isPinned, pool = new WorkerPool(isPinned));
            }

            pool._users++;
            return pool;
        }
    }

    /// <summary>The processor that thread number <paramref name="thread"/> is to be bound to, or null. Workers count from 1.</summary>
    public int? ProcessorOf(int thread) => _isPinned ? _processors[thread % _processors.Count] : null;

    /// <summary>The workers, at least as many as are asked for.</summary>
    public ReadOnlySpan<Worker> Workers(int count)
    {
        var workers = Volatile.Read(ref _workers);
        return workers.Length >= count ? workers : Grow(count);
    }

    /// <summary>Gives the pool back; the last one ends the threads.</summary>
    public void Close()
    {
        lock (Gate)
        {
            if (--_users > 0)
            {
                return;
            }

            Open.Remove(_isPinned);
        }

        foreach (var worker in _workers)
        {
            worker.Stop();
        }
    }

    private Worker[] Grow(int count)
    {
        lock (Gate)
        {
            var workers = new List<Worker>(_workers);
            while (workers.Count < count)
            {
                var number = workers.Count + 1;
                workers.Add(new Worker($"Tenon CPU worker {number}", ProcessorOf(number)));
            }

            Volatile.Write(ref _workers, [.. workers]);
            return _workers;
        }
    }
}
