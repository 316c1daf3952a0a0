using System.Globalization;
using Tenon.Core.Backend;
using Tenon.Plugins.Cpu.Clang;
using Tenon.Plugins.Cpu.Llvm;

namespace Tenon.Plugins.Cpu;

/// <summary>The plugin's settings.</summary>
internal sealed class CpuSettings
{
    private static readonly string[] Keys = ["devices", "threads", "cores", "pin", "generator", "vector", "clang", "llvm"];

    /// <summary>How many logical devices there are; they share the processors.</summary>
    public int Devices { get; private init; } = 1;

    /// <summary>Threads of each device.</summary>
    public int Threads { get; private init; } = ProcessorSet.OfProcess.Physical;

    /// <summary>Whether each thread is bound to a processor.</summary>
    public bool IsPinned { get; private init; }

    /// <summary>The name of the generator that comes first.</summary>
    public string Generator { get; private init; } = ClrGenerator.GeneratorName;

    /// <summary>Bytes of a vector for the CLR generator; 0 for none.</summary>
    public int VectorBytes { get; private init; } = ClrTarget.WidestVector;

    /// <summary>Reads the settings; those that are absent have their default.</summary>
    /// <exception cref="BackendException">A key or value is not legal.</exception>
    public static CpuSettings Parse(IReadOnlyDictionary<string, string> settings)
    {
        foreach (var key in settings.Keys)
        {
            if (!Keys.Contains(key, StringComparer.OrdinalIgnoreCase))
            {
                throw new BackendException("TEN4007", $"The CPU plugin has no setting '{key}'. It has: {string.Join(", ", Keys)}.");
            }
        }

        var threads = Number(settings, "threads", 0, 4096);
        var all = Choice(settings, "cores", "physical", "logical") == "logical";
        return new CpuSettings
        {
            Devices = Math.Max(1, Number(settings, "devices", 0, 64)),
            Threads = threads > 0 ? threads : all ? ProcessorSet.OfProcess.Logical : ProcessorSet.OfProcess.Physical,
            IsPinned = Choice(settings, "pin", "false", "true") == "true",
            Generator = Choice(settings, "generator", ClrGenerator.GeneratorName, ClangGenerator.GeneratorName, LlvmGenerator.GeneratorName),
            VectorBytes = Choice(settings, "vector", "auto", "512", "256", "128", "0") is var v && v == "auto"
                ? ClrTarget.WidestVector
                : Vector(int.Parse(v, CultureInfo.InvariantCulture) / 8),
        };
    }

    private static int Vector(int bytes) => bytes <= ClrTarget.WidestVector
        ? bytes
        : throw new BackendException("TEN4007", $"The CPU plugin's setting 'vector' is {bytes * 8}, but this machine's widest vectors have {ClrTarget.WidestVector * 8} bits. Use auto, or a smaller width.");

    private static int Number(IReadOnlyDictionary<string, string> settings, string key, int min, int max)
    {
        if (!TryGet(settings, key, out var text))
        {
            return 0;
        }

        return int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var value) && value >= min && value <= max
            ? value
            : throw new BackendException("TEN4007", $"The CPU plugin's setting '{key}' is '{text}'; it must be a number from {min} to {max}, where 0 stands for the default.");
    }

    private static string Choice(IReadOnlyDictionary<string, string> settings, string key, params string[] values)
    {
        if (!TryGet(settings, key, out var text))
        {
            return values[0];
        }

        return Array.Find(values, v => v.Equals(text, StringComparison.OrdinalIgnoreCase))
            ?? throw new BackendException("TEN4007", $"The CPU plugin's setting '{key}' is '{text}'; it must be one of: {string.Join(", ", values)}.");
    }

    private static bool TryGet(IReadOnlyDictionary<string, string> settings, string key, out string text)
    {
        foreach (var (k, v) in settings)
        {
            if (k.Equals(key, StringComparison.OrdinalIgnoreCase))
            {
                text = v;
                return true;
            }
        }

        text = "";
        return false;
    }
}
