using System.Runtime.InteropServices;
using Tenon.Cli.Onnx;
using Tenon.Cli.Peers;

namespace Tenon.Benchmarks;

/// <summary>Tenon on the CPU beside other programs that are found, in turns, and beside what the processor and the memory can do.</summary>
internal sealed class CpuBenchmark : IDisposable
{
    private readonly Lazy<PythonPeer?> _python;

    private CpuBenchmark(CpuOptions options)
    {
        Options = options;
        var device = Runtimes.Use(Environment.ProcessorCount).Devices.Open("CPU");
        Report = new CpuReport($"{device.DisplayName}, generator {device.Generator.Name}, {RuntimeInformation.FrameworkDescription}", device.Device, options.ProcessorTime);
        _python = new(StartPython);
    }

    /// <summary>All sections.</summary>
    public static IReadOnlyList<CpuSection> Sections { get; } =
    [
        new("gemm", GemmSection.Run),
        new("conv", ConvSection.Run),
        new("memory", MemorySection.Run),
        new("models", ModelSection.Run),
        new("training", TrainingSection.Run),
        new("compile", CompileSection.Run),
        new("search", SearchSection.Run),
    ];

    /// <summary>What the user asked for.</summary>
    public CpuOptions Options { get; }

    /// <summary>What has been measured.</summary>
    public CpuReport Report { get; }

    /// <summary>Runtimes by number of threads.</summary>
    public CpuRuntimes Runtimes { get; } = new();

    /// <summary>PyTorch and numpy; null if both are absent.</summary>
    public PythonPeer? Python => _python.Value;

    /// <summary>Measures and prints.</summary>
    public static void Run(CpuOptions options, FileInfo? json)
    {
        using var benchmark = new CpuBenchmark(options);
        foreach (var section in Sections.Where(s => options.Only.Length == 0 || options.Only.Contains(s.Name)))
        {
            section.Run(benchmark);
        }

        benchmark.Report.Print();
        if (json is not null)
        {
            benchmark.Report.Save(json);
        }
    }

    /// <summary>Whether a case is asked for.</summary>
    public bool Wants(string name) => Options.Cases.Length == 0 || Options.Cases.Any(c => name.Contains(c, StringComparison.OrdinalIgnoreCase));

    /// <summary>The numbers of threads: those asked for, or these.</summary>
    public IEnumerable<int> Threads(params int[] usual) => (Options.Threads.Length > 0 ? Options.Threads : usual).Where(t => t <= Environment.ProcessorCount).Distinct();

    /// <summary>ONNX Runtime; null if it is absent.</summary>
    public OnnxPeer? StartOnnxRuntime()
    {
        const string Name = "ONNX Runtime";
        try
        {
            var peer = OnnxPeer.Start(Options.OnnxRuntime?.FullName ?? AppContext.BaseDirectory);
            Report.Found(Name, peer.Version);
            return peer;
        }
        catch (PeerException e)
        {
            Report.Absent(Name, $"{e.Message}; peers/install.sh installs it");
            return null;
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_python.IsValueCreated)
        {
            _python.Value?.Dispose();
        }

        Runtimes.Dispose();
    }

    private PythonPeer? StartPython()
    {
        try
        {
            var peer = PythonPeer.Start();
            Report.Found("numpy", peer.Numpy);
            if (peer.Torch is { } version)
            {
                Report.Found("torch", version);
            }
            else
            {
                Report.Absent("torch", "no Python that was found can import it; peers/install.sh installs it");
            }

            return peer;
        }
        catch (PeerException e)
        {
            Report.Absent("torch", e.Message);
            Report.Absent("numpy", e.Message);
            return null;
        }
    }
}

/// <summary>A part of the benchmark of the CPU.</summary>
/// <param name="Name">How it is named on the command line.</param>
/// <param name="Run">Measures all of it.</param>
internal sealed record CpuSection(string Name, Action<CpuBenchmark> Run);
