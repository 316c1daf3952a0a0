using Tenon.Cli.Bench;
using Tenon.Cli.Peers;
using Tenon.Core;

namespace Tenon.Benchmarks;

/// <summary>A kernel, and how others compute the same.</summary>
/// <param name="Kernel">Ours.</param>
/// <param name="Peers">Theirs.</param>
internal sealed record OpCase(KernelBenchmark Kernel, params PeerExpression[] Peers)
{
    /// <summary>A kernel of ours that this one is measured against too.</summary>
    public KernelBenchmark? Beside { get; init; }

    /// <summary>Measures cases with each number of threads.</summary>
    public static void Run(CpuBenchmark benchmark, string section, IEnumerable<OpCase> cases, params int[] threads)
    {
        foreach (var test in cases.Where(c => benchmark.Wants(c.Kernel.Name)))
        {
            foreach (var count in benchmark.Threads(threads))
            {
                benchmark.Report.Add(test.Measure(benchmark, section, count));
            }
        }
    }

    private Comparison Measure(CpuBenchmark benchmark, string section, int threads)
    {
        var (runtime, processorTime) = (benchmark.Runtimes.Use(threads), benchmark.Options.ProcessorTime);
        var ours = new KernelRun(runtime, Kernel);
        ours.Once();
        var sums = CheckSums.Of(ours.Outputs);
        var contestants = new List<Func<int, double[]>> { KernelTimer.Each(ours.Once, processorTime) };
        if (Beside is not null)
        {
            contestants.Add(KernelTimer.Each(new KernelRun(runtime, Beside).Once, processorTime));
        }

        // One peer at a time: both are in one process, which keeps one expression.
        Times? our = null, beside = null;
        var (peers, notes) = (new Dictionary<string, Times>(), new List<string>());
        foreach (var peer in Peers.Where(p => p.Library == "numpy" ? benchmark.Python is not null : benchmark.Python?.Torch is not null))
        {
            try
            {
                if (benchmark.Python!.Prepare(Kernel.Inputs, peer, threads) is { } theirs && !CheckSums.Agree(sums, theirs))
                {
                    notes.Add($"RESULT DIFFERS from {peer.Library}'s: {sums[0]:G6} of {sums[1]:G6}, not {theirs[0]:G6} of {theirs[1]:G6}");
                }
            }
            catch (PeerException e)
            {
                notes.Add($"{peer.Library}: {e.Message}");
                continue;
            }

            var times = Race.Run([.. contestants, n => benchmark.Python.Run(n, processorTime)]);
            peers[peer.Library] = times[^1];
            Take(times);
        }

        if (our is null)
        {
            Take(Race.Run(contestants));
        }

        if (beside is not null)
        {
            notes.Add($"{our!.Least / beside.Least - 1:+0 %;-0 %;+0 %} to the time of {Beside!.Name}");
        }

        var speed = (Kernel.Operations ?? ours.Bytes) / our!.Least / 1e6;
        var ceiling = benchmark.Report.CeilingOf(threads);
        return new Comparison(section, Kernel.Name, threads, our, peers)
        {
            Speed = speed,
            Unit = Kernel.Operations is null ? "GB/s" : "GFLOPS",
            OfCeiling = Kernel.Operations is not null ? speed / ceiling.Gflops : benchmark.Report.IsBeyondCaches(ours.Bytes) ? speed / ceiling.GigabytesPerSecond : null,
            Note = notes.Count == 0 ? null : string.Join("; ", notes),
        };

        void Take(Times[] times)
        {
            our = our is null || times[0].Least < our.Least ? times[0] : our;
            beside = Beside is null || (beside is not null && beside.Least < times[1].Least) ? beside : times[1];
        }
    }
}
