using Tenon.Core.Backend;
using Tenon.Plugins.Disk;

[assembly: BackendPlugin(typeof(DiskPlugin))]

namespace Tenon.Plugins.Disk;

/// <summary>Offers the device DISK, whose memory is files: a file is a tensor, of which no more is read than is used.</summary>
public sealed class DiskPlugin : IBackendPlugin
{
    /// <inheritdoc/>
    public IReadOnlyList<DeviceDescription> EnumerateDevices(BackendHost host) =>
        [new DeviceDescription { Name = "DISK", DisplayName = "files; computes nothing" }];

    /// <inheritdoc/>
    public Device Open(DeviceDescription device, BackendHost host) => new DiskDevice();
}
