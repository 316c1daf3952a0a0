using Tenon.Core.Backend;
using Tenon.Plugins.Interpreter;
using Tenon.Sdk.Interpreter;

[assembly: BackendPlugin(typeof(InterpreterPlugin))]

namespace Tenon.Plugins.Interpreter;

/// <summary>Offers the device INTERPRETER: kernels of any device with lanes, checked while they run.</summary>
public sealed class InterpreterPlugin : IBackendPlugin
{
    /// <inheritdoc/>
    public IReadOnlyList<DeviceDescription> EnumerateDevices(BackendHost host) =>
    [
        .. Enumerable.Range(0, InterpreterSettings.Devices(host.Settings))
            .Select(i => new DeviceDescription { Name = "INTERPRETER", Ordinal = i, DisplayName = "runs kernels op by op and checks them" }),
    ];

    /// <inheritdoc/>
    public Device Open(DeviceDescription device, BackendHost host) => new InterpreterDevice(InterpreterSettings.Parse(host.Settings));
}
