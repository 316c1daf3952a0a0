using Tenon.Core.Backend;

namespace Tenon.Runtime.Tests;

/// <summary>A plugin whose device FAKE takes any target.</summary>
internal sealed class TargetedPlugin : ITargetedPlugin
{
    public List<string> Targets { get; } = [];

    public IReadOnlyList<DeviceDescription> EnumerateDevices(BackendHost host) => [new DeviceDescription { Name = "FAKE" }];

    public Device Open(DeviceDescription device, BackendHost host) => new FakeDevice();

    public Device Open(DeviceDescription device, string target, BackendHost host)
    {
        Targets.Add(target);
        return new FakeDevice();
    }
}
