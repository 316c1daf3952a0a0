using System.Globalization;
using Tenon.Core;
using Tenon.Core.Backend;
using Tenon.Sdk.Interpreter;
using Tenon.Sdk.TensorCores;

namespace Tenon.Plugins.Interpreter;

/// <summary>The plugin's settings.</summary>
internal static class InterpreterSettings
{
    private static readonly string[] Keys = ["devices", "workgroups", "lanes", "preferred", "subgroup", "local", "memory", "vector", "buffers", "undefined", "cores", "images"];

    /// <summary>How many devices to offer.</summary>
    public static int Devices(IReadOnlyDictionary<string, string> settings) => Number(settings, "devices", 1, 1, 64);

    /// <summary>The device that the settings describe.</summary>
    /// <exception cref="BackendException">A key or value is not legal.</exception>
    public static InterpreterOptions Parse(IReadOnlyDictionary<string, string> settings)
    {
        if (settings.Keys.FirstOrDefault(k => !Keys.Contains(k, StringComparer.OrdinalIgnoreCase)) is { } unknown)
        {
            throw new BackendException("TEN4200", $"The interpreter has no setting '{unknown}'. It has: {string.Join(", ", Keys)}.");
        }

        var options = new InterpreterOptions();
        options = options with
        {
            HasWorkgroups = Choice(settings, "workgroups", "true", "false") == "true",
            MaxLanesPerGroup = Number(settings, "lanes", options.MaxLanesPerGroup, 1, 4096),
            PreferredLanes = Number(settings, "preferred", options.PreferredLanes, 1, 4096),
            LocalMemoryIsFast = Choice(settings, "memory", "fast", "slow") == "fast",
            SubgroupSize = Number(settings, "subgroup", options.SubgroupSize, 0, 128),
            LocalBytes = Number(settings, "local", options.LocalBytes, 0, 1 << 24),
            VectorBytes = Number(settings, "vector", options.VectorBytes, 0, 64),
            MaxBuffers = Number(settings, "buffers", options.MaxBuffers, 1, int.MaxValue),
            TensorCores = Cores(settings),
            Images = Images(Choice(settings, "images", "none", "lines", "planes")),
            ChecksBuffers = Choice(settings, "undefined", "error", "allow") == "error",
        };
        return (options.SubgroupSize & (options.SubgroupSize - 1)) == 0 && options.VectorBytes is 0 or 16 or 32 or 64
            ? options
            : throw new BackendException("TEN4200", $"The interpreter's settings 'subgroup' and 'vector' are {options.SubgroupSize} and {options.VectorBytes}. Expected a power of two, and 0, 16, 32 or 64 bytes.");
    }

    // Small ones, so that buffers take several rows.
    private static ImageLimits? Images(string kind) => kind == "none" ? null
        : new ImageLimits { DTypes = [DType.Float32, DType.Float16], MaxWidth = kind == "lines" ? 1 << 20 : 256, MaxHeight = kind == "lines" ? 1 : 256, HasBorder = kind != "lines", ArePreferred = true };

    private static IReadOnlyList<TensorCore> Cores(IReadOnlyDictionary<string, string> settings)
    {
        var name = settings.GetValueOrDefault("cores");
        return string.IsNullOrWhiteSpace(name) ? []
            : TensorCoreList.For(name) is { Count: > 0 } cores ? cores
            : throw new BackendException("TEN4200", $"The interpreter's setting 'cores' is '{name}'. Expected an architecture with tensor cores, such as {string.Join(", ", TensorCoreList.Architectures)}.");
    }

    private static int Number(IReadOnlyDictionary<string, string> settings, string key, int otherwise, int min, int max)
    {
        if (!settings.TryGetValue(key, out var text) || string.IsNullOrWhiteSpace(text))
        {
            return otherwise;
        }

        return int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= min && number <= max
            ? number
            : throw new BackendException("TEN4200", $"The interpreter's setting '{key}' is '{text}'. Expected a number from {min} to {max}.");
    }

    private static string Choice(IReadOnlyDictionary<string, string> settings, string key, params string[] choices)
    {
        var text = settings.GetValueOrDefault(key);
        return string.IsNullOrWhiteSpace(text) ? choices[0]
            : choices.FirstOrDefault(c => c.Equals(text, StringComparison.OrdinalIgnoreCase))
            ?? throw new BackendException("TEN4200", $"The interpreter's setting '{key}' is '{text}'. Expected {string.Join(" or ", choices)}.");
    }
}
