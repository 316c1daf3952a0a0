using Tenon.Core.Backend;

namespace Tenon.Runtime;

/// <summary>
/// The plugins that are listed. Manifests are read at once; a plugin's code is loaded when a device that it may have is asked
/// for. The failure of one plugin hides no device of another.
/// </summary>
public sealed class PluginHost
{
    private readonly List<InstalledPlugin> _plugins = [];
    private readonly Dictionary<InstalledPlugin, BackendHost> _hosts = [];
    private readonly RuntimeOptions _options;

    internal PluginHost(RuntimeOptions options, IEnumerable<PluginRegistration> registrations)
    {
        _options = options;
        _plugins.AddRange(options.Plugins.Select(p => new InstalledPlugin(p, options.BaseFolder)));
        _plugins.AddRange(registrations.Select(r => new InstalledPlugin(r)));
        if (_plugins.GroupBy(p => p.Id, StringComparer.OrdinalIgnoreCase).FirstOrDefault(g => g.Count() > 1) is { } twice)
        {
            throw new TenonException("TEN2104", $"Plugin '{twice.Key}' is added {twice.Count()} times; add it once.");
        }

        if (options.Devices.FirstOrDefault(d => _plugins.All(p => p.Id != d.Value)) is { Key: not null } wrong)
        {
            throw new TenonException("TEN2104", $"'devices' of {options.Origin} gives {wrong.Key} to plugin '{wrong.Value}', which is not listed. Listed: {string.Join(", ", _plugins.Select(p => p.Id))}.");
        }

        _plugins.ForEach(p => p.ReadManifest());
    }

    /// <summary>What is known of each plugin now, in the order of <c>plugins.json</c>.</summary>
    public IReadOnlyList<PluginStatus> Plugins
    {
        get
        {
            lock (Gate)
            {
                return [.. _plugins.Select(p => p.Describe())];
            }
        }
    }

    /// <summary>Guards the plugins; entered again when opening one device opens another.</summary>
    internal Lock Gate { get; } = new();

    internal IReadOnlyList<InstalledPlugin> Installed => _plugins;

    /// <summary>Loads every plugin that is not switched off. Failures are in <see cref="Plugins"/>.</summary>
    public void LoadAll()
    {
        lock (Gate)
        {
            _plugins.ForEach(Load);
        }
    }

    internal void Load(InstalledPlugin plugin) => plugin.Load(_hosts[plugin]);

    internal Device Open(InstalledPlugin plugin, DeviceDescription device, string? target, string name) => plugin.Open(device, target, name, _hosts[plugin]);

    internal void Connect(DeviceRegistry devices)
    {
        var cache = _options.Cache.ResolveFolder();
        foreach (var p in _plugins)
        {
            _hosts.Add(p, new PluginServices(p, cache is null ? null : Path.Combine(cache, "plugins", p.Id), new GeneratorDirectory(p, devices)));
        }
    }

    /// <summary>The plugin that provides a kind of device.</summary>
    /// <exception cref="TenonException">None does, several do, or the one that should has failed.</exception>
    internal InstalledPlugin FindProvider(string kind)
    {
        var enabled = _plugins.Where(p => p.State != PluginState.Disabled).ToList();
        if (_options.Devices.TryGetValue(kind, out var chosen))
        {
            enabled.RemoveAll(p => p.Id != chosen);
        }

        enabled.Where(p => p.MayOffer(kind)).ToList().ForEach(Load);
        if (!enabled.Any(p => Offers(p, kind)))
        {
            // A manifest may say less than the plugin finds.
            enabled.ForEach(Load);
        }

        var providers = enabled.Where(p => Offers(p, kind)).ToList();
        if (providers.Count == 1)
        {
            return providers[0];
        }

        if (providers.Count > 1)
        {
            var ids = string.Join(" and ", providers.Select(p => p.Id));
            throw new TenonException("TEN2102", $"Device {kind} is offered by {ids}; neither was chosen. Say which in {TenonConfiguration.FileName}: \"devices\": {{ \"{kind}\": \"{providers[0].Id}\" }}, or switch one off with \"enabled\": false.");
        }

        throw enabled.FirstOrDefault(p => p.Error is not null && p.DeclaredKinds?.Contains(kind) == true)?.Error is { } failed
            ? new TenonException(failed.Code, $"Device {kind} is not available. {failed.Message[(failed.Code.Length + 2)..]}", failed)
            : UnknownDevice(kind);
    }

    private static bool Offers(InstalledPlugin plugin, string kind) => plugin.Devices.Any(d => d.Name == kind);

    private TenonException UnknownDevice(string kind)
    {
        var installed = _plugins.SelectMany(p => p.Describe().Devices.Select(d => (Device: d, Plugin: p))).Where(d => d.Plugin.Error is null && d.Plugin.State != PluginState.Disabled).ToList();
        var parts = new List<string>
        {
            $"There is no device {kind}.",
            installed.Count == 0 ? "No device is installed." : $"Installed: {string.Join(", ", installed.Select(d => $"{d.Device} ({d.Plugin.Id})"))}.",
        };
        if (EditDistance.Nearest(kind, installed.Select(d => d.Device)) is { } near)
        {
            parts.Add($"Did you mean {near}?");
        }

        parts.AddRange(_plugins.Where(p => p.State == PluginState.Disabled).Select(p => $"Plugin {p.Id} is switched off."));
        parts.AddRange(_plugins.Where(p => p.Error is not null).Select(p => $"Plugin {p.Id} failed: {p.Error!.Message}"));
        parts.AddRange(_plugins.Where(p => p.State >= PluginState.Loaded && p.Devices.Count == 0).Select(p => $"Plugin {p.Id} found no device: {string.Join(" ", p.Describe().Notes)}"));
        return new TenonException("TEN2201", string.Join(" ", parts));
    }
}
