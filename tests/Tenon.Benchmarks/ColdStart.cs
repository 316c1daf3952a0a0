using System.Diagnostics;
using System.Globalization;

namespace Tenon.Benchmarks;

/// <summary>How long a process takes to its first result: <c>a + b</c> on the default device, in a process of its own.</summary>
/// <param name="FromMain">Milliseconds from the start of <c>Main</c> to the result, with an empty disk cache.</param>
/// <param name="FromMainCached">The same, where a process before has left the kernel on disk.</param>
/// <param name="FromStart">Milliseconds from the start of the process to the result, with an empty disk cache.</param>
/// <param name="FromStartCached">The same, where a process before has left the kernel on disk.</param>
internal sealed record ColdStart(double FromMain, double FromMainCached, double FromStart, double FromStartCached)
{
    private const string Child = "cold-child";
    private const int Runs = 5;

    /// <summary>Does the work of the process that is measured, if the arguments ask for it. Call it first in <c>Main</c>.</summary>
    public static bool TryRunChild(string[] args)
    {
        if (args is not [Child])
        {
            return false;
        }

        var main = Stopwatch.GetTimestamp();
        var (a, b) = (Tensor.From<float>([1, 2, 3, 4]), Tensor.From<float>([4, 3, 2, 1]));
        var sum = (a + b).ToArray<float>();
        var fromMain = Stopwatch.GetElapsedTime(main).TotalMilliseconds;
        var fromStart = (DateTime.Now - Process.GetCurrentProcess().StartTime).TotalMilliseconds;
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{fromMain} {fromStart} {string.Join(',', sum)}"));
        return true;
    }

    /// <summary>The medians of several processes.</summary>
    public static ColdStart Measure()
    {
        var folder = Directory.CreateTempSubdirectory("tenon-cold-start").FullName;
        try
        {
            var cold = Enumerable.Range(0, Runs).Select(_ =>
            {
                Directory.Delete(folder, recursive: true);
                return Run(folder);
            }).ToList();
            var cached = Enumerable.Range(0, Runs).Select(_ => Run(folder)).ToList();
            return new ColdStart(Median(cold, r => r.Main), Median(cached, r => r.Main), Median(cold, r => r.Start), Median(cached, r => r.Start));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static double Median(List<(double Main, double Start)> runs, Func<(double Main, double Start), double> of) => runs.Select(of).Order().ElementAt(runs.Count / 2);

    private static (double Main, double Start) Run(string cacheFolder)
    {
        var output = ChildProcess.Run(cacheFolder, Child);
        return output.Split(' ') is [var main, var all, "5,5,5,5"]
            ? (double.Parse(main, CultureInfo.InvariantCulture), double.Parse(all, CultureInfo.InvariantCulture))
            : throw new InvalidOperationException($"The measured process printed: {output}");
    }
}
