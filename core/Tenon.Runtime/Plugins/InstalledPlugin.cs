using System.Reflection;
using Tenon.Core.Backend;

namespace Tenon.Runtime;

/// <summary>
/// A plugin on its way through the stages of <see cref="PluginState"/>. A failure is kept, so that it can be told to whoever
/// asks for one of the plugin's devices. Guarded by the lock of <see cref="PluginHost"/>.
/// </summary>
internal sealed class InstalledPlugin
{
    private readonly PluginOptions? _options;
    private readonly PluginRegistration? _registration;
    private readonly List<string> _notes = [];
    private readonly List<(string Kind, Device Device)> _opened = [];
    private readonly string? _folder;
    private PluginManifest? _manifest;
    private IBackendPlugin? _instance;

    public InstalledPlugin(PluginOptions options, string baseFolder)
    {
        _options = options;
        _folder = Path.GetFullPath(Path.Combine(baseFolder, options.Path));
        State = options.Enabled ? PluginState.Discovered : PluginState.Disabled;
        Settings = new Dictionary<string, string>(options.Settings, StringComparer.OrdinalIgnoreCase);
        Mask = CapabilityMask.Parse([.. options.Mask]);
    }

    public InstalledPlugin(PluginRegistration registration)
    {
        _registration = registration;
        State = PluginState.Checked;
        Settings = registration.Settings;
        Mask = CapabilityMask.Parse(registration.Mask);
    }

    public string Id => _options?.Id ?? _registration!.Id;

    public PluginState State { get; private set; }

    public TenonException? Error { get; private set; }

    public IReadOnlyDictionary<string, string> Settings { get; }

    /// <summary>What of its devices is not to be seen.</summary>
    public CapabilityMask Mask { get; }

    public string? Version => _manifest?.Version ?? _registration?.Version;

    /// <summary>What the plugin has found; empty before it is loaded.</summary>
    public IReadOnlyList<DeviceDescription> Devices { get; private set; } = [];

    /// <summary>Whether it may have devices of this kind, as far as is known at its stage.</summary>
    public bool MayOffer(string kind) => State >= PluginState.Loaded ? Devices.Any(d => d.Name == kind) : DeclaredKinds is not { } kinds || kinds.Contains(kind);

    /// <summary>The kinds of its manifest; null if it doesn't say.</summary>
    public IReadOnlyList<string>? DeclaredKinds => _manifest?.Devices;

    /// <summary>Reads the manifest, which is cheap; the rest waits until a device is asked for.</summary>
    public void ReadManifest()
    {
        if (State == PluginState.Discovered && Error is null)
        {
            Try(() => _manifest = PluginManifest.Read(Id, _folder!));
            State = Error is null ? PluginState.ManifestRead : State;
        }
    }

    /// <summary>Takes it to <see cref="PluginState.Loaded"/>. Afterwards either <see cref="Error"/> or <see cref="Devices"/> is set.</summary>
    public void Load(BackendHost host)
    {
        ReadManifest();
        if (State == PluginState.Disabled || State >= PluginState.Loaded || Error is not null)
        {
            return;
        }

        Try(() =>
        {
            _instance = _registration?.Instance ?? CreateInstance();
            Devices = Enumerate(_instance, host);
            State = PluginState.Loaded;
        });
    }

    public Device Open(DeviceDescription device, string? target, string name, BackendHost host)
    {
        try
        {
            var opened = (target is null ? _instance!.Open(device, host) : Targeted(name, target).Open(device, target, host)) ?? throw new BackendException("TEN2010", "Open returned null.");
            opened = Mask.Words.Count == 0 ? opened : new MaskedDevice(opened, Mask);
            State = PluginState.Opened;
            _opened.Add((target is null ? device.Name : name, opened));
            return opened;
        }
        catch (Exception e)
        {
            var (code, reason) = e is TenonException t ? (t.Code, t.Message[(t.Code.Length + 2)..]) : ("TEN2010", $"{e.GetType().Name}: {e.Message}");
            throw new BackendException(code, $"Device {name} of plugin {Id} {Version} could not be opened: {reason}", e);
        }
    }

    private ITargetedPlugin Targeted(string name, string target) => _instance as ITargetedPlugin
        ?? throw new TenonException("TEN2202", $"'{name}' is not the name of a device: what plugin {Id} offers takes no target such as '{target}'. Write a kind, and a number for those after the first: {name[..name.IndexOf(':')]}.");

    public void Note(string message)
    {
        if (!_notes.Contains(message))
        {
            _notes.Add(message);
        }
    }

    /// <summary>The code generators of the devices that are open, looked for where that has not been done yet.</summary>
    public IReadOnlyList<string> FindGenerators() => [.. _opened.SelectMany(o => o.Device.CodeGenerators.Select(g => $"{o.Kind}/{g.Name}")).Distinct()];

    public PluginStatus Describe() => new()
    {
        Id = Id,
        State = State,
        Version = Version,
        Contract = _manifest?.Contract,
        Folder = _folder,
        Devices = State >= PluginState.Loaded ? [.. Devices.Select(d => new DeviceName(d.Name, d.Ordinal).ToString())] : DeclaredKinds ?? [],
        Generators = FindGenerators(),
        Notes = Mask.Words.Count == 0 ? [.. _notes] : [.. _notes, $"Masked: {string.Join(", ", Mask.Words)}."],
        Error = Error,
    };

    private IBackendPlugin CreateInstance()
    {
        var (entryPoint, notes) = PluginFileCheck.Check(_manifest!, _folder!, _options!.Sha256);
        notes.ToList().ForEach(Note);
        State = PluginState.Checked;
        var path = Path.Combine(_folder!, _manifest!.Assembly);
        var type = LoadType(path, entryPoint);
        if (!type.IsAssignableTo(typeof(IBackendPlugin)) || type.IsAbstract || type.GetConstructor([]) is null)
        {
            throw new TenonException("TEN2008", $"Plugin {Id}: {entryPoint}, which [assembly: BackendPlugin] of {path} names, must be a class that implements IBackendPlugin and has a public constructor without parameters.");
        }

        try
        {
            return (IBackendPlugin)Activator.CreateInstance(type)!;
        }
        catch (TargetInvocationException e) when (e.InnerException is { } inner)
        {
            throw new TenonException("TEN2008", $"Plugin {Id} {Version}: the constructor of {entryPoint} threw {inner.GetType().Name}: {inner.Message} Its devices are unavailable; report this to the plugin's authors.", inner);
        }
    }

    private Type LoadType(string path, string entryPoint)
    {
        try
        {
            return new PluginLoadContext(Id, path, typeof(IBackendPlugin).Assembly).LoadFromAssemblyPath(path).GetType(entryPoint, throwOnError: true)!;
        }
        catch (Exception e) when (e is IOException or BadImageFormatException or TypeLoadException or InvalidOperationException)
        {
            throw new TenonException("TEN2013", $"Plugin {Id} {Version}: {path} could not be loaded: {e.Message} Reinstall the plugin with everything that it depends on.", e);
        }
    }

    private IReadOnlyList<DeviceDescription> Enumerate(IBackendPlugin plugin, BackendHost host)
    {
        IReadOnlyList<DeviceDescription> devices;
        try
        {
            devices = plugin.EnumerateDevices(host);
        }
        catch (Exception e) when (e is not TenonException)
        {
            throw new TenonException("TEN2009", $"Plugin {Id} {Version} could not list its devices: {e.GetType().Name}: {e.Message} Its devices are unavailable; others are unaffected.", e);
        }

        var wrong = devices is null ? "it returned null"
            : devices.FirstOrDefault(d => !DeviceName.IsKind(d.Name) || d.Ordinal < 0) is { } bad ? $"'{bad.Name}' with ordinal {bad.Ordinal} is not a kind in capitals and a number from 0"
            : devices.GroupBy(d => (d.Name, d.Ordinal)).FirstOrDefault(g => g.Count() > 1) is { } twice ? $"it lists {new DeviceName(twice.Key.Name, twice.Key.Ordinal)} {twice.Count()} times"
            : null;
        return wrong is null ? devices! : throw new TenonException("TEN2014", $"Plugin {Id} {Version} listed devices that can't be used: {wrong}. Report this to the plugin's authors.");
    }

    private void Try(Action step)
    {
        try
        {
            step();
        }
        catch (TenonException e)
        {
            Error = e;
        }
        catch (Exception e)
        {
            // A plugin's code can throw anything; it must not take the other devices with it.
            Error = new TenonException("TEN2013", $"Plugin {Id} {Version} failed: {e.GetType().Name}: {e.Message} Its devices are unavailable; others are unaffected.", e);
        }
    }
}
