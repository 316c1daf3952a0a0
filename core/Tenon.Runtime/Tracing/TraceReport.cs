using System.Text.Json;
using Tenon.Core;

namespace Tenon.Runtime;

/// <summary>What a <see cref="TraceRecorder"/> heard: counts and times by stage, kernel and rule, and what rules did.</summary>
/// <param name="Stages">Stages, in the order in which they first began.</param>
/// <param name="Rules">Rules that were tried, by stage and kernel.</param>
/// <param name="Rewrites">What rules did, the first <see cref="TraceRecorder.KeptRewrites"/> of each rule in each stage of a kernel.</param>
public sealed record TraceReport(IReadOnlyList<StageTrace> Stages, IReadOnlyList<RuleTrace> Rules, IReadOnlyList<RewriteTrace> Rewrites)
{
    private static readonly JsonSerializerOptions Json = new() { PropertyNamingPolicy = JsonNamingPolicy.CamelCase, WriteIndented = true };

    /// <summary>Writes the report as JSON; docs/cli.md says what the keys mean.</summary>
    public void Save(string path)
    {
        using var file = File.Create(path);
        JsonSerializer.Serialize(file, this, Json);
    }

    /// <summary>Reads what <see cref="Save"/> wrote.</summary>
    /// <exception cref="TenonException">It is damaged.</exception>
    public static TraceReport Load(string path)
    {
        try
        {
            using var file = File.OpenRead(path);
            return JsonSerializer.Deserialize<TraceReport>(file, Json) ?? throw new JsonException("There is nothing in it.");
        }
        catch (JsonException e)
        {
            throw new TenonException("TEN5014", $"The trace in {path} is damaged: {e.Message} Record it again.", e);
        }
    }
}

/// <summary>All runs of one stage for one kernel.</summary>
/// <param name="Stage">Such as <c>lower/expand</c>; a stage within another has its name in front.</param>
/// <param name="Kernel">The kernel; null for what works on all or none.</param>
/// <param name="Runs">How often it ran.</param>
/// <param name="Seconds">Time from begin to end.</param>
/// <param name="OwnSeconds">Without the stages within it.</param>
/// <param name="NodesBefore">Nodes of the graphs that it started from.</param>
/// <param name="NodesAfter">Nodes of those that it made; null if it makes no graph.</param>
public sealed record StageTrace(string Stage, string? Kernel, long Runs, double Seconds, double OwnSeconds, long? NodesBefore, long? NodesAfter);

/// <summary>One rule in one stage for one kernel.</summary>
/// <param name="Stage">The stage.</param>
/// <param name="Kernel">The kernel.</param>
/// <param name="Rule">Where the rule is written: <c>File.cs:line</c>.</param>
/// <param name="Text">How it is written.</param>
/// <param name="Fired">How often it replaced a node.</param>
/// <param name="Tried">How often a node looked like its pattern.</param>
/// <param name="Seconds">Time in it, without rewrites that it started.</param>
public sealed record RuleTrace(string Stage, string? Kernel, string Rule, string Text, long Fired, long Tried, double Seconds);

/// <summary>One thing that a rule did.</summary>
/// <param name="Stage">The stage.</param>
/// <param name="Kernel">The kernel.</param>
/// <param name="Rule">Where the rule is written.</param>
/// <param name="Before">The node.</param>
/// <param name="After">What took its place.</param>
public sealed record RewriteTrace(string Stage, string? Kernel, string Rule, string Before, string After);
