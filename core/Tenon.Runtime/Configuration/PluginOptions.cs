namespace Tenon.Runtime;

/// <summary>One entry of <c>plugins</c> in <c>plugins.json</c>.</summary>
public sealed class PluginOptions
{
    /// <summary>The plugin's id, as in its manifest.</summary>
    public string Id { get; set; } = "";

    /// <summary>Its folder, relative to that of <c>plugins.json</c>.</summary>
    public string Path { get; set; } = "";

    /// <summary>False to leave it out.</summary>
    public bool Enabled { get; set; } = true;

    /// <summary>If set, the hex SHA-256 that the plugin's assembly must have.</summary>
    public string? Sha256 { get; set; }

    /// <summary>What of its devices is not to be seen; see <see cref="CapabilityMask"/>.</summary>
    public IList<string> Mask { get; set; } = [];

    /// <summary>What is passed to the plugin; nested keys are joined by <c>:</c>.</summary>
    public IDictionary<string, string> Settings { get; } = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
}
