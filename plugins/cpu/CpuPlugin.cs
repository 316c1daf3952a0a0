using Tenon.Core.Backend;

namespace Tenon.Plugins.Cpu;

/// <summary>Offers the machine's processors as one device, or as several that share them.</summary>
public sealed class CpuPlugin : IBackendPlugin
{
    /// <inheritdoc/>
    public IReadOnlyList<DeviceDescription> EnumerateDevices(BackendHost host)
    {
        ArgumentNullException.ThrowIfNull(host);
        var settings = CpuSettings.Parse(host.Settings);
        var name = $"{Machine.ProcessorName}, {settings.Threads} threads";
        return [.. Enumerable.Range(0, settings.Devices).Select(i => new DeviceDescription { Name = "CPU", Ordinal = i, DisplayName = name })];
    }

    /// <inheritdoc/>
    public Device Open(DeviceDescription device, BackendHost host)
    {
        ArgumentNullException.ThrowIfNull(device);
        ArgumentNullException.ThrowIfNull(host);
        return new CpuDevice(device, CpuSettings.Parse(host.Settings), host);
    }
}
