namespace Tenon.Sdk.Conformance;

/// <summary>One thing that a device must do.</summary>
/// <param name="name">Unique in its group; parts are separated by <c>/</c>.</param>
/// <param name="run">Does it; throws if the device doesn't.</param>
internal sealed class ConformanceCase(string name, Action<bool> run)
{
    /// <summary>A case that shares no work with others.</summary>
    public ConformanceCase(string name, Action run) : this(name, _ => run())
    {
    }

    /// <summary>Unique in its group.</summary>
    public string Name { get; } = name;

    /// <summary>Why it is not run: what it needs isn't claimed. Null if it is run.</summary>
    public string? Skip { get; private init; }

    /// <summary>A case that the device doesn't claim.</summary>
    public static ConformanceCase Skipped(string name, string reason) => new(name, () => { }) { Skip = reason };

    /// <summary>Runs it.</summary>
    /// <param name="alone">Whether it must not share a program with other cases, of which one may have ended the process.</param>
    public void Run(bool alone) => run(alone);
}
