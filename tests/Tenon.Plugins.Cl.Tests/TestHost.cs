using Tenon.Core.Backend;
using Tenon.Plugins.Cl.Native;
using Tenon.Tests.Shared;

namespace Tenon.Plugins.Cl.Tests;

internal sealed class TestHost(params (string Key, string Value)[] settings) : SettingsHost(settings)
{
    /// <summary>The first device of this machine; the test is skipped where there is none.</summary>
    public static Device Open(params (string Key, string Value)[] settings)
    {
        var (plugin, host) = (new ClPlugin(), new TestHost(settings));
        var devices = plugin.EnumerateDevices(host);
        Require(devices.Count > 0, string.Join(" ", host.Notes));
        return plugin.Open(devices[0], host);
    }

    /// <summary>The machine's library; the test is skipped where there is none.</summary>
    public static ClLibrary Library()
    {
        var library = ClLibraryFinder.Find(null, out var reason);
        Require(library is not null, reason);
        return library!;
    }

    /// <summary>A device of the machine's library with some functions changed.</summary>
    public static ClDevice OpenWith(Func<ClFunctions, ClFunctions> change, string transfers = "auto")
    {
        var library = Library();
        var settings = ClSettings.Parse(new Dictionary<string, string> { ["transfers"] = transfers });
        var devices = ClDeviceList.Find(library, settings, _ => { });
        Require(devices.Count > 0, "There is no OpenCL device here.");
        return new ClDevice(new ClLibrary("changed", change(library.Functions)), devices[0], settings);
    }

    private static void Require(bool condition, string reason)
    {
        if (!condition)
        {
            Assert.Ignore(reason);
        }
    }
}
