using System.Text.Json;
using Tenon.Runtime;

namespace Tenon.Sdk.Conformance;

/// <summary>What another process needs to test the same device.</summary>
/// <param name="Runtime">The plugins and the device.</param>
/// <param name="IsQuick">Whether fewer values and kernels are to do.</param>
/// <param name="SharedFolder">Where processes of one run keep what others need; null for nowhere.</param>
internal sealed record SubjectSetup(WorkerSetup Runtime, bool IsQuick, string? SharedFolder)
{
    public string ToJson() => JsonSerializer.Serialize(this);

    public static SubjectSetup FromJson(string text) => JsonSerializer.Deserialize<SubjectSetup>(text)!;
}
