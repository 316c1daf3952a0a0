using Tenon.Runtime;

namespace Tenon.EndToEnd;

/// <summary>The devices that this machine has.</summary>
internal static class Devices
{
    /// <summary>Skips the test, with the plugin's reason, on a machine without a device.</summary>
    public static void Require(string device)
    {
        using var runtime = new TenonRuntimeBuilder(TenonConfiguration.Load()).Build();
        if (!runtime.Devices.Names.Contains(device))
        {
            var reasons = runtime.Plugins.Plugins.Where(p => p.Devices.Count == 0).SelectMany(p => p.Notes);
            Assert.Ignore($"This machine has no device {device}. {string.Join(" ", reasons)}");
        }
    }
}
