using Tenon.Cli.Workloads;

namespace Tenon.Benchmarks;

/// <summary>The compiler's own speed, on a device that runs nothing.</summary>
internal static class EngineBenchmark
{
    private const int Repetitions = 5;

    public static void Run(Results results, DirectoryInfo? tinygrad, string[] only)
    {
        foreach (var workload in Workload.All.Where(w => only.Length == 0 || only.Contains(w.Name)))
        {
            var first = CompileTime.Measure(workload);
            var warm = Enumerable.Range(0, Repetitions).Select(_ => CompileTime.Measure(workload)).OrderBy(t => t.Total).ElementAt(Repetitions / 2);
            var peer = tinygrad is null ? null : TinygradPeer.Measure(tinygrad, workload.Name);
            Add(workload.Name, first, $"; {first.Nodes} nodes, {first.Kernels} kernels, {first.DifferentKernels} different, {first.AllocatedMegabytes:0} MB allocated");
            Add($"{workload.Name}, again", warm, "; nothing cached but the .NET JIT's work");
            if (peer is not null)
            {
                results.Add($"{workload.Name}, tinygrad", peer.Total, "ms", $"{peer.Note} {peer.Total / first.Total:0} times ours, {peer.Total / warm.Total:0} times ours again");
            }
        }

        void Add(string name, CompileTime time, string note) =>
            results.Add(name, time.Total, "ms", $"build {time.Build:0}, schedule {time.Schedule:0}, lower {time.Lower:0}{note}");

        var rewrite = RewriteThroughput.Measure();
        results.Add("rewrite", rewrite.NodesPerSecond, "nodes/s", $"simplifier over {rewrite.Nodes} nodes of index arithmetic");
        results.Add("allocated in a rewrite", rewrite.BytesPerRewrite, "bytes", "each time that a rule fires, new nodes included");
        StartBenchmark.Run(results);
        results.Add("peak memory of the process", System.Diagnostics.Process.GetCurrentProcess().PeakWorkingSet64 / 1e9, "GB");
    }
}
