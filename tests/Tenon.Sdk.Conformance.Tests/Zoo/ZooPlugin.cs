using Tenon.Core.Backend;

namespace Tenon.Sdk.Conformance.Tests;

/// <summary>Offers a device that runs programs as the reference does, but for one fault. Public and with a constructor, so that a child process can make it.</summary>
public sealed class ZooPlugin : IBackendPlugin
{
    private static int _opened;
    private static int _listed;

    public IReadOnlyList<DeviceDescription> EnumerateDevices(BackendHost host)
    {
        DeviceDescription zoo = new() { Name = "ZOO", DisplayName = $"{FaultOf(host)}" };
        return FaultOf(host) == Fault.ListsOtherDevicesEachTime ? [zoo, new DeviceDescription { Name = "ZOO", Ordinal = ++_listed }] : [zoo];
    }

    public Device Open(DeviceDescription device, BackendHost host)
    {
        var fault = FaultOf(host);
        if (fault == Fault.CrashesWhenOpened)
        {
            Environment.FailFast("the driver is broken");
        }

        if (fault == Fault.OpensOnce && Interlocked.Increment(ref _opened) > 1)
        {
            throw new InvalidOperationException("already open");
        }

        return new ZooDevice(fault);
    }

    private static Fault FaultOf(BackendHost host) => Enum.Parse<Fault>(host.Settings["fault"]);
}
