using Tenon.Core.Backend;
using Tenon.Tests.Shared;

namespace Tenon.Plugins.WebGpu.Tests;

internal sealed class TestHost(params (string Key, string Value)[] settings) : SettingsHost(WithLibrary(settings))
{
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

    // The variable that names the library for all programs names it here too.
    private static (string Key, string Value)[] WithLibrary((string Key, string Value)[] settings) =>
        Environment.GetEnvironmentVariable("TENON__plugins__tenon_webgpu__library") is { Length: > 0 } library && !settings.Any(s => s.Key == "library")
            ? [.. settings, ("library", library)] : settings;
}
