using Tenon.Core;

namespace Tenon.Compiler;

/// <summary>The device on which each node is computed, from that of its sources.</summary>
internal static class DevicePlacement
{
    /// <summary>Per node its device; null for what is made of literals only.</summary>
    public static NodeMap<string?> Of(IEnumerable<UOp> order)
    {
        var devices = new NodeMap<string?>();
        foreach (var u in order)
        {
            devices[u] = u.Op switch
            {
                Ops.Param => ((ParamArg)u.Arg!).Device,
                Ops.Copy => (string)u.Arg!,
                Ops.Sink => null,
                _ => OfSources(u, devices),
            };
        }

        return devices;
    }

    private static string? OfSources(UOp u, NodeMap<string?> devices)
    {
        string? device = null;
        foreach (var s in u.Src)
        {
            if (devices[s] is { } other)
            {
                if (device is not null && device != other)
                {
                    throw new TenonException("TEN3015", $"{u.Op} of shape {u.Shape} has operands on {device} and on {other}. Move one of them first: x.To(\"{device}\").");
                }

                device = other;
            }
        }

        return device;
    }
}
