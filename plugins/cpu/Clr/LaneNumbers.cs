using System.Collections.Concurrent;
using System.Runtime.InteropServices;
using Tenon.Core;

namespace Tenon.Plugins.Cpu;

/// <summary>
/// Vectors of numbers of lanes in memory, for shuffles. As literals in the code, the .NET JIT would keep each that is used twice in a
/// register all through a kernel, and sums of its loops not.
/// </summary>
internal static unsafe class LaneNumbers
{
    private const int Alignment = 64;
    private static readonly ConcurrentDictionary<(int Bytes, Axes Lanes), nint> Places = new();

    /// <summary>Where a vector is, for as long as the process lives.</summary>
    /// <param name="bytes">Of each number: 4 or 8.</param>
    /// <param name="lanes">The numbers.</param>
    public static nint Place(int bytes, Axes lanes) => Places.GetOrAdd((bytes, lanes), static key =>
    {
        var place = (byte*)NativeMemory.AlignedAlloc((nuint)(key.Lanes.Span.Length * key.Bytes), Alignment);
        foreach (var (i, lane) in key.Lanes.Span.ToArray().Index())
        {
            if (key.Bytes == sizeof(long))
            {
                ((long*)place)[i] = lane;
            }
            else
            {
                ((int*)place)[i] = lane;
            }
        }

        return (nint)place;
    });
}
