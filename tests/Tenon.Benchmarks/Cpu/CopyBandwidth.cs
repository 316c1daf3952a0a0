using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Tenon.Benchmarks;

/// <summary>How fast this machine copies memory; bytes read and bytes written both count.</summary>
internal static unsafe class CopyBandwidth
{
    private const long Bytes = 256L << 20;
    private const int Attempts = 7;

    /// <summary>The best of several attempts, in GB/s.</summary>
    public static double Measure(int threads)
    {
        var from = (byte*)NativeMemory.AllocZeroed((nuint)Bytes);
        var to = (byte*)NativeMemory.AllocZeroed((nuint)Bytes);
        try
        {
            var part = Bytes / threads & ~63L;
            var best = double.MaxValue;
            for (var attempt = 0; attempt < Attempts; attempt++)
            {
                var begin = Stopwatch.GetTimestamp();
                Parallel.For(0, threads, t => Buffer.MemoryCopy(from + t * part, to + t * part, part, part));
                best = Math.Min(best, Stopwatch.GetElapsedTime(begin).TotalSeconds);
            }

            return 2.0 * part * threads / best / 1e9;
        }
        finally
        {
            NativeMemory.Free(from);
            NativeMemory.Free(to);
        }
    }
}
