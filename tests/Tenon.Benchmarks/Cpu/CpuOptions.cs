namespace Tenon.Benchmarks;

/// <summary>What the user asks of the benchmark of the CPU.</summary>
internal sealed record CpuOptions
{
    /// <summary>The sections to run; all if there are none.</summary>
    public string[] Only { get; init; } = [];

    /// <summary>Of their cases, those whose name contains one of these.</summary>
    public string[] Cases { get; init; } = [];

    /// <summary>Numbers of threads; those of the section if there are none.</summary>
    public int[] Threads { get; init; } = [];

    /// <summary>Whether processor time counts, of all threads of a process, instead of what a clock on the wall shows.</summary>
    public bool ProcessorTime { get; init; }

    /// <summary>A checkout of tinygrad, if it is to be measured too.</summary>
    public DirectoryInfo? Tinygrad { get; init; }

    /// <summary>The folder from which onnxruntime-node is looked for; the program's own if null.</summary>
    public DirectoryInfo? OnnxRuntime { get; init; }
}
