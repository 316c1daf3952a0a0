using System.Diagnostics;
using System.Text.Json;
using Tenon.Runtime;

namespace Tenon.Sdk.Conformance;

/// <summary>Runs cases in a child process. One that ends it, or takes too long, is a result, and another process goes on.</summary>
internal sealed class ProcessRunner(CaseGroup group, SubjectSetup setup, Func<ProcessStartInfo> command, ConformanceOptions options) : ICaseRunner
{
    // A process is started and lists the cases of a group, whose models are scheduled for that.
    private const int OpenFactor = 3;
    private WorkerProcess? _worker;

    public GroupContent Open()
    {
        try
        {
            _worker?.Dispose();
            _worker = WorkerProcess.Start(command(), typeof(CaseWorker), options.Clock);
            var r = _worker.Ask(
                CaseMessage.Open,
                w =>
                {
                    w.Write(group.Name);
                    w.Write(setup.ToJson());
                },
                options.Deadline * OpenFactor);
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
