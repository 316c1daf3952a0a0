using System.Reflection;
using System.Runtime.Loader;
using System.Text.Json;
using Tenon.Compiler;
using Tenon.Core.Backend;

namespace Tenon.Runtime;

/// <summary>What a worker needs to open the same devices: the options that matter, and the plugins that are part of the program.</summary>
internal sealed record WorkerSetup
{
    public required string BaseFolder { get; init; }

    public required string Device { get; init; }

    public required bool CheckIndices { get; init; }

    public required int Threads { get; init; }

    public string? CacheFolder { get; init; }

    public Dictionary<string, string> Devices { get; init; } = [];

    public List<Plugin> Plugins { get; init; } = [];

    public List<Plugin> Registered { get; init; } = [];

    public static WorkerSetup Of(RuntimeOptions options, IReadOnlyList<PluginRegistration> plugins, CompilerOptions compiler, string device, int threads) => new()
    {
        BaseFolder = options.BaseFolder,
        Device = device,
        CheckIndices = compiler.CheckIndices,
        Threads = threads,
        CacheFolder = options.Cache.ResolveFolder(),
        Devices = new(options.Devices),
        Plugins = [.. options.Plugins.Where(p => p.Enabled).Select(p => new Plugin(p.Id, p.Path, "", p.Sha256, new(p.Settings), [.. p.Mask]))],
        Registered = [.. plugins.Select(p => new Plugin(p.Id, p.Instance.GetType().Assembly.Location, p.Instance.GetType().FullName!, p.Version, new(p.Settings), [.. p.Mask]))],
    };

    /// <summary>Why another process can't make what is set up; null if it can.</summary>
    public static string? WhyNot(IReadOnlyList<PluginRegistration> plugins) =>
        plugins.FirstOrDefault(p => p.Instance.GetType() is var t && (t.GetConstructor([]) is null || t.Assembly.Location.Length == 0)) is { } one
            ? $"plugin {one.Id} is part of the program and can't be made in another process: its type has no public constructor without parameters" : null;

    /// <summary>The same with one thing more that isn't to be seen of any plugin.</summary>
    public WorkerSetup Masked(string word) => this with
    {
        Plugins = [.. Plugins.Select(p => p with { Mask = [.. p.Mask, word] })],
        Registered = [.. Registered.Select(p => p with { Mask = [.. p.Mask, word] })],
    };

    public string ToJson() => JsonSerializer.Serialize(this);

    public static WorkerSetup FromJson(string text) => JsonSerializer.Deserialize<WorkerSetup>(text)!;

    public TenonRuntime Build()
    {
        var options = new RuntimeOptions { BaseFolder = BaseFolder, CheckIndices = CheckIndices, DefaultDevice = Device };

        // Plugins may keep things on disk; kernels of a search are not kept.
        (options.Cache.Enabled, options.Cache.Folder) = (CacheFolder is not null, CacheFolder);
        options.Tuning.Enabled = false;
        foreach (var (kind, plugin) in Devices)
        {
            options.Devices[kind] = plugin;
        }

        foreach (var p in Plugins)
        {
            var plugin = new PluginOptions { Id = p.Id, Path = p.Path, Sha256 = p.Extra, Mask = p.Mask };
            foreach (var (key, value) in p.Settings)
            {
                plugin.Settings[key] = value;
            }

            options.Plugins.Add(plugin);
        }

        return new TenonRuntimeBuilder(options).AddPlugins(Registered.Select(p => new PluginRegistration(p.Id, p.Create(), p.Extra ?? "0.0.0", p.Settings) { Mask = p.Mask })).Build();
    }

    /// <summary>A plugin: of a folder, or of a type.</summary>
    /// <param name="Id">Its id.</param>
    /// <param name="Path">Its folder, or the file of the type's assembly.</param>
    /// <param name="Type">The type's name.</param>
    /// <param name="Extra">The hash of the assembly that is asked for, or the version.</param>
    /// <param name="Settings">Its settings.</param>
    /// <param name="Mask">What of its devices is not to be seen.</param>
    internal sealed record Plugin(string Id, string Path, string Type, string? Extra, Dictionary<string, string> Settings, List<string> Mask)
    {
        public IBackendPlugin Create()
        {
            Assembly assembly = AssemblyLoadContext.Default.LoadFromAssemblyPath(Path);
            return (IBackendPlugin)Activator.CreateInstance(assembly.GetType(Type, throwOnError: true)!)!;
        }
    }
}
