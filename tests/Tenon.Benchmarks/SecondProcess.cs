using System.Diagnostics;
using System.Globalization;
using Tenon.Cli.Workloads;
using Tenon.Runtime;

namespace Tenon.Benchmarks;

/// <summary>What a process saves because one before has done the same: a step of a model, made ready on a device that runs nothing.</summary>
/// <param name="First">Milliseconds of <c>Realize</c> with an empty disk cache.</param>
/// <param name="Second">Milliseconds of <c>Realize</c> in the next process.</param>
/// <param name="Schedules">Graphs that the second process found on disk.</param>
/// <param name="Kernels">Kernels that it found on disk.</param>
internal sealed record SecondProcess(double First, double Second, long Schedules, long Kernels)
{
    private const string Child = "second-child";

    /// <summary>Does the work of the process that is measured, if the arguments ask for it. Call it first in <c>Main</c>.</summary>
    public static bool TryRunChild(string[] args)
    {
        if (args is not [Child, var name])
        {
            return false;
        }

        using var runtime = new TenonRuntimeBuilder(TenonConfiguration.Load(null, [new("defaultDevice", "NULL")])).Build();
        TenonRuntime.Default = runtime;
        var results = Workload.All.Single(w => w.Name == name).Prepare()();
        var before = (runtime.Statistics.ScheduleMisses, runtime.Statistics.KernelsCompiled);
        var start = Stopwatch.GetTimestamp();
        Tensor.Realize([.. results]);
        var time = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
        var s = runtime.Statistics;
        var isKnown = s.SchedulesFromDisk == s.ScheduleMisses && s.DiskCacheHits == s.KernelsCompiled;
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{time} {(isKnown ? s.ScheduleMisses - before.ScheduleMisses : 0)} {(isKnown ? s.KernelsCompiled - before.KernelsCompiled : 0)}"));
        return true;
    }

    /// <summary>Runs two processes, one after the other.</summary>
    public static SecondProcess Measure(string workload)
    {
        var folder = Directory.CreateTempSubdirectory("tenon-second-process").FullName;
        try
        {
            var first = Run(workload, folder);
            var second = Run(workload, folder);
            return second.Schedules > 0 && second.Kernels > 0
                ? new SecondProcess(first.Time, second.Time, second.Schedules, second.Kernels)
                : throw new InvalidOperationException($"The second process of {workload} did not find everything on disk.");
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static (double Time, long Schedules, long Kernels) Run(string workload, string cacheFolder)
    {
        var parts = ChildProcess.Run(cacheFolder, Child, workload).Split(' ');
        return (double.Parse(parts[0], CultureInfo.InvariantCulture), long.Parse(parts[1], CultureInfo.InvariantCulture), long.Parse(parts[2], CultureInfo.InvariantCulture));
    }
}
