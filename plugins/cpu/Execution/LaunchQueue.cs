using System.Collections.Concurrent;
using Tenon.Core.Backend;

namespace Tenon.Plugins.Cpu;

/// <summary>
/// Launches in order. A thread of the queue runs them, or one that waits for them, whichever has the turn: so that a thread
/// that launches something small and waits doesn't pay for waking another. Each shares the work with a pool.
/// </summary>
internal sealed unsafe class LaunchQueue : IDisposable
{
    // More would only hold memory.
    private const long MaxQueued = 4096;

    private readonly Lock _turn = new();
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

    /// <summary>Adds a launch to the end. What is small and has nothing to wait for is done here: to wake a thread takes longer.</summary>
    public void Enqueue(Launch launch)
    {
        ObjectDisposedException.ThrowIf(_stopped, typeof(CpuDevice));
        if (launch.Program.IsSmall && TryRunNow(launch))
        {
            return;
        }

        var place = Interlocked.Increment(ref _queued);
        if (place - Volatile.Read(ref _done) > MaxQueued)
        {
            WaitFor(place - MaxQueued / 2);
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
    }

    private void WaitFor(long count)
    {
        while (Volatile.Read(ref _done) < count)
        {
            if (!_turn.TryEnter())
            {
                // Who has the turn goes on, or the queue's thread does.
                _progress.WaitUntil(() => Volatile.Read(ref _done) >= count);
                return;
            }

            try
            {
                while (Volatile.Read(ref _done) < count && RunNext())
                {
                }
            }
            finally
            {
                _turn.Exit();
            }

            // Another thread has counted a launch and is about to add it.
            Thread.Yield();
        }
    }

    private bool TryRunNow(Launch launch)
    {
        if (Volatile.Read(ref _done) != Volatile.Read(ref _queued) || !_turn.TryEnter())
        {
            return false;
        }

        try
        {
            // Nobody else can have done anything since: who holds the turn counts.
            var done = Volatile.Read(ref _done);
            if (Interlocked.CompareExchange(ref _queued, done + 1, done) != done)
            {
                return false;
            }

            Run(launch);
            Interlocked.Increment(ref _done);
            _progress.Wake();
            return true;
        }
        finally
        {
            _turn.Exit();
        }
    }

    private void Run()
    {
        var hasWork = () => !_launches.IsEmpty || _stopped;
        while (!_stopped)
        {
            bool any;
            lock (_turn)
            {
                any = RunNext();
            }

            if (!any)
            {
                _work.WaitUntil(hasWork);
            }
        }
    }

    // Only who has the turn may call this.
    private bool RunNext()
    {
        if (!_launches.TryDequeue(out var launch))
        {
            return false;
        }

        Run(launch);
        Interlocked.Increment(ref _done);
        _progress.Wake();
        return true;
    }

    private void Run(Launch launch)
    {
        var kernel = launch.Program.Kernel;
        try
        {
            fixed (nint* addresses = launch.Addresses)
            fixed (long* variables = launch.Variables)
            {
                if (launch.Program.IsForOneThread)
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
