using Tenon.Runtime;

namespace Tenon.Sdk.Conformance;

/// <summary>What a run of the kit tests, and how.</summary>
public sealed class ConformanceOptions
{
    /// <summary>The device: <c>CPU</c>.</summary>
    public required string Device { get; init; }

    /// <summary>How the runtime is set up that opens it.</summary>
    public required RuntimeOptions Runtime { get; init; }

    /// <summary>Plugins that are part of the program. Their types need a public constructor without parameters, or <see cref="InProcess"/>.</summary>
    public IReadOnlyList<PluginRegistration> Plugins { get; init; } = [];

    /// <summary>Only cases whose names, such as <c>ops/float32/Add</c>, match one of these: <c>*</c> stands for any text. All if empty.</summary>
    public IReadOnlyList<string> Filters { get; init; } = [];

    /// <summary>Cases that are known to fail.</summary>
    public ExpectedFailures Expected { get; init; } = ExpectedFailures.None;

    /// <summary>Whether fewer values and kernels are to do: minutes become seconds.</summary>
    public bool Quick { get; init; }

    /// <summary>How long one case may take.</summary>
    public TimeSpan Deadline { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>What the deadline goes by.</summary>
    public TimeProvider Clock { get; init; } = TimeProvider.System;

    /// <summary>Whether cases run in this process, where a debugger sees them, and one that crashes takes it along.</summary>
    public bool InProcess { get; init; }

    internal bool Selects(string name) => Filters.Count == 0 || Filters.Any(f => Wildcard.Matches(f, name));
}
