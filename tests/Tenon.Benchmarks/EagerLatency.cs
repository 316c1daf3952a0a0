using System.Diagnostics;
using Tenon.Runtime;

namespace Tenon.Benchmarks;

/// <summary>What one small operation costs its caller, from the call to the queued kernel, once everything about it is known.</summary>
/// <param name="Device">The device and its generator.</param>
/// <param name="Operation">The operation, as C#.</param>
/// <param name="Median">Microseconds.</param>
/// <param name="P90">Microseconds that nine of ten calls stay below.</param>
/// <param name="AllocatedBytes">Bytes that one call takes from the garbage-collected heap of its thread.</param>
internal sealed record EagerLatency(string Device, string Operation, double Median, double P90, double AllocatedBytes)
{
    private const int Calls = 10_000;
    private const int Size = 16;

    /// <summary>Measures on each device. Operands are always new: a value that has been computed before would not be computed again.</summary>
    public static IReadOnlyList<EagerLatency> Measure(params ReadOnlySpan<string> devices)
    {
        var results = new List<EagerLatency>();
        foreach (var device in devices)
        {
            using var runtime = new TenonRuntimeBuilder(TenonConfiguration.Load(null, [new("defaultDevice", device)])).Build();
            TenonRuntime.Default = runtime;
            var name = $"{device} {runtime.Devices.Open(device).Generator.Name}";
            var other = Operand(0.001f);
            results.Add(Measure(runtime, $"{name}", "(a + b).Realize()", x => (x + other).Realize()));
            results.Add(Measure(runtime, $"{name}", "a.MatMul(b).Realize()", x => x.MatMul(other).Realize()));
        }

        return results;
    }

    private static Tensor Operand(float value) => Tensor.Full([Size, Size], value).Contiguous().Realize();

    private static EagerLatency Measure(TenonRuntime runtime, string device, string operation, Func<Tensor, Tensor> call)
    {
        var x = Operand(1);
        for (var i = 0; i < 2 * Calls; i++)
        {
            if (i == Calls)
            {
                // The .NET JIT optimises in the background what has been called often.
                Thread.Sleep(300);
            }

            x = call(x);
        }

        runtime.Synchronize();
        var times = new double[Calls];
        var allocated = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < times.Length; i++)
        {
            var start = Stopwatch.GetTimestamp();
            x = call(x);
            times[i] = Stopwatch.GetElapsedTime(start).TotalMicroseconds;
        }

        allocated = GC.GetAllocatedBytesForCurrentThread() - allocated;
        runtime.Synchronize();
        Array.Sort(times);
        return new EagerLatency(device, operation, times[Calls / 2], times[Calls * 9 / 10], (double)allocated / Calls);
    }
}
