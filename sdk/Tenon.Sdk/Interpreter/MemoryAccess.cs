using Tenon.Core;
using Tenon.Core.Backend;

namespace Tenon.Sdk.Interpreter;

/// <summary>Where a load or store goes: each lane to its own elements of one buffer or local array.</summary>
internal sealed class MemoryAccess(Lockstep lockstep, Site site, MemoryRegion region, long[] index)
{
    public Lockstep Lockstep => lockstep;

    public MemoryRegion Region => region;

    /// <summary>The element at which each lane begins.</summary>
    public long[] Index => index;

    /// <summary>The byte at which a lane's elements begin, which must exist.</summary>
    public int Locate(int lane, long first, int count) => first >= 0 && first + count <= region.Size
        ? (int)(region.Origin(lane) + (first * region.DType.Bytes))
        : throw Fault("TEN4201", lane, $"{Verb} {Elements(first, count)} of {region.Name}, which has {region.Size} elements.");

    public BackendException Fault(string code, int lane, string what) => lockstep.Fault(code, site, lane, what);

    /// <summary>An error at a byte of the region's memory.</summary>
    public BackendException Fault(string code, int lane, int at, Func<string, string> what) =>
        Fault(code, lane, what($"{Verb} {Elements((at - region.Origin(lane)) / region.DType.Bytes, 1)} of {region.Name}"));

    private string Verb => site.Op.Op == Ops.Store ? "writes" : "reads";

    private static string Elements(long first, int count) => count == 1 ? $"element {first}" : $"elements {first} to {first + count - 1}";
}
