using Tenon.Core.Backend;
using static Tenon.Plugins.Cl.Native.ClConstants;

namespace Tenon.Plugins.Cl;

/// <summary>The plugin's settings.</summary>
internal sealed record ClSettings
{
    private static readonly string[] Keys = ["library", "platform", "type", "allow", "transfers", "images"];

    /// <summary>The path of the OpenCL library; null to look for one.</summary>
    public string? Library { get; init; }

    /// <summary>A part of the names of the platforms whose devices are offered; null for all.</summary>
    public string? Platform { get; init; }

    /// <summary>The types of device that are offered, as OpenCL's bits.</summary>
    public ulong Type { get; init; } = CL_DEVICE_TYPE_ALL;

    /// <summary>Parts of the names of devices that are offered; empty for all.</summary>
    public IReadOnlyList<string> Allowed { get; init; } = [];

    /// <summary>Whether copies have a queue of their own; null for where it pays.</summary>
    public bool? HasTransferQueue { get; init; }

    /// <summary>Whether kernels read buffers as images.</summary>
    public ClImageUse Images { get; init; }

    /// <summary>Reads the settings; those that are absent have their default.</summary>
    /// <exception cref="BackendException">A key or value is not legal.</exception>
    public static ClSettings Parse(IReadOnlyDictionary<string, string> settings)
    {
        if (settings.Keys.FirstOrDefault(k => !Keys.Contains(k, StringComparer.OrdinalIgnoreCase)) is { } unknown)
        {
            throw new BackendException("TEN4007", $"The plugin for OpenCL has no setting '{unknown}'. It has: {string.Join(", ", Keys)}.");
        }

        return new ClSettings
        {
            Library = Text(settings, "library"),
            Platform = Text(settings, "platform"),
            Type = Choice(settings, "type", ("all", CL_DEVICE_TYPE_ALL), ("gpu", CL_DEVICE_TYPE_GPU), ("cpu", CL_DEVICE_TYPE_CPU), ("accelerator", CL_DEVICE_TYPE_ACCELERATOR)),
            Allowed = Text(settings, "allow")?.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries) ?? [],
            HasTransferQueue = Choice(settings, "transfers", ("auto", (bool?)null), ("own", true), ("shared", false)),
            Images = Choice(settings, "images", ("auto", ClImageUse.Auto), ("prefer", ClImageUse.Prefer), ("copy", ClImageUse.Copy), ("off", ClImageUse.Off)),
        };
    }

    private static T Choice<T>(IReadOnlyDictionary<string, string> settings, string key, params ReadOnlySpan<(string Name, T Value)> values)
    {
        if (Text(settings, key) is not { } text)
        {
            return values[0].Value;
        }

        var names = new List<string>();
        foreach (var (name, value) in values)
        {
            if (name.Equals(text, StringComparison.OrdinalIgnoreCase))
            {
                return value;
            }

            names.Add(name);
        }

        throw new BackendException("TEN4007", $"The setting '{key}' of the plugin for OpenCL is '{text}'; it must be one of: {string.Join(", ", names)}.");
    }

    private static string? Text(IReadOnlyDictionary<string, string> settings, string key) =>
        settings.FirstOrDefault(s => s.Key.Equals(key, StringComparison.OrdinalIgnoreCase)).Value is { } text && !string.IsNullOrWhiteSpace(text) ? text.Trim() : null;
}
