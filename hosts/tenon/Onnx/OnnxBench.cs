using Spectre.Console;
using Tenon.Cli.Bench;
using Tenon.Cli.Peers;
using Tenon.Onnx;

namespace Tenon.Cli.Onnx;

/// <summary>What <c>tenon onnx bench</c> tells; the keys of its JSON are documented in <c>docs/cli.md</c>.</summary>
internal sealed record OnnxBench(string Device, string Generator, int Runs, double FirstMilliseconds, double MedianMilliseconds, double MinMilliseconds, OnnxPeerTimes? Peer)
{
    /// <summary>Times a model.</summary>
    public static OnnxBench Of(string path, OnnxModel model, Dictionary<string, OnnxValue> inputs, int warmup, int runs, string? peer, string device, string generator)
    {
        var (first, median, min) = Times(KernelTimer.Each(new ModelRun(model, inputs).Once), warmup, runs);
        return new OnnxBench(device, generator, runs, first, median, min, MeasurePeer(path, inputs, warmup, runs, peer));
    }

    /// <summary>Prints it.</summary>
    public void Print()
    {
        var table = new Table().Border(TableBorder.Rounded).AddColumn("");
        foreach (var name in new[] { "median ms", "min ms", "first ms" })
        {
            table.AddColumn(new TableColumn(name).RightAligned());
        }

        table.AddRow($"Tenon {Device}/{Generator}", $"{MedianMilliseconds:0.00}", $"{MinMilliseconds:0.00}", $"{FirstMilliseconds:0.00}");
        if (Peer is not null)
        {
            table.AddRow($"ONNX Runtime {Peer.Version}", $"{Peer.MedianMilliseconds:0.00}", $"{Peer.MinMilliseconds:0.00}", $"{Peer.FirstMilliseconds:0.00}");
        }

        AnsiConsole.Write(table);
        AnsiConsole.WriteLine(Peer is null
            ? $"{Runs} runs. ONNX Runtime was not found: install onnxruntime-node with npm, and name its folder with --peer."
            : $"{Runs} runs each; Tenon has {Peer.MedianMilliseconds / MedianMilliseconds:0.00} × ONNX Runtime's speed.");
    }

    // Null if it isn't there and nobody said that it should be.
    private static OnnxPeerTimes? MeasurePeer(string path, Dictionary<string, OnnxValue> inputs, int warmup, int runs, string? folder)
    {
        try
        {
            using var peer = OnnxPeer.Start(folder ?? ".");
            peer.Load(path, inputs, threads: 0);
            var (first, median, min) = Times(n => peer.Run(n), warmup, runs);
            return new OnnxPeerTimes(peer.Version, first, median, min);
        }
        catch (PeerException e)
        {
            return folder is null ? null : throw new TenonException("TEN9015", $"ONNX Runtime did not run: {e.Message} Install Node.js, and onnxruntime-node with npm in the folder that --peer names; or leave --peer out.", e);
        }
    }

    private static (double First, double Median, double Min) Times(Func<int, double[]> run, int warmup, int runs)
    {
        var first = run(1)[0];
        run(Math.Max(0, warmup - 1));
        var times = run(runs);
        Array.Sort(times);
        return (first, times[runs / 2], times[0]);
    }
}

/// <summary>What ONNX Runtime took for the same.</summary>
internal sealed record OnnxPeerTimes(string Version, double FirstMilliseconds, double MedianMilliseconds, double MinMilliseconds);
