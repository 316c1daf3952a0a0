using Tenon.Core.Backend;

namespace Tenon.Runtime;

/// <summary>A plugin that is part of the program itself, for programs that can't load assemblies, and for tests.</summary>
/// <param name="id">Its id.</param>
/// <param name="instance">Its entry point.</param>
/// <param name="version">Its version.</param>
/// <param name="settings">Its settings.</param>
public sealed class PluginRegistration(string id, IBackendPlugin instance, string version = "0.0.0", IReadOnlyDictionary<string, string>? settings = null)
{
    /// <summary>Its id.</summary>
    public string Id { get; } = id;

    /// <summary>Its entry point.</summary>
    public IBackendPlugin Instance { get; } = instance;

    /// <summary>Its version.</summary>
    public string Version { get; } = version;

    /// <summary>What of its devices is not to be seen; see <see cref="CapabilityMask"/>.</summary>
    public IReadOnlyList<string> Mask { get; init; } = [];

    /// <summary>Its settings.</summary>
    public IReadOnlyDictionary<string, string> Settings { get; } = settings ?? new Dictionary<string, string>();
}
