using System.Collections.Concurrent;

namespace Tenon.Runtime;

/// <summary>The devices of all plugins by name. Devices are opened when they are first asked for, once each.</summary>
public sealed class DeviceRegistry
{
    private readonly ConcurrentDictionary<string, OpenedDevice> _open = new();
    private readonly HashSet<string> _opening = [];
    private readonly PluginHost _plugins;
    private readonly RuntimeOptions _options;
    private string? _default;
    private bool _closed;

    // Who waits for all of them does so often.
    private volatile OpenedDevice[] _all = [];

    internal DeviceRegistry(PluginHost plugins, RuntimeOptions options)
    {
        _plugins = plugins;
        _options = options;
    }

    /// <summary>The device of tensors that name none: the one of <c>plugins.json</c>, otherwise the first that there is.</summary>
    /// <exception cref="TenonException">No device is installed.</exception>
    public string Default => _default ??= _options.DefaultDevice is { } name ? Canonicalize(name) : FindFirst();

    /// <summary>Every device that the plugins found, by canonical name. Loads all plugins; opens nothing.</summary>
    public IReadOnlyList<string> Names => NamesExcept(null);

    /// <summary>The one spelling of a device's name: <c>cpu:0</c> is <c>CPU</c>. The device need not exist.</summary>
    /// <exception cref="TenonException">The text is not a device name.</exception>
    public string Canonicalize(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        return _open.ContainsKey(name) ? name : DeviceName.Parse(name).ToString();
    }

    /// <summary>The opened device of this name.</summary>
    /// <exception cref="TenonException">There is no such device, or it could not be opened; the message says why.</exception>
    public OpenedDevice Open(string name)
    {
        var canonical = Canonicalize(name);
        if (_open.TryGetValue(canonical, out var open))
        {
            return open;
        }

        lock (_plugins.Gate)
        {
            ObjectDisposedException.ThrowIf(_closed, this);
            if (!_open.TryGetValue(canonical, out open))
            {
                _open[canonical] = open = OpenNew(canonical);
                _all = [.. _open.Values];
            }

            return open;
        }
    }

    internal IReadOnlyList<string> NamesExcept(InstalledPlugin? plugin)
    {
        _plugins.LoadAll();
        lock (_plugins.Gate)
        {
            return [.. _plugins.Installed.Where(p => p != plugin).SelectMany(p => p.Devices).Select(d => new DeviceName(d.Name, d.Ordinal).ToString()).Distinct()];
        }
    }

    internal OpenedDevice[] OpenDevices => _all;

    internal void Close()
    {
        lock (_plugins.Gate)
        {
            _closed = true;
            foreach (var device in _open.Values)
            {
                device.Device.Synchronize();
                device.Memory.Close();
                device.Device.Dispose();
            }

            _open.Clear();
            _all = [];
        }
    }

    private OpenedDevice OpenNew(string canonical)
    {
        if (!_opening.Add(canonical))
        {
            throw new TenonException("TEN2204", $"Opening device {canonical} asks for device {canonical} itself, by way of another plugin's code generators. Change the 'generator' settings in {TenonConfiguration.FileName}, so that they don't go in a circle.");
        }

        using var activity = RuntimeEvents.Source.StartActivity("tenon.device.open");
        activity?.SetTag("tenon.device", canonical);
        try
        {
            var name = DeviceName.Parse(canonical);
            var plugin = _plugins.FindProvider(name.Kind);
            var description = plugin.Devices.FirstOrDefault(d => d.Name == name.Kind && d.Ordinal == name.Ordinal)
                ?? throw new TenonException("TEN2201", $"There is no device {canonical}. Plugin {plugin.Id} has {string.Join(", ", plugin.Describe().Devices)}.");
            return new OpenedDevice(canonical, description.DisplayName, plugin.Id, _plugins.Open(plugin, description, name.Target, canonical), _options.MaxCachedBytes);
        }
        finally
        {
            _opening.Remove(canonical);
        }
    }

    private string FindFirst() => Names is [var first, ..]
        ? first
        : throw new TenonException("TEN2201", $"No device is installed. {string.Join(" ", _plugins.Plugins.Select(p => p.ErrorMessage ?? $"Plugin {p.Id} ({p.State}) found none."))}");
}
