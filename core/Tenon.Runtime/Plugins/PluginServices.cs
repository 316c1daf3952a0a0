using Tenon.Core.Backend;

namespace Tenon.Runtime;

/// <summary>What the host offers to one plugin.</summary>
internal sealed class PluginServices(InstalledPlugin plugin, string? cacheFolder, GeneratorDirectory generators) : BackendHost
{
    public override IReadOnlyDictionary<string, string> Settings => plugin.Settings;

    public override string? CacheFolder { get; } = cacheFolder;

    public override IReadOnlyDictionary<string, Func<CodeGenerator>> CodeGenerators => generators;

    public override void Note(string message) => plugin.Note(message);
}
