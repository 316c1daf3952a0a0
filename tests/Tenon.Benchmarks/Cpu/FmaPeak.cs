using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Tenon.Benchmarks;

/// <summary>
/// The most single-precision multiply-adds that this machine does in a second: independent FMAs in registers, in vectors as wide
/// as there are.
/// </summary>
internal static class FmaPeak
{
    private const int Chains = 12;
    // Some 40 ms: threads that begin on the same core are apart after some of the first.
    private const int Iterations = 20_000_000;
    private const int Attempts = 7;

    /// <summary>Bits of a vector.</summary>
    public static int VectorBits { get; } =
        Avx512F.IsSupported ? 512 : Vector256.IsHardwareAccelerated ? 256 : 128;

    /// <summary>The best of several attempts, in GFLOPS; a multiply-add is two operations.</summary>
    public static double Measure(int threads, bool processorTime)
    {
        var best = 0.0;
        for (var attempt = 0; attempt < Attempts; attempt++)
        {
            best = Math.Max(best, MeasureOnce(threads, processorTime));
        }

        return best;
    }

    // From the first start to the last end, both taken in the workers: this thread may sleep while they run.
    private static double MeasureOnce(int threads, bool processorTime)
    {
        var used = Environment.CpuUsage.TotalTime;
        var times = new (long Begin, long End, float Sum)[threads];
        using var start = new Barrier(times.Length);
        var workers = Enumerable.Range(0, times.Length).Select(t => new Thread(() =>
        {
            start.SignalAndWait();
            var begin = Stopwatch.GetTimestamp();
            var sum = Run();
            times[t] = (begin, Stopwatch.GetTimestamp(), sum);
        })).ToList();
        workers.ForEach(w => w.Start());
        workers.ForEach(w => w.Join());
        var seconds = processorTime ? (Environment.CpuUsage.TotalTime - used).TotalSeconds / threads : Stopwatch.GetElapsedTime(times.Min(t => t.Begin), times.Max(t => t.End)).TotalSeconds;
        return 2.0 * times.Length * Chains * Iterations * (VectorBits / 32) / seconds / 1e9;
    }

    private static float Run() => VectorBits switch
    {
        512 => Run<Lanes512>(),
        256 => Run<Lanes256>(),
        _ => Run<Lanes128>(),
    };

    // More chains than an FMA's latency times the FMA units of a core, and few enough for 16 registers.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static float Run<T>() where T : struct, ILanes<T>
    {
        var (x, y) = (T.Create(0.999f), T.Create(0.001f));
        T a = y, b = y, c = y, d = y, e = y, f = y, g = y, h = y, i = y, j = y, k = y, l = y;
        for (var n = 0; n < Iterations; n++)
        {
            a = T.MultiplyAdd(a, x, y);
            b = T.MultiplyAdd(b, x, y);
            c = T.MultiplyAdd(c, x, y);
            d = T.MultiplyAdd(d, x, y);
            e = T.MultiplyAdd(e, x, y);
            f = T.MultiplyAdd(f, x, y);
            g = T.MultiplyAdd(g, x, y);
            h = T.MultiplyAdd(h, x, y);
            i = T.MultiplyAdd(i, x, y);
            j = T.MultiplyAdd(j, x, y);
            k = T.MultiplyAdd(k, x, y);
            l = T.MultiplyAdd(l, x, y);
        }

        return T.First(a) + T.First(b) + T.First(c) + T.First(d) + T.First(e) + T.First(f)
            + T.First(g) + T.First(h) + T.First(i) + T.First(j) + T.First(k) + T.First(l);
    }

    private interface ILanes<T> where T : struct, ILanes<T>
    {
        static abstract T Create(float value);

        static abstract T MultiplyAdd(T x, T y, T z);

        static abstract float First(T x);
    }

    private readonly record struct Lanes512(Vector512<float> V) : ILanes<Lanes512>
    {
        public static Lanes512 Create(float value) => new(Vector512.Create(value));

        public static Lanes512 MultiplyAdd(Lanes512 x, Lanes512 y, Lanes512 z) => new(Vector512.FusedMultiplyAdd(x.V, y.V, z.V));

        public static float First(Lanes512 x) => x.V[0];
    }

    private readonly record struct Lanes256(Vector256<float> V) : ILanes<Lanes256>
    {
        public static Lanes256 Create(float value) => new(Vector256.Create(value));

        public static Lanes256 MultiplyAdd(Lanes256 x, Lanes256 y, Lanes256 z) => new(Vector256.FusedMultiplyAdd(x.V, y.V, z.V));

        public static float First(Lanes256 x) => x.V[0];
    }

    private readonly record struct Lanes128(Vector128<float> V) : ILanes<Lanes128>
    {
        public static Lanes128 Create(float value) => new(Vector128.Create(value));

        public static Lanes128 MultiplyAdd(Lanes128 x, Lanes128 y, Lanes128 z) => new(Vector128.FusedMultiplyAdd(x.V, y.V, z.V));

        public static float First(Lanes128 x) => x.V[0];
    }
}
