using Tenon.Runtime;

namespace Tenon.Cli.Explain;

/// <summary>Which part of a trace is asked for.</summary>
internal sealed record ExplainFilter
{
    /// <summary>A stage and those within it.</summary>
    public string? Stage { get; init; }

    /// <summary>What the names of kernels begin with.</summary>
    public string? Kernel { get; init; }

    /// <summary>A rule, as <c>File.cs:line</c>, or the rules of a file.</summary>
    public string? Rule { get; init; }

    /// <summary>What a rewritten node contains.</summary>
    public string? Node { get; init; }

    /// <summary>Whether rewrites are to be shown one by one.</summary>
    public bool ShowsRewrites => Rule is not null || Node is not null;

    /// <summary>The part of a trace.</summary>
    public TraceReport Apply(TraceReport trace) => new(
        [.. trace.Stages.Where(s => Fits(s.Stage, s.Kernel))],
        [.. trace.Rules.Where(r => Fits(r.Stage, r.Kernel) && Fits(r.Rule))],
        [.. trace.Rewrites.Where(r => Fits(r.Stage, r.Kernel) && Fits(r.Rule) && (Node is null || r.Before.Contains(Node, StringComparison.OrdinalIgnoreCase)))]);

    private bool Fits(string stage, string? kernel) =>
        (Stage is null || stage == Stage || stage.StartsWith(Stage + "/", StringComparison.Ordinal)) && (Kernel is null || kernel?.StartsWith(Kernel, StringComparison.Ordinal) == true);

    private bool Fits(string rule) => Rule is null || rule == Rule || rule.StartsWith(Rule + ":", StringComparison.Ordinal);
}
