using Tenon.Cli.Bench;
using Tenon.Cli.Peers;

namespace Tenon.Benchmarks;

/// <summary>tinygrad on a device, in a process that lives on.</summary>
internal sealed class TinygradDevice : IDisposable
{
    private readonly PeerProcess _process;

    private TinygradDevice(PeerProcess process) => _process = process;

    /// <summary>Starts it.</summary>
    /// <param name="checkout">Where it is.</param>
    /// <param name="device">Its name for the device.</param>
    /// <exception cref="PeerException">It runs in no Python that is here.</exception>
    public static TinygradDevice Start(DirectoryInfo checkout, string device)
    {
        PeerException? failure = null;
        foreach (var program in PythonPeer.Programs)
        {
            try
            {
                string[] arguments = [Path.Combine(AppContext.BaseDirectory, "peers", "tinygrad_device.py"), checkout.FullName];
                return new TinygradDevice(PeerProcess.Start<Introduction>(program, arguments, new Dictionary<string, string> { ["DEV"] = device }, out _));
            }
            catch (PeerException e)
            {
                failure = e;
            }
        }

        throw failure!;
    }

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
