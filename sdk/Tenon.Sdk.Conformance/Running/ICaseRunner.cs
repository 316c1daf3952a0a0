namespace Tenon.Sdk.Conformance;

/// <summary>Where the cases of one group run.</summary>
internal interface ICaseRunner : IDisposable
{
    /// <summary>Opens the device and lists the cases.</summary>
    /// <exception cref="ConformanceFailure">It can't be opened.</exception>
    GroupContent Open();

    /// <summary>Runs a case.</summary>
    /// <param name="name">The case.</param>
    /// <param name="alone">Whether it must not share work with others.</param>
    /// <param name="deadline">When it is given up.</param>
    CaseEnd Run(string name, bool alone, TimeSpan deadline);
}

/// <summary>What there is to run.</summary>
/// <param name="Device">What the device is called, its plugin and its generator, none of which are known before it is open.</param>
/// <param name="Cases">The cases, with the reasons of those that aren't run.</param>
internal sealed record GroupContent(SubjectDescription Device, IReadOnlyList<GroupCase> Cases);

/// <summary>A case to run.</summary>
/// <param name="Name">Its name in the group.</param>
/// <param name="Skip">Why it isn't run; null if it is.</param>
internal sealed record GroupCase(string Name, string? Skip);

/// <summary>What a report says of a device.</summary>
internal sealed record SubjectDescription(string Device, string DisplayName, string Plugin, string? Generator, bool IsDryRun);

/// <summary>How a case ended.</summary>
/// <param name="Failure">What is wrong; null if nothing is.</param>
/// <param name="HasEndedProcess">Whether the process has ended, or was ended, in it.</param>
internal sealed record CaseEnd(string? Failure, bool HasEndedProcess = false);
