using Tenon.Core.Backend;
using Tenon.Plugins.Null;

[assembly: BackendPlugin(typeof(NullPlugin))]

namespace Tenon.Plugins.Null;

/// <summary>
/// Offers the device NULL. It takes every program and runs none, so that everything before the run can be measured and tested
/// on any machine. What is copied from it is NaN, never zeros, so that no result passes by accident.
/// </summary>
public sealed class NullPlugin : IBackendPlugin
{
    /// <inheritdoc/>
    public IReadOnlyList<DeviceDescription> EnumerateDevices(BackendHost host) =>
        [new DeviceDescription { Name = "NULL", DisplayName = "runs nothing, gives NaN" }];

    /// <inheritdoc/>
    public Device Open(DeviceDescription device, BackendHost host) => new NullDevice(ChooseGenerator(host));

    // The named generator may be of a plugin that isn't there; NULL works without it.
    private static CodeGenerator ChooseGenerator(BackendHost host)
    {
        var name = host.Settings.GetValueOrDefault("generator");
        if (string.IsNullOrWhiteSpace(name))
        {
            return new ListingGenerator();
        }

        if (host.CodeGenerators.TryGetValue(name, out var open))
        {
            return new RenderOnlyGenerator(open());
        }

        var offered = host.CodeGenerators.Count == 0 ? "none" : string.Join(", ", host.CodeGenerators.Keys);
        host.Note($"NULL lists programs instead of rendering them: the generator '{name}' of its settings is not available. Offered: {offered}.");
        return new ListingGenerator();
    }
}
