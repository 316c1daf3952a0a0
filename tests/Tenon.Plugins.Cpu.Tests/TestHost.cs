using Tenon.Core.Backend;

namespace Tenon.Plugins.Cpu.Tests;

internal sealed class TestHost(params (string Key, string Value)[] settings) : BackendHost
{
    public List<string> Notes { get; } = [];

    public override IReadOnlyDictionary<string, string> Settings { get; } = settings.ToDictionary(s => s.Key, s => s.Value);

    public override string? CacheFolder => null;

    public override IReadOnlyDictionary<string, Func<CodeGenerator>> CodeGenerators { get; } = new Dictionary<string, Func<CodeGenerator>>();

    public override void Note(string message) => Notes.Add(message);

    public static Device Open(params (string Key, string Value)[] settings)
    {
        var (plugin, host) = (new CpuPlugin(), new TestHost(settings));
        return plugin.Open(plugin.EnumerateDevices(host)[0], host);
    }
}
