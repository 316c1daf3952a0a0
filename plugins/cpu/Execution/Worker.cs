namespace Tenon.Plugins.Cpu;

/// <summary>A thread that helps with one job at a time. It spins for a while after each, then sleeps.</summary>
internal sealed class Worker
{
    // Stands for a job that isn't offered yet, or that the worker has accepted.
    private static readonly WorkerJob Taken = new();

    private readonly Parking _parking = new();
    private readonly Func<bool> _hasWork;
    private readonly Thread _thread;
    private readonly int? _processor;
    private readonly ManualResetEventSlim _started = new();
    private Exception? _failure;
    private WorkerJob? _job;
    private int _share;
    private volatile bool _stopped;

    /// <summary>Starts the thread, on one processor if one is given.</summary>
    /// <exception cref="Exception">It can't be bound to the processor.</exception>
    public Worker(string name, int? processor)
    {
        _processor = processor;
        _hasWork = () => (Volatile.Read(ref _job) is { } job && job != Taken) || _stopped;
        _thread = new Thread(Run) { IsBackground = true, Name = name };
        _thread.Start();
        if (processor is not null)
        {
            _started.Wait();
            if (_failure is not null)
            {
                throw _failure;
            }
        }
    }

    /// <summary>Keeps the worker for one job, which must be offered then; false if somebody else has it.</summary>
    public bool TryReserve() => Volatile.Read(ref _job) is null && Interlocked.CompareExchange(ref _job, Taken, null) is null;

    /// <summary>Offers a share of a job to the reserved worker.</summary>
    public void Offer(WorkerJob job, int share)
    {
        _share = share;
        Volatile.Write(ref _job, job);
    }

    /// <summary>Takes an offer back; false if the worker has accepted it, or has done it already.</summary>
    public bool TryWithdraw(WorkerJob job) => Interlocked.CompareExchange(ref _job, null, job) == job;

    /// <summary>Wakes the thread, if it sleeps, to look at an offer.</summary>
    public void Wake() => _parking.Wake();

    /// <summary>Ends the thread.</summary>
    public void Stop()
    {
        _stopped = true;
        _parking.Wake();
        _thread.Join();
        _started.Dispose();
    }

    private void Run()
    {
        try
        {
            if (_processor is { } processor)
            {
                Affinity.Bind(processor);
            }
        }
        catch (Exception e)
        {
            _failure = e;
            return;
        }
        finally
        {
            _started.Set();
        }

        while (true)
        {
            _parking.WaitUntil(_hasWork);
            if (_stopped)
            {
                return;
            }

            var job = Volatile.Read(ref _job);
            if (job is null || job == Taken || Interlocked.CompareExchange(ref _job, Taken, job) != job)
            {
                continue;
            }

            job.Help(_share);

            // Free first: the caller goes on with the next kernel as soon as everybody has left.
            Volatile.Write(ref _job, null);
            job.Leave();
        }
    }
}
