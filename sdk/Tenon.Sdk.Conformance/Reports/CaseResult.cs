namespace Tenon.Sdk.Conformance;

/// <summary>How a case ended.</summary>
public enum CaseOutcome
{
    /// <summary>The device does what it claims.</summary>
    Passed,

    /// <summary>It claims it and does otherwise.</summary>
    Failed,

    /// <summary>The case ended its process, by a crash or because it took too long: also a failure.</summary>
    Ended,

    /// <summary>It passes, but is listed to fail: also a failure.</summary>
    UnexpectedPass,

    /// <summary>It fails, and is listed.</summary>
    Expected,

    /// <summary>The device doesn't claim what the case is about.</summary>
    Skipped,
}

/// <summary>The result of one case.</summary>
/// <param name="Group">Its group.</param>
/// <param name="Name">Its name in the group.</param>
/// <param name="Outcome">How it ended.</param>
/// <param name="Message">What is wrong, or why it was not run.</param>
/// <param name="Seconds">How long it took.</param>
public sealed record CaseResult(string Group, string Name, CaseOutcome Outcome, string Message, double Seconds)
{
    /// <summary>Whether the device is not as it should be.</summary>
    public bool IsFailure => Outcome is CaseOutcome.Failed or CaseOutcome.Ended or CaseOutcome.UnexpectedPass;

    /// <summary>Group and name, as filters and lists of expected failures have it.</summary>
    public string FullName => $"{Group}/{Name}";
}
