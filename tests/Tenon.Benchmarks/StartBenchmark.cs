namespace Tenon.Benchmarks;

/// <summary>What it costs to begin: the first kernel of a process, what an earlier process has done, and one small operation.</summary>
internal static class StartBenchmark
{
    public static void Run(Results results)
    {
        var (empty, cached) = ColdStart.Measure();
        results.Add("first kernel, from the start of Main", empty.FromMain, "ms", $"{empty.FromStart:0} ms from the start of the process; {empty.Processor:0} ms of processor time");
        results.Add("first kernel, found on disk", cached.FromMain, "ms", $"{cached.FromStart:0} ms from the start of the process; {cached.Processor:0} ms of processor time");
        foreach (var workload in new[] { "resnet50", "gpt2-train" })
        {
            var p = SecondProcess.Measure(workload);
            results.Add($"{workload}, Realize in a second process", p.Second, "ms", $"{p.First:0} ms in the first; {p.Schedules} schedule and {p.Kernels} kernels from disk, none made");
        }

        foreach (var e in EagerLatency.Measure("CPU", "NULL"))
        {
            results.Add($"{e.Operation}, {e.Device}", e.Median, "us", $"until it is queued; 9 of 10 below {e.P90:0.0} us; {e.AllocatedBytes:0} bytes allocated");
        }
    }
}
