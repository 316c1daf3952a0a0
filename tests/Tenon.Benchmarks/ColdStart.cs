using System.Diagnostics;
using System.Globalization;

namespace Tenon.Benchmarks;

/// <summary>How long a process takes to its first result: <c>a + b</c> on the default device, in a process of its own. Milliseconds.</summary>
/// <param name="FromMain">From the start of <c>Main</c> to the result.</param>
/// <param name="FromStart">From the start of the process to the result.</param>
/// <param name="Processor">Processor time of all threads until then; other programs don't change it much.</param>
internal sealed record ColdStart(double FromMain, double FromStart, double Processor)
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
        var process = Process.GetCurrentProcess();
        var (fromStart, processor) = ((DateTime.Now - process.StartTime).TotalMilliseconds, process.TotalProcessorTime.TotalMilliseconds);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{fromMain} {fromStart} {processor} {string.Join(',', sum)}"));
        return true;
    }

    /// <summary>The medians of several processes with an empty disk cache, and of several that find the kernel on disk.</summary>
    public static (ColdStart Empty, ColdStart Cached) Measure()
    {
        var folder = Directory.CreateTempSubdirectory("tenon-cold-start").FullName;
        try
        {
            var empty = Median(() =>
            {
                Directory.Delete(folder, recursive: true);
                return Run(folder);
            });
            return (empty, Median(() => Run(folder)));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static ColdStart Median(Func<ColdStart> run)
    {
        var all = Enumerable.Range(0, Runs).Select(_ => run()).ToList();
        double Of(Func<ColdStart, double> figure) => all.Select(figure).Order().ElementAt(Runs / 2);
        return new ColdStart(Of(r => r.FromMain), Of(r => r.FromStart), Of(r => r.Processor));
    }

    private static ColdStart Run(string cacheFolder)
    {
        var output = ChildProcess.Run(cacheFolder, Child);
        static double Number(string text) => double.Parse(text, CultureInfo.InvariantCulture);
        return output.Split(' ') is [var main, var start, var processor, "5,5,5,5"]
            ? new ColdStart(Number(main), Number(start), Number(processor))
            : throw new InvalidOperationException($"The measured process printed: {output}");
    }
}
