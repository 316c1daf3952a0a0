using System.Diagnostics;
using Spectre.Console;
using Tenon.Onnx;

namespace Tenon.Cli.Onnx;

/// <summary>What <c>tenon onnx bench</c> tells; the keys of its JSON are documented in <c>docs/cli.md</c>.</summary>
internal sealed record OnnxBench(string Device, string Generator, int Runs, double FirstMilliseconds, double MedianMilliseconds, double MinMilliseconds, OnnxPeer? Peer)
{
    /// <summary>Times a model.</summary>
    public static OnnxBench Of(string path, OnnxModel model, Dictionary<string, OnnxValue> inputs, int warmup, int runs, string? peer, string device, string generator)
    {
        // Values that were computed are not computed again: each run gets inputs of its own.
        var stored = inputs.ToDictionary(i => i.Key, i => i.Value is TensorValue { Tensor: var t } ? (Func<OnnxValue>)Copied(t) : () => i.Value);
        var first = Time(model, stored);
        for (var i = 1; i < warmup; i++)
        {
            Time(model, stored);
        }

        var times = Enumerable.Range(0, runs).Select(_ => Time(model, stored)).Order().ToArray();
        return new OnnxBench(device, generator, runs, first, times[times.Length / 2], times[0], OnnxPeer.Measure(path, inputs, warmup, runs, peer));

        static Func<OnnxValue> Copied(Tensor tensor)
        {
            var (bytes, dtype, shape) = (tensor.ToBytes(), tensor.DType, tensor.Shape);
            return () => Tensor.FromBytes(bytes, dtype, shape);
        }
    }

    /// <summary>Waits until the values of all outputs are there.</summary>
    public static void Finish(IReadOnlyDictionary<string, OnnxValue> outputs)
    {
        Tensor[] tensors = [.. outputs.Values.SelectMany(Tensors)];
        Tensor.Realize(tensors);
        foreach (var tensor in tensors)
        {
            tensor.ToBytes();
        }
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

    private static IEnumerable<Tensor> Tensors(OnnxValue value) => value switch
    {
        TensorValue tensor => [tensor.Tensor],
        SequenceValue sequence => sequence.Items.SelectMany(Tensors),
        OptionalValue { Value: { } inner } => Tensors(inner),
        _ => [],
    };

    private static double Time(OnnxModel model, Dictionary<string, Func<OnnxValue>> inputs)
    {
        var start = Stopwatch.GetTimestamp();
        Finish(model.Run(inputs.ToDictionary(i => i.Key, i => i.Value())));
        return Stopwatch.GetElapsedTime(start).TotalMilliseconds;
    }
}
