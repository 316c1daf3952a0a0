using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Tenon.Plugins.Cpu;

/// <summary>Stores past the caches, of a line at a time: what was there isn't loaded, and nothing is kept.</summary>
internal static unsafe class StreamMemory
{
    /// <summary>Writes a line; an ordinary store if the address is not that of one.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store<T>(Vector512<T> value, T* address) where T : unmanaged
    {
        if (((nuint)address & 63) == 0)
        {
            value.StoreAlignedNonTemporal(address);
        }
        else
        {
            value.Store(address);
        }
    }

    /// <summary>What was written so is seen by others before what is written next.</summary>
    public static void Finish()
    {
        if (Sse.IsSupported)
        {
            Sse.StoreFence();
        }
        else
        {
            Interlocked.MemoryBarrier();
        }
    }
}
