using Tenon.Core.Backend;

namespace Tenon.Tests.Shared;

/// <summary>A host of one plugin, which gives it settings, and perhaps the generators of others, and keeps what it notes.</summary>
internal class SettingsHost(IReadOnlyDictionary<string, Func<CodeGenerator>> generators, params (string Key, string Value)[] settings) : BackendHost
{
    public SettingsHost(params (string Key, string Value)[] settings)
        : this(new Dictionary<string, Func<CodeGenerator>>(), settings)
    {
    }

    public List<string> Notes { get; } = [];

    public override IReadOnlyDictionary<string, string> Settings { get; } = settings.ToDictionary(s => s.Key, s => s.Value);

    public override string? CacheFolder => null;

    public override IReadOnlyDictionary<string, Func<CodeGenerator>> CodeGenerators { get; } = generators;

    public override void Note(string message) => Notes.Add(message);
}
