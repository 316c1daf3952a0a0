using Tenon.Core.Backend;
using Tenon.Plugins.Null;
using Tenon.Sdk.Targets;

[assembly: BackendPlugin(typeof(NullPlugin))]

namespace Tenon.Plugins.Null;

/// <summary>
/// Offers the device NULL. It takes every program and runs none, so that everything before the run can be measured and tested
/// on any machine. What is copied from it is NaN, never zeros, so that no result passes by accident. By the name of a target, as in
/// <c>NULL:CUDA:sm_90</c>, it is a device with the limits of that one, and renders in its language.
/// </summary>
public sealed class NullPlugin : ITargetedPlugin
{
    /// <inheritdoc/>
    public IReadOnlyList<DeviceDescription> EnumerateDevices(BackendHost host) =>
        [new DeviceDescription { Name = "NULL", DisplayName = "runs nothing, gives NaN" }];

    /// <inheritdoc/>
    public Device Open(DeviceDescription device, BackendHost host) => new NullDevice(ChooseGenerator(host));

    /// <inheritdoc/>
    public Device Open(DeviceDescription device, string target, BackendHost host)
    {
        var known = KnownTarget.Find(target);
        return new NullDevice(new TargetGenerator(known), known.Capabilities);
    }

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
