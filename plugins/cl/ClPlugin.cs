using Tenon.Core.Backend;
using Tenon.Plugins.Cl.Native;

namespace Tenon.Plugins.Cl;

/// <summary>Offers every OpenCL device of the machine that can run kernels: graphics processors first.</summary>
public sealed class ClPlugin : IBackendPlugin
{
    /// <inheritdoc/>
    public IReadOnlyList<DeviceDescription> EnumerateDevices(BackendHost host)
    {
        ArgumentNullException.ThrowIfNull(host);
        return [.. Find(host, out _).Select((d, i) => new DeviceDescription { Name = "CL", Ordinal = i, DisplayName = $"{d.Name} ({d.PlatformName})" })];
    }

    /// <inheritdoc/>
    public Device Open(DeviceDescription device, BackendHost host)
    {
        ArgumentNullException.ThrowIfNull(device);
        ArgumentNullException.ThrowIfNull(host);
        var found = Find(host, out var library);
        return device.Ordinal < found.Count
            ? new ClDevice(library!, found[device.Ordinal], ClSettings.Parse(host.Settings))
            : throw new BackendException("TEN4308", $"CL:{device.Ordinal} is gone: there are {found.Count} devices now. Start the program again.");
    }

    private static IReadOnlyList<ClDeviceInfo> Find(BackendHost host, out ClLibrary? library)
    {
        var settings = ClSettings.Parse(host.Settings);
        library = ClLibraryFinder.Find(settings.Library, out var reason);
        if (library is null)
        {
            host.Note(reason);
            return [];
        }

        return ClDeviceList.Find(library, settings, host.Note);
    }
}
