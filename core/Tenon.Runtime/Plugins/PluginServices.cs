using Tenon.Core.Backend;

namespace Tenon.Runtime;

/// <summary>What the host offers to one plugin.</summary>
internal sealed class PluginServices(InstalledPlugin plugin, string? cacheFolder, GeneratorDirectory generators) : BackendHost
{
    public override IReadOnlyDictionary<string, string> Settings => plugin.Settings;

    public override string? CacheFolder => cacheFolder is null || !TryCreate(cacheFolder) ? null : cacheFolder;

    public override IReadOnlyDictionary<string, Func<CodeGenerator>> CodeGenerators => generators;

    public override void Note(string message) => plugin.Note(message);

    private bool TryCreate(string folder)
    {
        try
        {
            Directory.CreateDirectory(folder);
            return true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            plugin.Note($"There is no cache, because {folder} can't be created: {e.Message}");
            return false;
        }
    }
}
