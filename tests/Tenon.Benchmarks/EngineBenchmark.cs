using Tenon.Cli.Workloads;

namespace Tenon.Benchmarks;

/// <summary>The compiler's own speed, on a device that runs nothing.</summary>
internal static class EngineBenchmark
{
    public static void Run(Results results, DirectoryInfo? tinygrad, string[] only)
    {
        foreach (var workload in Workload.All.Where(w => only.Length == 0 || only.Contains(w.Name)))
        {
            var first = CompileTime.Measure(workload);
            var peer = tinygrad is null ? null : TinygradPeer.Measure(tinygrad, workload.Name);
            results.Add(workload.Name, first.Total, "ms", $"build {first.Build:0}, schedule {first.Schedule:0}, lower {first.Lower:0}; {first.Nodes} nodes, {first.Kernels} kernels, {first.DifferentKernels} different, {first.AllocatedMegabytes:0} MB allocated");
            if (peer is not null)
            {
                results.Add($"{workload.Name}, tinygrad", peer.Total, "ms", $"{peer.Note}; {peer.Total / first.Total:0.0} times ours");
            }
        }

        var rewrite = RewriteThroughput.Measure();
        results.Add("rewrite", rewrite.NodesPerSecond, "nodes/s", $"simplifier over {rewrite.Nodes} nodes of index arithmetic");
        results.Add("allocated in a rewrite", rewrite.BytesPerRewrite, "bytes", "each time that a rule fires, new nodes included");
        StartBenchmark.Run(results);
        results.Add("peak memory of the process", System.Diagnostics.Process.GetCurrentProcess().PeakWorkingSet64 / 1e9, "GB");
    }
}
