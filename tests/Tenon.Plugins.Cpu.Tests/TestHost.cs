using Tenon.Core.Backend;
using Tenon.Tests.Shared;

namespace Tenon.Plugins.Cpu.Tests;

internal sealed class TestHost(params (string Key, string Value)[] settings) : SettingsHost(settings)
{
    public static Device Open(params (string Key, string Value)[] settings)
    {
        var (plugin, host) = (new CpuPlugin(), new TestHost(settings));
        return plugin.Open(plugin.EnumerateDevices(host)[0], host);
    }
}
