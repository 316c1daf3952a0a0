namespace Tenon.Runtime;

/// <summary>What is known of a plugin at one moment.</summary>
public sealed record PluginStatus
{
    /// <summary>Its id, as in <c>plugins.json</c>.</summary>
    public required string Id { get; init; }

    /// <summary>The last stage that it passed.</summary>
    public required PluginState State { get; init; }

    /// <summary>Its version; null if its manifest could not be read.</summary>
    public string? Version { get; init; }

    /// <summary>The version of the contract that it is built for; null if its manifest could not be read, or it has none.</summary>
    public string? Contract { get; init; }

    /// <summary>Its folder; null for a plugin that was added in process.</summary>
    public string? Folder { get; init; }

    /// <summary>Canonical names of its devices: those that it found once loaded, before that those of its manifest.</summary>
    public IReadOnlyList<string> Devices { get; init; } = [];

    /// <summary>The code generators of its opened devices, such as <c>CPU/CLR</c>.</summary>
    public IReadOnlyList<string> Generators { get; init; } = [];

    /// <summary>What the plugin or the host has to say that is not an error.</summary>
    public IReadOnlyList<string> Notes { get; init; } = [];

    /// <summary>The code of what went wrong; null if nothing did.</summary>
    public string? ErrorCode => Error?.Code;

    /// <summary>What went wrong, with its code; null if nothing did.</summary>
    public string? ErrorMessage => Error?.Message;

    /// <summary>What went wrong; null if nothing did.</summary>
    public TenonException? Error { get; init; }
}
