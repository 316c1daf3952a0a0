using System.Diagnostics;

namespace Tenon.Benchmarks;

/// <summary>Times several programs that do the same, in turns, so that what else the machine does befalls all of them alike.</summary>
internal static class Race
{
    private const int Rounds = 7;
    private const int SlowRounds = 5;
    private const int MostRuns = 2000;
    private static readonly TimeSpan Warmup = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan Turn = TimeSpan.FromMilliseconds(50);

    // Threads of OpenBLAS, OpenMP and ONNX Runtime go on spinning for a while after their work is done.
    private static readonly TimeSpan Gap = TimeSpan.FromMilliseconds(100);

    /// <summary>Warms each up, then lets them take turns.</summary>
    /// <param name="contestants">Each runs its work so many times, and gives the milliseconds of each run.</param>
    public static Times[] Run(IReadOnlyList<Func<int, double[]>> contestants)
    {
        var runs = contestants.Select(c =>
        {
            var usual = WarmUp(c);
            Thread.Sleep(Gap);
            return (int)Math.Clamp(Turn.TotalMilliseconds / usual, 1, MostRuns);
        }).ToArray();
        var times = contestants.Select(_ => new List<double>()).ToArray();
        for (var round = 0; round < (runs.Max() == 1 ? SlowRounds : Rounds); round++)
        {
            for (var i = 0; i < contestants.Count; i++)
            {
                times[i].AddRange(contestants[i](runs[i]));
                Thread.Sleep(Gap);
            }
        }

        return [.. times.Select(Times.Of)];
    }

    // Twice at least: the first run is the one that compiles.
    private static double WarmUp(Func<int, double[]> contestant)
    {
        contestant(1);
        var start = Stopwatch.GetTimestamp();
        var last = contestant(1)[0];
        while (Stopwatch.GetElapsedTime(start) < Warmup)
        {
            last = contestant((int)Math.Clamp(Turn.TotalMilliseconds / last, 1, MostRuns)).Min();
        }

        return last;
    }
}
