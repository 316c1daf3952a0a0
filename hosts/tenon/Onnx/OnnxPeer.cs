using Tenon.Cli.Peers;
using Tenon.Onnx;

namespace Tenon.Cli.Onnx;

/// <summary>ONNX Runtime with a model and its inputs, in a process of its own.</summary>
internal sealed class OnnxPeer : IDisposable
{
    private readonly PeerProcess _process;
    private readonly DirectoryInfo _data;

    private OnnxPeer(PeerProcess process, string version, DirectoryInfo data) => (_process, Version, _data) = (process, version, data);

    /// <summary>The version of ONNX Runtime.</summary>
    public string Version { get; }

    /// <summary>How long it took to make the session, in milliseconds.</summary>
    public double SessionMilliseconds { get; private set; }

    /// <summary>The most memory that its process has had, in bytes.</summary>
    public long PeakBytes { get; private set; }

    /// <summary>Starts it.</summary>
    /// <param name="folder">The folder from which onnxruntime-node is looked for.</param>
    /// <exception cref="PeerException">It isn't there.</exception>
    public static OnnxPeer Start(string folder)
    {
        var script = Path.Combine(AppContext.BaseDirectory, "Onnx", "onnxruntime.cjs");
        var process = PeerProcess.Start<Introduction>("node", [script, Path.GetFullPath(folder)], [], out var introduction);
        return new OnnxPeer(process, introduction.Version, Directory.CreateTempSubdirectory("tenon-onnx"));
    }

    /// <summary>Makes a session.</summary>
    /// <param name="model">The model's file.</param>
    /// <param name="inputs">Its inputs: tensors only.</param>
    /// <param name="threads">Threads of an operator; 0 leaves it to ONNX Runtime.</param>
    /// <exception cref="PeerException">It doesn't take the model.</exception>
    public void Load(string model, IReadOnlyDictionary<string, OnnxValue> inputs, int threads)
    {
        if (inputs.Any(i => i.Value is not TensorValue))
        {
            throw new PeerException($"Input '{inputs.First(i => i.Value is not TensorValue).Key}' is no tensor, and no other input is handed on.");
        }

        var described = inputs.Select((input, i) =>
        {
            var (tensor, file) = (input.Value.Tensor, Path.Combine(_data.FullName, $"{i}"));
            File.WriteAllBytes(file, tensor.ToBytes());
            return new { name = input.Key, type = tensor.DType.Name, dims = tensor.Shape.ToArray(), file };
        }).ToArray();
        SessionMilliseconds = _process.Ask<Session>(new { prepare = new { model = Path.GetFullPath(model), threads, inputs = described } }).Milliseconds;
    }

    /// <summary>Runs the model some times.</summary>
    /// <param name="runs">How often.</param>
    /// <param name="processorTime">Whether the processor time of all threads counts.</param>
    /// <returns>The milliseconds of each.</returns>
    public double[] Run(int runs, bool processorTime = false)
    {
        var answer = _process.Ask<Runs>(new { run = runs, processorTime });
        PeakBytes = answer.PeakBytes;
        return answer.Times;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _process.Dispose();
        _data.Delete(recursive: true);
    }

    private sealed record Introduction(string Version);

    private sealed record Session(double Milliseconds);

    private sealed record Runs(double[] Times, long PeakBytes);
}
