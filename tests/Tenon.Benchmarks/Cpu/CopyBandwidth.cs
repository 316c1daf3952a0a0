using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using Tenon.Core.Backend;

namespace Tenon.Benchmarks;

/// <summary>
/// How fast this machine copies memory that no cache holds; bytes read and bytes written both count. The memory is the device's, as that of tensors is,
/// and its content is written before: pages that never were may all be one.
/// </summary>
internal static unsafe class CopyBandwidth
{
    private const long LeastBytes = 256L << 20;
    private const int Attempts = 12;

    /// <summary>The best of several attempts, in GB/s.</summary>
    public static double Measure(Device device, int threads)
    {
        var part = Math.Max(LeastBytes, 8 * LastCacheBytes(device)) / threads & ~4095L;
        using var from = device.Allocator.Allocate(part * threads);
        using var to = device.Allocator.Allocate(part * threads);
        var memory = device.TryGetFeature<IHostVisibleMemory>()!;
        var (source, target) = (memory.GetAddress(new(from, 0, from.Bytes)), memory.GetAddress(new(to, 0, to.Bytes)));
        NativeMemory.Fill((void*)source, (nuint)from.Bytes, 1);
        var best = 0.0;
        for (var attempt = 0; attempt < Attempts; attempt++)
        {
            best = Math.Max(best, 2 * part * threads / Seconds(threads, (byte*)source, (byte*)target, part) / 1e9);
        }

        return best;
    }

    /// <summary>Bytes of a device's largest cache.</summary>
    public static long LastCacheBytes(Device device) => Math.Max(device.Capabilities.L2CacheBytes, device.Capabilities.L3CacheBytes);

    // From the first start to the last end, both taken in the workers: this thread may sleep while they run.
    private static double Seconds(int threads, byte* from, byte* to, long part)
    {
        var times = new (long Begin, long End)[threads];
        using var start = new Barrier(threads);
        var workers = Enumerable.Range(0, threads).Select(t => new Thread(() =>
        {
            start.SignalAndWait();
            var begin = Stopwatch.GetTimestamp();
            Copy(from + t * part, to + t * part, part);
            times[t] = (begin, Stopwatch.GetTimestamp());
        })).ToList();
        workers.ForEach(w => w.Start());
        workers.ForEach(w => w.Join());
        return Stopwatch.GetElapsedTime(times.Min(t => t.Begin), times.Max(t => t.End)).TotalSeconds;
    }

    // Past the caches: lines that are overwritten as wholes needn't be read first.
    private static void Copy(byte* from, byte* to, long bytes)
    {
        for (var i = 0L; i < bytes; i += 256)
        {
            var (a, b) = (Vector512.Load(from + i), Vector512.Load(from + i + 64));
            var (c, d) = (Vector512.Load(from + i + 128), Vector512.Load(from + i + 192));
            a.StoreAlignedNonTemporal(to + i);
            b.StoreAlignedNonTemporal(to + i + 64);
            c.StoreAlignedNonTemporal(to + i + 128);
            d.StoreAlignedNonTemporal(to + i + 192);
        }
    }
}
