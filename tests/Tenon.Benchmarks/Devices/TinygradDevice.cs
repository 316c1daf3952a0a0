using Tenon.Cli.Bench;
using Tenon.Cli.Peers;

namespace Tenon.Benchmarks;

/// <summary>tinygrad on a device, in a process that lives on.</summary>
internal sealed class TinygradDevice : IDisposable
{
    private readonly PeerProcess _process;

    /// <summary>Starts it.</summary>
    /// <param name="checkout">Where it is.</param>
    /// <param name="device">Its name for the device.</param>
    /// <exception cref="PeerException">It doesn't run there.</exception>
    public TinygradDevice(DirectoryInfo checkout, string device) =>
        _process = PeerProcess.Start<Introduction>("python3", [Path.Combine(AppContext.BaseDirectory, "peers", "tinygrad_device.py"), checkout.FullName], new Dictionary<string, string> { ["DEV"] = device }, out _);

    /// <summary>Makes an expression ready, in place of the one before.</summary>
    /// <returns>Sums over its result, for <see cref="CheckSums"/>.</returns>
    /// <exception cref="PeerException">It fails.</exception>
    public double[] Prepare(IEnumerable<KernelInput> inputs, string expression) =>
        _process.Ask<Prepared>(new { prepare = new { inputs = inputs.Select(i => new { shape = i.Shape, below = i.Below }), expression } }).Sums;

    /// <summary>Evaluates it some times; gives the milliseconds of each.</summary>
    public double[] Run(int runs) => _process.Ask<Runs>(new { run = runs }).Times;

    /// <inheritdoc/>
    public void Dispose() => _process.Dispose();

    private sealed record Introduction(string Device);

    private sealed record Prepared(double[] Sums);

    private sealed record Runs(double[] Times);
}
