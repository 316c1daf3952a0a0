using System.CommandLine;
using Tenon.Cli.Commands;
using Tenon.Runtime;
using Tenon.Sdk.Conformance;

namespace Tenon.Cli.Conformance;

/// <summary>What <c>tenon plugin test</c> tests.</summary>
/// <param name="Options">How the runtime is set up.</param>
/// <param name="Devices">The devices.</param>
/// <param name="Expected">What the plugin itself says of cases that fail.</param>
internal sealed record ConformanceTarget(RuntimeOptions Options, IReadOnlyList<string> Devices, ExpectedFailures Expected)
{
    private const string ExpectedFile = "expected-failures.json";

    /// <summary>The device of this name, or those of the plugin in this place.</summary>
    /// <exception cref="TenonException">There is no such plugin.</exception>
    public static ConformanceTarget Find(GlobalOptions global, ParseResult parsed, string target)
    {
        var isPath = target.Contains(Path.DirectorySeparatorChar) || target.Contains('/') || target.EndsWith(".dll", StringComparison.OrdinalIgnoreCase) || Directory.Exists(target);
        if (!isPath)
        {
            var options = global.CreateOptions(parsed, target);
            return new ConformanceTarget(options, [target], ExpectedOf(options, target));
        }

        var folder = Path.GetFullPath(Directory.Exists(target) ? target : Path.GetDirectoryName(Path.GetFullPath(target))!);
        return InFolder(global.CreateOptions(parsed, null), folder, parsed.GetValue(global.Device), parsed.GetValue(global.Generator));
    }

    private static ConformanceTarget InFolder(RuntimeOptions options, string folder, string? device, string? generator)
    {
        var (id, kinds) = PluginFolder.Read(folder);
        var listed = options.Plugins.FirstOrDefault(p => p.Id == id);
        if (listed is null)
        {
            options.Plugins.Add(listed = new PluginOptions { Id = id });
        }

        // What is listed elsewhere under this name is another build of it.
        (listed.Path, listed.Sha256, listed.Enabled) = (folder, null, true);
        if (generator is not null)
        {
            listed.Settings["generator"] = generator;
        }

        foreach (var kind in kinds)
        {
            options.Devices[kind] = id;
        }

        IReadOnlyList<string> devices = device is not null ? [device] : kinds;
        return devices.Count > 0 ? new ConformanceTarget(options, devices, Expectations(folder)) : throw new TenonException(
            "TEN4401", $"The manifest of plugin {id} in {folder} lists no 'devices', so it isn't known what to test. Name one by --device.");
    }

    // The plugin of a device is known by its manifest; nothing is loaded.
    private static ExpectedFailures ExpectedOf(RuntimeOptions options, string device)
    {
        using var runtime = new TenonRuntimeBuilder(options).Build();
        var kind = device.Split(':')[0];
        return runtime.Plugins.Plugins.FirstOrDefault(p => p.Folder is not null && p.Devices.Contains(kind, StringComparer.OrdinalIgnoreCase)) is { } plugin ? Expectations(plugin.Folder!) : ExpectedFailures.None;
    }

    private static ExpectedFailures Expectations(string folder) => Path.Combine(folder, ExpectedFile) is var file && File.Exists(file) ? ExpectedFailures.Load(file) : ExpectedFailures.None;
}
