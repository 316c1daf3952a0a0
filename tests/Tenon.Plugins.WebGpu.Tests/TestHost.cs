using Tenon.Core.Backend;

namespace Tenon.Plugins.WebGpu.Tests;

internal sealed class TestHost : BackendHost
{
    /// <summary>The variable that names the library for all programs names it here too.</summary>
    public TestHost(params (string Key, string Value)[] settings)
    {
        var all = settings.ToDictionary(s => s.Key, s => s.Value);
        if (Environment.GetEnvironmentVariable("TENON__plugins__tenon_webgpu__library") is { Length: > 0 } library)
        {
            all.TryAdd("library", library);
        }

        Settings = all;
    }

    public List<string> Notes { get; } = [];

    public override IReadOnlyDictionary<string, string> Settings { get; }

    public override string? CacheFolder => null;

    public override IReadOnlyDictionary<string, Func<CodeGenerator>> CodeGenerators { get; } = new Dictionary<string, Func<CodeGenerator>>();

    public override void Note(string message) => Notes.Add(message);

    /// <summary>The device of this machine, software or not; the test is skipped where there is none.</summary>
    public static Device Open()
    {
        var (plugin, host) = (new WebGpuPlugin(), new TestHost(("software", "true")));
        var devices = plugin.EnumerateDevices(host);
        if (devices.Count == 0)
        {
            Assert.Ignore(string.Join(" ", host.Notes));
        }

        return plugin.Open(devices[0], host);
    }
}
