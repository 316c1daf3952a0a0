using Tenon.Core.Backend;
using Tenon.Runtime;

namespace Tenon.Cli.Commands;

/// <summary>What <c>tenon devices</c> tells.</summary>
internal sealed record DevicesReport(string Contract, string? DefaultDevice, IReadOnlyList<PluginReport> Plugins)
{
    /// <summary>Loads every plugin and opens every device, so that all that can go wrong has.</summary>
    public static DevicesReport Create(TenonRuntime runtime) =>
        new(Core.Backend.Contract.Version.ToString(), runtime.Devices.Default, [.. runtime.Plugins.Plugins.Select(PluginReport.Create)]);
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
    public static PluginReport Create(PluginStatus s) =>
        new(s.Id, s.State, s.Version, null, s.Folder, s.Devices, s.Generators, s.Notes, s.Error is { } e ? new ErrorReport(e.Code, e.Message) : null);
}

/// <summary>An error.</summary>
internal sealed record ErrorReport(string Code, string Message);
