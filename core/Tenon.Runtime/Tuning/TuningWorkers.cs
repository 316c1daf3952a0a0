using Tenon.Compiler;
using Tenon.Core;

namespace Tenon.Runtime;

/// <summary>Where the candidates of searches run: in a worker process that serves one kernel after the other, else in this one.</summary>
internal sealed class TuningWorkers(RuntimeOptions options, IReadOnlyList<PluginRegistration> plugins, CompilerOptions compiler, DebugLog log) : IDisposable
{
    private readonly Dictionary<string, WorkerProcess> _workers = [];
    private string? _why = WorkerSetup.WhyNot(plugins);
    private bool _isSaid;

    /// <summary>Whether the last kernel's candidates run in a process of their own.</summary>
    public bool IsIsolated { get; private set; }

    /// <summary>Prepares to time candidates of a kernel.</summary>
    /// <exception cref="TenonException">The kernel can't be run by itself.</exception>
    public ICandidateTimer Open(UOp kernel, OpenedDevice device, SearchOptions search)
    {
        if (search.UseWorker && _why is null)
        {
            WorkerTimer timer = new(this, kernel, device, search);
            try
            {
                timer.Open();
                IsIsolated = true;
                return timer;
            }
            catch (WorkerFailure e) when (_workers.ContainsKey(device.Name))
            {
                // A worker was there, and this kernel has ended it.
                throw new TenonException("TEN1120", $"Kernel {kernel.ArgAs<KernelArg>().Name} can't be searched for, because it can't be run by itself: {e.Message}", e);
            }
            catch (WorkerFailure e)
            {
                _why = e.Message;
            }
        }

        IsIsolated = false;
        if (search.UseWorker && !_isSaid)
        {
            _isSaid = true;
            log.Warn($"Candidates are timed in this process, which one that crashes or hangs would take along: {_why}.");
        }

        try
        {
            return new InProcessTimer(new KernelBench(kernel, device, compiler), search.Threads);
        }
        catch (OutOfMemoryException e)
        {
            throw new TenonException("TEN1120", $"Kernel {kernel.ArgAs<KernelArg>().Name} can't be searched for, because it can't be run by itself: {e.Message}", e);
        }
    }

    /// <summary>A worker whose device is open: the one that there is, or a new one.</summary>
    /// <exception cref="WorkerFailure">None can be started.</exception>
    public WorkerProcess Get(OpenedDevice device, SearchOptions search)
    {
        if (_workers.TryGetValue(device.Name, out var known) && !known.HasEnded)
        {
            return known;
        }

        known?.Dispose();
        var worker = WorkerProcess.Start(WorkerCommand.Find(out var reason) ?? throw new WorkerFailure(RejectReason.Crash, reason), typeof(TuningWorker), search.Clock);
        try
        {
            var setup = WorkerSetup.Of(options, plugins, compiler, device.Name, search.Threads);
            if (WorkerPipe.ReadRejection(worker.Ask(WorkerMessage.Open, w => w.Write(setup.ToJson()), TimeSpan.FromSeconds(60))) is { } rejection)
            {
                throw new WorkerFailure(rejection.Reason, rejection.Detail);
            }
        }
        catch (WorkerFailure)
        {
            worker.Dispose();
            throw;
        }

        return _workers[device.Name] = worker;
    }

    public void Dispose()
    {
        foreach (var worker in _workers.Values)
        {
            worker.Dispose();
        }

        _workers.Clear();
    }
}
