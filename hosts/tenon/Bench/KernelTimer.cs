using System.Diagnostics;
using Tenon.Runtime;

namespace Tenon.Cli.Bench;

/// <summary>Times how long it takes to compute a value again and again.</summary>
internal static class KernelTimer
{
    private const int MinRuns = 5;
    private const int MaxRuns = 200;
    private static readonly TimeSpan Warmup = TimeSpan.FromSeconds(0.3);
    private static readonly TimeSpan Measured = TimeSpan.FromSeconds(0.7);

    /// <summary>The median time of a realize, in seconds, once all is compiled and warm.</summary>
    /// <param name="runtime">What runs it.</param>
    /// <param name="output">Receives the value: storing it anew each time keeps the runtime from returning a known result.</param>
    /// <param name="value">Makes the graph; its inputs must have been realised.</param>
    public static double Median(TenonRuntime runtime, Tensor output, Func<Tensor> value)
    {
        Repeat(Warmup, Run);
        var times = Repeat(Measured, Run);
        times.Sort();
        return times[times.Count / 2];

        void Run()
        {
            output.Assign(value()).Realize();
            runtime.Synchronize();
        }
    }

    private static List<double> Repeat(TimeSpan atLeast, Action run)
    {
        var times = new List<double>();
        var start = Stopwatch.GetTimestamp();
        while (times.Count < MinRuns || (times.Count < MaxRuns && Stopwatch.GetElapsedTime(start) < atLeast))
        {
            var begin = Stopwatch.GetTimestamp();
            run();
            times.Add(Stopwatch.GetElapsedTime(begin).TotalSeconds);
        }

        return times;
    }
}
