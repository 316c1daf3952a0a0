using System.Diagnostics;
using System.Text.Json;
using Tenon.Runtime;

namespace Tenon.Sdk.Conformance;

/// <summary>Runs cases in a child process. One that ends it, or takes too long, is a result, and another process goes on.</summary>
internal sealed class ProcessRunner(CaseGroup group, SubjectSetup setup, Func<ProcessStartInfo> command) : ICaseRunner
{
    // Of starting a process and listing the cases of a group, whose models are scheduled for that.
    private static readonly TimeSpan OpenDeadline = TimeSpan.FromMinutes(3);
    private WorkerProcess? _worker;

    public GroupContent Open()
    {
        try
        {
            _worker?.Dispose();
            _worker = WorkerProcess.Start(command(), typeof(CaseWorker));
            var r = _worker.Ask(
                CaseMessage.Open,
                w =>
                {
                    w.Write(group.Name);
                    w.Write(setup.ToJson());
                },
                OpenDeadline);
            return r.ReadString() is { Length: > 0 } failure ? throw new ConformanceFailure(failure) : JsonSerializer.Deserialize<GroupContent>(r.ReadString())!;
        }
        catch (WorkerFailure e)
        {
            throw new ConformanceFailure(e.Message);
        }
    }

    public CaseEnd Run(string name, bool alone, TimeSpan deadline)
    {
        try
        {
            if (_worker is null || _worker.HasEnded)
            {
                Open();
            }

            var r = _worker!.Ask(
                CaseMessage.Run,
                w =>
                {
                    w.Write(name);
                    w.Write(alone);
                },
                deadline);
            return new CaseEnd(r.ReadString() is { Length: > 0 } failure ? failure : null);
        }
        catch (WorkerFailure e)
        {
            return new CaseEnd(e.Message, HasEndedProcess: true);
        }
        catch (ConformanceFailure e)
        {
            return new CaseEnd($"the device could not be opened again: {e.Message}");
        }
    }

    public void Dispose() => _worker?.Dispose();
}
