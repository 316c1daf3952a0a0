using Tenon.Cli.Bench;
using Tenon.Cli.Peers;

namespace Tenon.Benchmarks;

/// <summary>PyTorch and numpy, in one Python that lives on.</summary>
internal sealed class PythonPeer : IDisposable
{
    /// <summary>By what names Python is looked for.</summary>
    public static IReadOnlyList<string> Programs { get; } = ["python3", "/usr/bin/python3", "python"];

    // Memory that is freed stays with the process, as ours does: otherwise each big result would cost its page faults anew.
    private static readonly Dictionary<string, string> Environment = new() { ["MALLOC_MMAP_MAX_"] = "0", ["MALLOC_TRIM_THRESHOLD_"] = $"{1L << 40}" };
    private readonly PeerProcess _process;

    private PythonPeer(PeerProcess process, Introduction introduction) => (_process, Torch, Numpy) = (process, introduction.Torch, $"{introduction.Numpy} with {introduction.Blas ?? "an unknown BLAS"}");

    /// <summary>The version of PyTorch; null if there is none.</summary>
    public string? Torch { get; }

    /// <summary>The version of numpy, and what multiplies its matrices.</summary>
    public string Numpy { get; }

    /// <summary>Starts the first Python that has PyTorch, or else one that has numpy.</summary>
    /// <exception cref="PeerException">None has.</exception>
    public static PythonPeer Start()
    {
        var script = Path.Combine(AppContext.BaseDirectory, "peers", "torch_numpy.py");
        PythonPeer? found = null;
        PeerException? failure = null;
        foreach (var program in Programs)
        {
            try
            {
                var peer = new PythonPeer(PeerProcess.Start<Introduction>(program, [script], Environment, out var introduction), introduction);
                found?.Dispose();
                found = peer;
                if (peer.Torch is not null)
                {
                    break;
                }
            }
            catch (PeerException e)
            {
                failure ??= e;
            }
        }

        return found ?? throw failure!;
    }

    /// <summary>Makes an expression ready, in place of the one before.</summary>
    /// <returns>Sums over its result, for <see cref="CheckSums"/>; null if it has none.</returns>
    /// <exception cref="PeerException">It fails.</exception>
    public double[]? Prepare(IEnumerable<KernelInput> inputs, PeerExpression expression, int threads) => _process.Ask<Prepared>(new
    {
        prepare = new { inputs = inputs.Select(i => new { shape = i.Shape, below = i.Below }), setup = expression.Setup, expression = expression.Code, library = expression.Library, threads },
    }).Sums;

    /// <summary>Evaluates it some times.</summary>
    /// <param name="runs">How often.</param>
    /// <param name="processorTime">Whether the processor time of all threads counts.</param>
    /// <returns>The milliseconds of each.</returns>
    public double[] Run(int runs, bool processorTime) => _process.Ask<Runs>(new { run = runs, processorTime }).Times;

    /// <inheritdoc/>
    public void Dispose() => _process.Dispose();

    private sealed record Introduction(string? Torch, string Numpy, string? Blas);

    private sealed record Prepared(double[]? Sums);

    private sealed record Runs(double[] Times, long PeakBytes);
}

/// <summary>Python that computes a case.</summary>
/// <param name="Library"><c>torch</c> or <c>numpy</c>.</param>
/// <param name="Code">An expression of the inputs <c>x[0]</c>, <c>x[1]</c>, … and its former result <c>y</c>.</param>
/// <param name="Setup">Statements that go before, once.</param>
internal sealed record PeerExpression(string Library, string Code, string Setup = "");
