using System.Collections.Concurrent;
using Tenon.Core.Backend;

namespace Tenon.Plugins.Cpu;

/// <summary>Launches in order, on a thread of its own that shares the work of each with a pool.</summary>
internal sealed unsafe class LaunchQueue : IDisposable
{
    // More would only hold memory.
    private const long MaxQueued = 4096;

    private readonly ConcurrentQueue<Launch> _launches = new();
    private readonly WorkerPool _pool;
    private readonly Parking _work = new();
    private readonly Parking _progress = new();
    private readonly Thread _thread;
    private long _queued;
    private long _done;
    private BackendException? _error;
    private volatile bool _stopped;

    /// <summary>Starts the threads.</summary>
    public LaunchQueue(string name, int threads)
    {
        _pool = new WorkerPool(threads, name);
        _thread = new Thread(Run) { IsBackground = true, Name = $"{name} queue" };
        _thread.Start();
    }

    /// <summary>Adds a launch to the end.</summary>
    public void Enqueue(Launch launch)
    {
        ObjectDisposedException.ThrowIf(_stopped, typeof(CpuDevice));
        if (Interlocked.Increment(ref _queued) - Volatile.Read(ref _done) > MaxQueued)
        {
            WaitFor(Volatile.Read(ref _queued) - MaxQueued / 2);
        }

        _launches.Enqueue(launch);
        _work.Wake();
    }

    /// <summary>Waits until everything that is queued now has run.</summary>
    public void Wait() => WaitFor(Volatile.Read(ref _queued));

    /// <summary>Waits until everything that is queued now has run; throws the first thing that went wrong.</summary>
    public void Synchronize()
    {
        Wait();
        if (Volatile.Read(ref _error) is not null && Interlocked.Exchange(ref _error, null) is { } error)
        {
            throw error;
        }
    }

    /// <summary>Runs what is queued, then ends the threads.</summary>
    public void Dispose()
    {
        Wait();
        _stopped = true;
        _work.Wake();
        _thread.Join();
        _pool.Dispose();
        _work.Dispose();
        _progress.Dispose();
    }

    private void WaitFor(long count)
    {
        if (Volatile.Read(ref _done) < count)
        {
            _progress.WaitUntil(() => Volatile.Read(ref _done) >= count);
        }
    }

    private void Run()
    {
        var hasWork = () => !_launches.IsEmpty || _stopped;
        while (true)
        {
            if (!_launches.TryDequeue(out var launch))
            {
                if (_stopped)
                {
                    return;
                }

                _work.WaitUntil(hasWork);
                continue;
            }

            Run(launch);
            Interlocked.Increment(ref _done);
            _progress.Wake();
        }
    }

    private void Run(Launch launch)
    {
        var kernel = launch.Program.Kernel;
        try
        {
            fixed (nint* addresses = launch.Addresses)
            fixed (long* variables = launch.Variables)
            {
                if (launch.Program.IsSmall)
                {
                    launch.Program.Entry.Run((void**)addresses, variables, 0, kernel.GlobalSize);
                }
                else
                {
                    _pool.Run(launch.Program.Entry, (void**)addresses, variables, kernel.GlobalSize);
                }
            }
        }
        catch (Exception e)
        {
            var error = new BackendException("TEN4006", $"Kernel {kernel.Name} ({kernel.Generator}) failed while it ran: {e.Message} What it should have written is undefined.", e);
            Interlocked.CompareExchange(ref _error, error, null);
        }

        GC.KeepAlive(launch.Buffers);
    }
}
