namespace Tenon.Plugins.Cpu;

/// <summary>
/// Threads that run the work items of one kernel at a time together with the thread that asks. A worker that wakes late finds
/// the job closed and is not waited for.
/// </summary>
internal sealed unsafe class WorkerPool : IDisposable
{
    // Pieces for each thread: enough to even out differences, few enough to cost nothing.
    private const int PiecesPerThread = 16;

    private readonly Thread[] _workers;
    private readonly Parking _parking = new();
    private readonly Func<bool> _hasWork;
    private KernelEntry? _entry;
    private void** _buffers;
    private long* _variables;
    private long _size;
    private long _piece;
    private long _next;
    private int _isOpen;
    private int _inside;
    private Exception? _error;
    private volatile bool _stopped;

    /// <summary>Starts one thread fewer than <paramref name="threads"/>: the caller is one of them.</summary>
    public WorkerPool(int threads, string name)
    {
        _hasWork = () => Volatile.Read(ref _isOpen) != 0 || _stopped;
        _workers = new Thread[threads - 1];
        for (var i = 0; i < _workers.Length; i++)
        {
            _workers[i] = new Thread(Work) { IsBackground = true, Name = $"{name} worker {i + 1}" };
            _workers[i].Start();
        }
    }

    /// <summary>Runs all work items; returns when they are done, and throws what went wrong in any. One caller at a time.</summary>
    public void Run(KernelEntry entry, void** buffers, long* variables, long size)
    {
        if (_workers.Length == 0)
        {
            entry.Run(buffers, variables, 0, size);
            return;
        }

        _entry = entry;
        _buffers = buffers;
        _variables = variables;
        _size = size;
        _next = 0;
        _error = null;
        _piece = Math.Max(1, size / ((_workers.Length + 1) * PiecesPerThread));
        Interlocked.Exchange(ref _isOpen, 1);
        _parking.Wake();
        RunPieces();
        Interlocked.Exchange(ref _isOpen, 0);
        var spin = default(SpinWait);
        while (Volatile.Read(ref _inside) != 0)
        {
            spin.SpinOnce(sleep1Threshold: -1);
        }

        _entry = null;
        if (_error is not null)
        {
            throw _error;
        }
    }

    /// <summary>Ends the threads.</summary>
    public void Dispose()
    {
        _stopped = true;
        _parking.Wake();
        foreach (var worker in _workers)
        {
            worker.Join();
        }
    }

    private void Work()
    {
        while (true)
        {
            _parking.WaitUntil(_hasWork);
            if (_stopped)
            {
                return;
            }

            // Inside first, then look: the caller closes the job first, then waits until nobody is inside.
            Interlocked.Increment(ref _inside);
            if (Volatile.Read(ref _isOpen) != 0)
            {
                RunPieces();
            }

            Interlocked.Decrement(ref _inside);
            WaitForEndOfJob();
        }
    }

    // Nothing is left to do, but the caller may not have closed the job yet.
    private void WaitForEndOfJob()
    {
        while (Volatile.Read(ref _isOpen) != 0 && Volatile.Read(ref _next) >= Volatile.Read(ref _size))
        {
            Thread.SpinWait(10);
        }
    }

    private void RunPieces()
    {
        try
        {
            while (true)
            {
                var begin = Interlocked.Add(ref _next, _piece) - _piece;
                if (begin >= _size)
                {
                    return;
                }

                _entry!.Run(_buffers, _variables, begin, Math.Min(_size, begin + _piece));
            }
        }
        catch (Exception e)
        {
            Interlocked.CompareExchange(ref _error, e, null);
            Volatile.Write(ref _next, _size);
        }
    }
}
