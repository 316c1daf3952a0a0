using System.Diagnostics;
using System.Text.Json;
using Tenon.Cli.Bench;
using Tenon.Cli.Onnx;
using Tenon.Onnx;

namespace Tenon.Benchmarks;

/// <summary>A model in a process of its own: how long it takes to load and to run for the first time, and how much memory.</summary>
/// <param name="Load">Milliseconds to read the model.</param>
/// <param name="First">Milliseconds of the first run: weights moved, kernels made.</param>
/// <param name="PeakBytes">The most memory that the process has had after some runs.</param>
/// <param name="DevicePeakBytes">The most that the device held of it.</param>
internal sealed record FirstRun(double Load, double First, long PeakBytes, long DevicePeakBytes)
{
    private const string Child = "model-child";
    private const int Runs = 5;

    /// <summary>Does the work of the process that is measured, if the arguments ask for it. Call it first in <c>Main</c>.</summary>
    public static bool TryRunChild(string[] args)
    {
        if (args is not [Child, var folder, var threads])
        {
            return false;
        }

        using var runtime = CpuRuntimes.Create(int.Parse(threads, System.Globalization.CultureInfo.InvariantCulture));
        Tenon.Runtime.TenonRuntime.Default = runtime;
        var model = new ModelFolder("", folder);
        var inputs = model.ReadInputs();
        var start = Stopwatch.GetTimestamp();
        var run = KernelTimer.Each(new ModelRun(OnnxModel.Load(model.Model), inputs).Once);
        var load = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
        var first = run(1)[0];
        run(Runs);
        Console.WriteLine(JsonSerializer.Serialize(new FirstRun(load, first, Process.GetCurrentProcess().PeakWorkingSet64, runtime.Statistics.Memory.PeakBytes)));
        return true;
    }

    /// <summary>The first process with an empty disk cache, and one that finds what that has left.</summary>
    public static (FirstRun Empty, FirstRun Cached) Measure(ModelFolder model, int threads)
    {
        var cache = Directory.CreateTempSubdirectory("tenon-first-run").FullName;
        try
        {
            FirstRun Once() => JsonSerializer.Deserialize<FirstRun>(ChildProcess.Run(cache, Child, model.Path, $"{threads}"))!;
            return (Once(), Once());
        }
        finally
        {
            Directory.Delete(cache, recursive: true);
        }
    }
}
