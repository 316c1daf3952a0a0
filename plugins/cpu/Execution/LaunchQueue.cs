using Tenon.Core.Backend;

namespace Tenon.Plugins.Cpu;

/// <summary>
/// Launches in order. A thread of the queue runs them, or one that waits for them, whichever has the turn: so that a thread
/// that launches something small and waits doesn't pay for waking another.
/// </summary>
internal sealed unsafe class LaunchQueue : IDisposable
{
    // More would only hold memory. A power of two.
    private const int Capacity = 2048;

    private readonly Launch?[] _ring = new Launch?[Capacity];
    private readonly WorkerPool _pool;
    private readonly KernelRunner _runner;
    private readonly Parking _work = new();
    private readonly Parking _progress = new();
    private readonly Thread _thread;

    // How many have been queued and how many have run: a launch is numbered by how many there are with it.
    private long _queued;
    private long _done;
    private int _turn;
    private BackendException? _error;
    private volatile bool _stopped;

    /// <summary>Starts the thread.</summary>
    /// <exception cref="BackendException">Threads are to be bound to processors, and can't be.</exception>
    public LaunchQueue(DeviceDescription device, CpuSettings settings)
    {
        _pool = WorkerPool.Share(settings.IsPinned);
        _runner = new KernelRunner(_pool, settings.Threads);
        _thread = new Thread(Run) { IsBackground = true, Name = $"{device.Name}:{device.Ordinal} queue" };
        var processor = _pool.ProcessorOf(device.Ordinal);
        if (processor is not null)
        {
            // Now is when to say that it can't be done.
            _pool.Workers(settings.Threads - 1);
        }

        _thread.Start(processor);
    }

    /// <summary>Adds a kernel to the end. What is small and has nothing to wait for is done here: to wake a thread takes longer.</summary>
    public void Enqueue(CpuProgram program, ReadOnlySpan<BufferView> buffers, ReadOnlySpan<long> variables)
    {
        ObjectDisposedException.ThrowIf(_stopped, typeof(CpuDevice));
        if (!program.IsSmall || !TryRunNow(program, buffers, variables))
        {
            TakePlace(out var number).Set(number, program, buffers, variables);
            _work.Wake();
        }
    }

    /// <summary>Adds something else to the end. What is small and has nothing to wait for is done here.</summary>
    public void Enqueue(QueuedWork work, bool isSmall)
    {
        ObjectDisposedException.ThrowIf(_stopped, typeof(CpuDevice));
        if (!isSmall || !TryRunNow(work))
        {
            TakePlace(out var number).Set(number, work);
            _work.Wake();
        }
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
        _pool.Close();
    }

    private Launch TakePlace(out long number)
    {
        number = Interlocked.Increment(ref _queued);
        if (number - Volatile.Read(ref _done) > Capacity)
        {
            WaitFor(number - Capacity / 2);
        }

        ref var place = ref _ring[number % Capacity];
        if (place is null)
        {
            Volatile.Write(ref place, new Launch());
        }

        return place!;
    }

    private void WaitFor(long count)
    {
        while (Volatile.Read(ref _done) < count)
        {
            if (!TryTakeTurn())
            {
                // Who has the turn goes on, or the queue's thread does.
                WaitForOthers(count);
                return;
            }

            while (_done < count && RunNext())
            {
            }

            GiveTurn();

            // Another thread has counted a launch and is about to add it.
            Thread.Yield();
        }
    }

    private void WaitForOthers(long count) => _progress.WaitUntil(() => Volatile.Read(ref _done) >= count);

    private bool TryTakeTurn() => Volatile.Read(ref _turn) == 0 && Interlocked.CompareExchange(ref _turn, 1, 0) == 0;

    private void GiveTurn()
    {
        Interlocked.Exchange(ref _turn, 0);
        if (IsNextHere())
        {
            _work.Wake();
        }
    }

    private bool IsNextHere() => Volatile.Read(ref _done) + 1 is var next && Volatile.Read(ref _ring[next % Capacity]) is { } launch && launch.Has(next);

    private bool TryRunNow(CpuProgram program, ReadOnlySpan<BufferView> buffers, ReadOnlySpan<long> variables)
    {
        if (!TryBegin())
        {
            return false;
        }

        var addresses = stackalloc nint[buffers.Length];
        for (var i = 0; i < buffers.Length; i++)
        {
            addresses[i] = CpuAllocator.Address(buffers[i]);
        }

        try
        {
            fixed (long* v = variables)
            {
                _runner.Run(program, (void**)addresses, v);
            }
        }
        catch (Exception e)
        {
            Fail($"{program.Kernel.Name} ({program.Kernel.Generator})", e);
        }

        foreach (var view in buffers)
        {
            GC.KeepAlive(view.Buffer);
        }

        End();
        return true;
    }

    private bool TryRunNow(QueuedWork work)
    {
        if (!TryBegin())
        {
            return false;
        }

        try
        {
            work.Run(_runner);
        }
        catch (Exception e)
        {
            Fail(work.Name, e);
        }

        End();
        return true;
    }

    // Takes the turn for something that doesn't go through the queue, if nothing is in it.
    private bool TryBegin()
    {
        if (Volatile.Read(ref _done) != Volatile.Read(ref _queued) || !TryTakeTurn())
        {
            return false;
        }

        // Nobody else can have done anything since: who holds the turn counts.
        if (Interlocked.CompareExchange(ref _queued, _done + 1, _done) == _done)
        {
            return true;
        }

        GiveTurn();
        return false;
    }

    private void End()
    {
        CountOne();
        GiveTurn();
    }

    private void Run(object? processor)
    {
        try
        {
            if (processor is int p)
            {
                Affinity.Bind(p);
            }
        }
        catch (BackendException e)
        {
            _error = e;
        }

        var hasWork = () => (IsNextHere() && Volatile.Read(ref _turn) == 0) || _stopped;
        while (!_stopped)
        {
            _work.WaitUntil(hasWork);
            if (TryTakeTurn())
            {
                while (RunNext())
                {
                }

                GiveTurn();
            }
        }
    }

    // Only who has the turn may call this.
    private bool RunNext()
    {
        if (!IsNextHere())
        {
            return false;
        }

        var launch = _ring[(_done + 1) % Capacity]!;
        try
        {
            launch.Run(_runner);
        }
        catch (Exception e)
        {
            Fail(launch.Name, e);
        }

        launch.Clear();
        CountOne();
        return true;
    }

    private void CountOne()
    {
        Volatile.Write(ref _done, _done + 1);
        _progress.Wake();
    }

    private void Fail(string name, Exception e)
    {
        var error = new BackendException("TEN4006", $"Kernel {name} failed while it ran: {e.Message} What it should have written is undefined.", e);
        Interlocked.CompareExchange(ref _error, error, null);
    }
}
