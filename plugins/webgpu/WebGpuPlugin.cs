using Tenon.Core.Backend;

namespace Tenon.Plugins.WebGpu;

/// <summary>Offers the device WEBGPU: the GPU that an implementation of webgpu.h chooses.</summary>
public sealed class WebGpuPlugin : IBackendPlugin
{
    /// <inheritdoc/>
    public IReadOnlyList<DeviceDescription> EnumerateDevices(BackendHost host)
    {
        ArgumentNullException.ThrowIfNull(host);
        using var adapter = Adapter.Find(WebGpuSettings.Parse(host.Settings), out var reason);
        if (adapter is null)
        {
            host.Note(reason);
            return [];
        }

        if (adapter.IsSoftware)
        {
            host.Note($"WEBGPU is {adapter.Name}: there is no GPU for it, and CPU is faster.");
        }

        return [new DeviceDescription { Name = "WEBGPU", DisplayName = adapter.Name }];
    }

    /// <inheritdoc/>
    public Device Open(DeviceDescription device, BackendHost host)
    {
        ArgumentNullException.ThrowIfNull(device);
        ArgumentNullException.ThrowIfNull(host);
        var adapter = Adapter.Find(WebGpuSettings.Parse(host.Settings), out var reason) ?? throw new BackendException(reason[..7], reason[9..]);
        return new WebGpuDevice(new Session(adapter));
    }
}
