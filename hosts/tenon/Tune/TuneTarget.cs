using Tenon.Cli.Explain;
using Tenon.Cli.Workloads;
using Tenon.Onnx;
using Tenon.Runtime;

namespace Tenon.Cli.Tune;

/// <summary>The kernels of what <c>tenon tune</c> is given.</summary>
internal static class TuneTarget
{
    /// <summary>The kernels of a model.</summary>
    /// <param name="model">A name, or an ONNX file.</param>
    /// <param name="tuner">Records them.</param>
    /// <param name="runtime">What runs the model.</param>
    /// <param name="load">Loads an ONNX model.</param>
    /// <param name="inputs">The inputs of an ONNX model.</param>
    /// <exception cref="TenonException">There is no such model.</exception>
    public static IReadOnlyList<TuningTask> Kernels(string model, Tuner tuner, TenonRuntime runtime, Func<string, OnnxModel> load, Func<OnnxModel, Dictionary<string, OnnxValue>> inputs)
    {
        if (Workload.All.FirstOrDefault(w => w.Name.Equals(model, StringComparison.OrdinalIgnoreCase)) is { } workload)
        {
            var step = workload.Prepare();
            return tuner.Record(() => runtime.Prepare([.. step().Select(t => (t.Node, t.Device))]));
        }

        if (Path.GetExtension(model) != ".onnx")
        {
            throw new TenonException("TEN1122", $"'{model}' is neither an .onnx file nor one of {ExplainTarget.Models}. Give one of these.");
        }

        var loaded = load(model);
        var values = inputs(loaded);
        return tuner.Record(() => Tensor.Realize([.. loaded.Run(values).Values.SelectMany(Tensors)]));
    }

    private static IEnumerable<Tensor> Tensors(OnnxValue value) => value switch
    {
        TensorValue tensor => [tensor.Tensor],
        SequenceValue sequence => sequence.Items.SelectMany(Tensors),
        OptionalValue { Value: { } inner } => Tensors(inner),
        _ => [],
    };
}
