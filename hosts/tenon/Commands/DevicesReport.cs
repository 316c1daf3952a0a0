using Tenon.Runtime;

namespace Tenon.Cli.Commands;

/// <summary>What <c>tenon devices</c> tells; the keys of its JSON are documented in <c>docs/cli.md</c>.</summary>
internal sealed record DevicesReport(string Contract, string? DefaultDevice, IReadOnlyList<PluginReport> Plugins)
{
    /// <summary>Loads every plugin and opens every device, so that all that can go wrong has.</summary>
    public static DevicesReport Create(TenonRuntime runtime)
    {
        runtime.Plugins.LoadAll();
        var errors = new Dictionary<string, TenonException>();
        foreach (var plugin in runtime.Plugins.Plugins.Where(p => p.Error is null && p.State != PluginState.Disabled))
        {
            foreach (var device in plugin.Devices)
            {
                try
                {
                    runtime.Devices.Open(device);
                }
                catch (TenonException e)
                {
                    errors.TryAdd(plugin.Id, e);
                }
            }
        }

        var first = runtime.Options.DefaultDevice ?? runtime.Devices.Names.FirstOrDefault();
        return new DevicesReport(
            Core.Backend.Contract.Version.ToString(),
            first is null ? null : runtime.Devices.Canonicalize(first),
            [.. runtime.Plugins.Plugins.Select(p => PluginReport.Create(p, p.Error ?? errors.GetValueOrDefault(p.Id)))]);
    }
}

/// <summary>What there is to tell of a plugin.</summary>
internal sealed record PluginReport(
    string Id,
    PluginState State,
    string? Version,
    string? Contract,
    string? Folder,
    IReadOnlyList<string> Devices,
    IReadOnlyList<string> Generators,
    IReadOnlyList<string> Notes,
    ErrorReport? Error)
{
    public static PluginReport Create(PluginStatus s, TenonException? error) =>
        new(s.Id, s.State, s.Version, s.Contract, s.Folder, s.Devices, s.Generators, s.Notes, error is null ? null : new ErrorReport(error.Code, error.Message));
}

/// <summary>An error.</summary>
internal sealed record ErrorReport(string Code, string Message);
