using Tenon.Onnx;

namespace Tenon.Cli.Onnx;

/// <summary>A model that runs from numbers on the host to numbers on the host, again and again.</summary>
internal sealed class ModelRun
{
    private readonly OnnxModel _model;
    private readonly Dictionary<string, Func<OnnxValue>> _inputs;

    /// <summary>Keeps the inputs as numbers: values that were computed are not computed again, so each run gets inputs of its own.</summary>
    public ModelRun(OnnxModel model, IReadOnlyDictionary<string, OnnxValue> inputs)
    {
        _model = model;
        _inputs = inputs.ToDictionary(i => i.Key, i => i.Value is TensorValue { Tensor: var t } ? (Func<OnnxValue>)Copied(t) : () => i.Value);

        static Func<OnnxValue> Copied(Tensor tensor)
        {
            var (bytes, dtype, shape) = (tensor.ToBytes(), tensor.DType, tensor.Shape);
            return () => Tensor.FromBytes(bytes, dtype, shape);
        }
    }

    /// <summary>Runs it.</summary>
    public void Once() => Finish(_model.Run(_inputs.ToDictionary(i => i.Key, i => i.Value())));

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

    private static IEnumerable<Tensor> Tensors(OnnxValue value) => value switch
    {
        TensorValue tensor => [tensor.Tensor],
        SequenceValue sequence => sequence.Items.SelectMany(Tensors),
        OptionalValue { Value: { } inner } => Tensors(inner),
        _ => [],
    };
}
