using System.Runtime.InteropServices;

namespace Tenon.Plugins.Cpu;

/// <summary>The block of a thread in which kernels have their local arrays. It grows to the most that was asked for.</summary>
internal sealed unsafe class LocalMemory
{
    // A page: neighbouring threads share no cache line, and no translation is split.
    private const nuint Alignment = 4096;

    [ThreadStatic]
    private static LocalMemory? _ofThread;

    private void* _block;
    private long _bytes;

    ~LocalMemory() => NativeMemory.AlignedFree(_block);

    /// <summary>The block of the running thread; its content is what the last kernel left.</summary>
    public static void* OfThread(long bytes)
    {
        var memory = _ofThread ??= new LocalMemory();
        return bytes <= memory._bytes ? memory._block : memory.Grow(bytes);
    }

    private void* Grow(long bytes)
    {
        NativeMemory.AlignedFree(_block);
        _block = null;
        _bytes = 0;
        _block = NativeMemory.AlignedAlloc((nuint)bytes, Alignment);
        _bytes = bytes;
        return _block;
    }
}
