namespace Tenon.Sdk.Conformance;

/// <summary>What a run of the kit has found.</summary>
public sealed record ConformanceReport
{
    /// <summary>The device.</summary>
    public required string Device { get; init; }

    /// <summary>What a person calls it.</summary>
    public required string DisplayName { get; init; }

    /// <summary>Its plugin and the version of it.</summary>
    public required string Plugin { get; init; }

    /// <summary>The code generator that was tested; null for a device that has none.</summary>
    public required string? Generator { get; init; }

    /// <summary>The version of the contract.</summary>
    public required string Contract { get; init; }

    /// <summary>What there is to say besides.</summary>
    public IReadOnlyList<string> Notes { get; init; } = [];

    /// <summary>Each case.</summary>
    public required IReadOnlyList<CaseResult> Results { get; init; }

    /// <summary>How many cases ended so.</summary>
    public int Count(CaseOutcome outcome, string? group = null) => Results.Count(r => r.Outcome == outcome && (group is null || r.Group == group));

    /// <summary>Whether the device keeps the contract as far as it claims to, but for what is listed.</summary>
    public bool IsPassed => !Results.Any(r => r.IsFailure);
}
