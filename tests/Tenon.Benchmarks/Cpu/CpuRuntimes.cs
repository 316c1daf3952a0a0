using Tenon.Runtime;

namespace Tenon.Benchmarks;

/// <summary>A runtime for each number of threads.</summary>
internal sealed class CpuRuntimes : IDisposable
{
    private readonly Dictionary<int, TenonRuntime> _runtimes = [];

    /// <summary>The runtime, which tensors use from now on.</summary>
    public TenonRuntime Use(int threads)
    {
        if (!_runtimes.TryGetValue(threads, out var runtime))
        {
            _runtimes[threads] = runtime = Create(threads);
        }

        return TenonRuntime.Default = runtime;
    }

    /// <summary>A new runtime on the CPU with so many threads.</summary>
    public static TenonRuntime Create(int threads) => Create([new("plugins:tenon.cpu:threads", $"{threads}")]);

    /// <summary>A new runtime on the CPU with these settings.</summary>
    public static TenonRuntime Create(KeyValuePair<string, string?>[] settings) =>
        new TenonRuntimeBuilder(TenonConfiguration.Load(null, [new("defaultDevice", "CPU"), .. settings])).Build();

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var runtime in _runtimes.Values)
        {
            runtime.Dispose();
        }
    }
}
