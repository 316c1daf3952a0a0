using Tenon.Core;

namespace Tenon.Compiler;

/// <summary>Places the local arrays of a kernel in one block.</summary>
internal static class LocalArrays
{
    private const long Alignment = 64;

    /// <summary>Where each array of a list of nodes begins, and how many bytes all need.</summary>
    public static (NodeMap<long> Offsets, long Bytes) Place(List<UOp> list)
    {
        var (offsets, bytes) = (new NodeMap<long>(), 0L);
        foreach (var u in list)
        {
            if (u.Op == Ops.Local)
            {
                offsets[u] = bytes;
                bytes += (u.DType.BytesOf(u.ArgAs<LocalArg>().Size) + Alignment - 1) / Alignment * Alignment;
            }
        }

        return (offsets, bytes);
    }
}
