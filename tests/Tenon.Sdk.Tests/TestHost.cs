using Tenon.Core.Backend;

namespace Tenon.Sdk.Tests;

/// <summary>A host with the given settings that remembers its notes.</summary>
internal sealed class TestHost : BackendHost
{
    public override IReadOnlyDictionary<string, string> Settings { get; } = new Dictionary<string, string>();

    public override string? CacheFolder => null;

    public override IReadOnlyDictionary<string, Func<CodeGenerator>> CodeGenerators { get; } = new Dictionary<string, Func<CodeGenerator>>();

    public List<string> Notes { get; } = [];

    public TestHost(params (string Key, string Value)[] settings) => Settings = settings.ToDictionary(s => s.Key, s => s.Value);

    public TestHost(IReadOnlyDictionary<string, Func<CodeGenerator>> generators, params (string Key, string Value)[] settings)
        : this(settings) => CodeGenerators = generators;

    public override void Note(string message) => Notes.Add(message);
}
