using Tenon.Core.Backend;
using Tenon.Plugins.WebGpu.Native;

namespace Tenon.Plugins.WebGpu;

/// <summary>The plugin's settings.</summary>
internal sealed record WebGpuSettings
{
    private static readonly string[] Keys = ["library", "backend", "software", "power"];

    /// <summary>The path of the library; null to look for one.</summary>
    public string? Library { get; init; }

    /// <summary>The number of the only backend that may be used; null for those of the system, the usual one first.</summary>
    public uint? Backend { get; init; }

    /// <summary>Whether an adapter that computes on the processors will do.</summary>
    public bool AllowsSoftware { get; init; }

    /// <summary>Which of several adapters is preferred: 0 any, 1 the one of low, 2 of high power.</summary>
    public uint Power { get; init; } = 2;

    /// <summary>Reads the settings; those that are absent have their default.</summary>
    /// <exception cref="BackendException">A key or value is not legal.</exception>
    public static WebGpuSettings Parse(IReadOnlyDictionary<string, string> settings)
    {
        if (settings.Keys.FirstOrDefault(k => !Keys.Contains(k, StringComparer.OrdinalIgnoreCase)) is { } unknown)
        {
            throw new BackendException("TEN4007", $"The plugin for WebGPU has no setting '{unknown}'. It has: {string.Join(", ", Keys)}.");
        }

        var backend = Text(settings, "backend");
        return new WebGpuSettings
        {
            Library = Text(settings, "library"),
            Backend = backend is null or "auto" ? null : Names.Backend(backend) is > 0 and var number ? number : throw Wrong("backend", backend, "auto, D3D11, D3D12, Metal, Vulkan, OpenGL or OpenGLES"),
            AllowsSoftware = Text(settings, "software") switch { null or "false" => false, "true" => true, var other => throw Wrong("software", other, "true or false") },
            Power = Text(settings, "power") switch { null or "high" => 2, "low" => 1, "any" => 0, var other => throw Wrong("power", other, "high, low or any") },
        };
    }

    private static string? Text(IReadOnlyDictionary<string, string> settings, string key) =>
        settings.FirstOrDefault(s => s.Key.Equals(key, StringComparison.OrdinalIgnoreCase)).Value is { } value && !string.IsNullOrWhiteSpace(value) ? value : null;

    private static BackendException Wrong(string key, string value, string expected) =>
        new("TEN4007", $"The setting '{key}' of the plugin for WebGPU is '{value}'. Expected {expected}.");
}
