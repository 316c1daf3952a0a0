using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Tenon.Benchmarks;

/// <summary>How fast this machine copies memory with every core; bytes read and bytes written both count.</summary>
internal static unsafe class CopyBandwidth
{
    private const long Bytes = 256L << 20;
    private const int Attempts = 7;

    /// <summary>The best of several attempts, in GB/s.</summary>
    public static double Measure()
    {
        var from = (byte*)NativeMemory.AllocZeroed((nuint)Bytes);
        var to = (byte*)NativeMemory.AllocZeroed((nuint)Bytes);
        try
        {
            var part = Bytes / Environment.ProcessorCount & ~63L;
            var best = double.MaxValue;
            for (var attempt = 0; attempt < Attempts; attempt++)
            {
                var begin = Stopwatch.GetTimestamp();
                Parallel.For(0, Environment.ProcessorCount, t => Buffer.MemoryCopy(from + t * part, to + t * part, part, part));
                best = Math.Min(best, Stopwatch.GetElapsedTime(begin).TotalSeconds);
            }

            return 2.0 * part * Environment.ProcessorCount / best / 1e9;
        }
        finally
        {
            NativeMemory.Free(from);
            NativeMemory.Free(to);
        }
    }
}
