using System.Text.Json;
using Tenon.Runtime;

namespace Tenon.Sdk.Conformance;

/// <summary>The process that runs the cases of one group for another one.</summary>
internal sealed class CaseWorker : Worker
{
    private InProcessRunner? _runner;

    protected override void Handle(byte kind, int number, BinaryReader content)
    {
        if (kind == CaseMessage.Open)
        {
            var (group, setup) = (content.ReadString(), SubjectSetup.FromJson(content.ReadString()));
            Answer(kind, number, w => Open(group, setup, w));
        }
        else
        {
            var end = _runner!.Run(content.ReadString(), content.ReadBoolean(), Timeout.InfiniteTimeSpan);
            Answer(kind, number, w => w.Write(end.Failure ?? ""));
        }
    }

    private void Open(string group, SubjectSetup setup, BinaryWriter w)
    {
        try
        {
            _runner = new InProcessRunner(CaseGroup.All.First(g => g.Name == group), setup);
            var content = JsonSerializer.Serialize(_runner.Open());
            w.Write("");
            w.Write(content);
        }
        catch (ConformanceFailure e)
        {
            w.Write(e.Message);
        }
    }
}
