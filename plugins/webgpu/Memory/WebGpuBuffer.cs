using Tenon.Core.Backend;

namespace Tenon.Plugins.WebGpu.Memory;

/// <summary>A buffer of the device, in whole units of 16 bytes.</summary>
/// <param name="queue">The queue that works on it.</param>
/// <param name="handle">The buffer.</param>
/// <param name="bytes">Its size as asked for.</param>
internal sealed class WebGpuBuffer(CommandQueue queue, nint handle, long bytes) : DeviceBuffer(bytes)
{
    private static long _count;

    public nint Handle { get; } = handle;

    /// <summary>A number that no other buffer has.</summary>
    public long Number { get; } = Interlocked.Increment(ref _count);

    /// <summary>Its size in the device.</summary>
    public long Capacity { get; } = CapacityOf(bytes);

    public static long CapacityOf(long bytes) => (Math.Max(bytes, 1) + 15) / 16 * 16;

    /// <inheritdoc/>
    protected override void FreeCore() => queue.Free(Handle);
}
