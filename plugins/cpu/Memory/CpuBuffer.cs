using System.Runtime.InteropServices;
using Tenon.Core.Backend;

namespace Tenon.Plugins.Cpu;

/// <summary>Memory of this process.</summary>
internal sealed unsafe partial class CpuBuffer : DeviceBuffer
{
    private const int Alignment = 64;

    // From this size on, pages of 2 MiB pay.
    private const long Huge = 4L << 20;
    private const long HugePage = 2L << 20;
    private const int UseHugePages = 14;
    private readonly bool _isBorrowed;

    /// <summary>Allocates.</summary>
    public CpuBuffer(long bytes) : base(bytes)
    {
        try
        {
            Address = (nint)NativeMemory.AlignedAlloc((nuint)Math.Max(bytes, Alignment), bytes >= Huge ? (nuint)HugePage : Alignment);
        }
        catch (OutOfMemoryException e)
        {
            GC.SuppressFinalize(this);
            var free = GC.GetGCMemoryInfo();
            throw new BackendException(
                "TEN4005",
                $"There is no room for a buffer of {bytes:N0} bytes: about {free.TotalAvailableMemoryBytes - free.MemoryLoadBytes:N0} of {free.TotalAvailableMemoryBytes:N0} bytes are free. Use smaller tensors, or release some.",
                e);
        }

        if (bytes >= Huge && OperatingSystem.IsLinux())
        {
            // Where the system gives such pages only on request. It may refuse: then pages are small, as without.
            Advise(Address, (nuint)(bytes / HugePage * HugePage), UseHugePages);
        }
    }

    /// <summary>Memory that is somebody else's.</summary>
    public CpuBuffer(nint address, long bytes) : base(bytes) => (Address, _isBorrowed) = (address, true);

    /// <summary>Frees memory that nobody disposed.</summary>
    ~CpuBuffer() => Dispose();

    /// <summary>Where it is.</summary>
    public nint Address { get; }

    /// <inheritdoc/>
    protected override void FreeCore()
    {
        if (!_isBorrowed)
        {
            NativeMemory.AlignedFree((void*)Address);
        }
    }

    [LibraryImport("libc", EntryPoint = "madvise")]
    private static partial int Advise(nint address, nuint bytes, int advice);
}
