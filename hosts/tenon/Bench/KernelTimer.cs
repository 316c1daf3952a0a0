using System.Diagnostics;

namespace Tenon.Cli.Bench;

/// <summary>Times how long it takes to do the same again and again.</summary>
internal static class KernelTimer
{
    private const int MinRuns = 5;
    private const int MaxRuns = 200;
    private static readonly TimeSpan Warmup = TimeSpan.FromSeconds(0.3);
    private static readonly TimeSpan Measured = TimeSpan.FromSeconds(0.7);

    /// <summary>The median time in seconds, once all is compiled and warm.</summary>
    public static double Median(Action run)
    {
        Repeat(Warmup, run);
        var times = Repeat(Measured, run);
        times.Sort();
        return times[times.Count / 2];
    }

    /// <summary>What runs an action so many times, and gives the milliseconds of each.</summary>
    /// <param name="run">The action.</param>
    /// <param name="processorTime">
    /// Whether the processor time of all threads counts instead of what a clock on the wall shows; then their mean is given, because systems
    /// don't keep it finely.
    /// </param>
    public static Func<int, double[]> Each(Action run, bool processorTime = false) => runs =>
    {
        var (times, used) = (new double[runs], Environment.CpuUsage.TotalTime);
        for (var i = 0; i < runs; i++)
        {
            var start = Stopwatch.GetTimestamp();
            run();
            times[i] = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
        }

        return processorTime ? [(Environment.CpuUsage.TotalTime - used).TotalMilliseconds / runs] : times;
    };

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
