namespace Tenon.Plugins.Cpu;

/// <summary>What a caller shares with workers, one kernel at a time; used again for the next.</summary>
internal sealed unsafe class WorkerJob
{
    private readonly WorkShares _shares = new();
    private Worker[] _helpers = [];
    private int _reserved;
    private KernelEntry? _entry;
    private void** _buffers;
    private long* _variables;
    private int _pending;
    private Exception? _error;

    /// <summary>Runs the work items [0, size) in pieces of at least <paramref name="least"/>, with up to as many workers as there are.</summary>
    /// <exception cref="Exception">What went wrong in any.</exception>
    public void Run(KernelEntry entry, void** buffers, long* variables, long size, long least, ReadOnlySpan<Worker> workers, int helpers)
    {
        _entry = entry;
        _buffers = buffers;
        _variables = variables;
        _error = null;
        if (_helpers.Length < helpers)
        {
            _helpers = new Worker[helpers];
        }

        _reserved = 0;
        for (var i = 0; i < workers.Length && _reserved < helpers; i++)
        {
            if (workers[i].TryReserve())
            {
                _helpers[_reserved++] = workers[i];
            }
        }

        _shares.Divide(size, _reserved + 1, least);
        _pending = _reserved;
        for (var i = 0; i < _reserved; i++)
        {
            _helpers[i].Offer(this, i + 1);
        }

        WakeAfter(0);
        Work(0);
        for (var i = 0; i < _reserved; i++)
        {
            // One that hasn't come yet isn't waited for.
            if (_helpers[i].TryWithdraw(this))
            {
                Interlocked.Decrement(ref _pending);
            }
        }

        var spin = default(SpinWait);
        while (Volatile.Read(ref _pending) != 0)
        {
            spin.SpinOnce(sleep1Threshold: -1);
        }

        _entry = null;
        if (_error is not null)
        {
            throw _error;
        }
    }

    /// <summary>What a worker does that has accepted.</summary>
    public void Help(int share)
    {
        WakeAfter(share);
        Work(share);
    }

    /// <summary>Says that a worker that had accepted is done, and free for others.</summary>
    public void Leave() => Interlocked.Decrement(ref _pending);

    // Waking somebody takes microseconds, so those who wake first help.
    private void WakeAfter(int share)
    {
        for (var i = 2 * share; i < Math.Min(2 * share + 2, _reserved); i++)
        {
            _helpers[i].Wake();
        }
    }

    private void Work(int share)
    {
        try
        {
            while (_shares.TryTake(share, out var begin, out var end))
            {
                _entry!.Run(_buffers, _variables, begin, end);
            }
        }
        catch (Exception e)
        {
            Interlocked.CompareExchange(ref _error, e, null);
            _shares.Clear();
        }
    }
}
