namespace Tenon.Runtime;

/// <summary>The memory of one device, or of all, in bytes.</summary>
/// <param name="BytesInUse">Held by buffers that live.</param>
/// <param name="BytesCached">Free, and kept for reuse.</param>
/// <param name="PeakBytes">The most that was held at once.</param>
/// <param name="Buffers">Buffers that live.</param>
/// <param name="Allocations">How often the device was asked for memory.</param>
/// <param name="Reuses">How often free memory was used again instead.</param>
public readonly record struct MemoryStatistics(long BytesInUse, long BytesCached, long PeakBytes, int Buffers, long Allocations, long Reuses)
{
    /// <summary>The sum.</summary>
    public static MemoryStatistics operator +(MemoryStatistics a, MemoryStatistics b) => new(
        a.BytesInUse + b.BytesInUse, a.BytesCached + b.BytesCached, a.PeakBytes + b.PeakBytes, a.Buffers + b.Buffers, a.Allocations + b.Allocations, a.Reuses + b.Reuses);
}
