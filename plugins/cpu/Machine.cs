using System.Globalization;
using System.Runtime.InteropServices;

namespace Tenon.Plugins.Cpu;

/// <summary>What the system says of the processor.</summary>
internal static class Machine
{
    private const long DefaultL1 = 32 << 10;
    private const long DefaultL2 = 512 << 10;

    /// <summary>The model, as far as the system tells.</summary>
    public static string ProcessorName { get; } =
        (File.Exists("/proc/cpuinfo")
            ? File.ReadLines("/proc/cpuinfo").FirstOrDefault(l => l.StartsWith("model name", StringComparison.Ordinal))?.Split(':', 2)[^1].Trim()
            : Environment.GetEnvironmentVariable("PROCESSOR_IDENTIFIER")) ?? $"{RuntimeInformation.ProcessArchitecture} processor";

    /// <summary>Bytes of a core's first-level data cache.</summary>
    public static long L1CacheBytes { get; } = CacheBytes(1) ?? DefaultL1;

    /// <summary>Bytes of a core's second-level cache.</summary>
    public static long L2CacheBytes { get; } = CacheBytes(2) ?? DefaultL2;

    /// <summary>Bytes of the last-level cache; that of the second level if there is no third.</summary>
    public static long L3CacheBytes { get; } = CacheBytes(3) ?? L2CacheBytes;

    // Linux: sizes are written as 48K.
    private static long? CacheBytes(int level)
    {
        const string Caches = "/sys/devices/system/cpu/cpu0/cache";
        if (!Directory.Exists(Caches))
        {
            return null;
        }

        foreach (var cache in Directory.GetDirectories(Caches, "index*"))
        {
            if (Read("level") == level.ToString(CultureInfo.InvariantCulture) && Read("type") is "Data" or "Unified"
                && Read("size") is { } size && long.TryParse(size.TrimEnd('K'), out var kilobytes))
            {
                return kilobytes << 10;
            }

            string? Read(string name) => Path.Combine(cache, name) is var path && File.Exists(path) ? File.ReadAllText(path).Trim() : null;
        }

        return null;
    }
}
