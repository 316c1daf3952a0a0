using Tenon.Core.Backend;

namespace Tenon.Runtime.Tests;

internal sealed class FakePlugin(params string[] kinds) : IBackendPlugin
{
    public int PerKind { get; init; } = 1;

    public Func<DeviceDescription, BackendHost, Device> OnOpen { get; init; } = (_, _) => new FakeDevice();

    public Func<BackendHost, IReadOnlyList<DeviceDescription>>? OnEnumerate { get; init; }

    public int Opened { get; private set; }

    public IReadOnlyList<DeviceDescription> EnumerateDevices(BackendHost host) => OnEnumerate?.Invoke(host)
        ?? [.. kinds.SelectMany(k => Enumerable.Range(0, PerKind).Select(i => new DeviceDescription { Name = k, Ordinal = i, DisplayName = $"Fake {k} {i}" }))];

    public Device Open(DeviceDescription device, BackendHost host)
    {
        Opened++;
        return OnOpen(device, host);
    }
}
