using Tenon.Onnx.Operators;
using Tenon.Onnx.Operators.MachineLearning;
using Tenon.Onnx.Run;

namespace Tenon.Onnx.Graph;

/// <summary>Computes the outputs of a node from its inputs. An output that is null is one that the node doesn't have.</summary>
internal delegate OnnxValue?[] OnnxOp(OpCall call);

/// <summary>
/// The operators that Tenon runs, by domain, name and the opset since which the entry holds. A node runs the latest entry that is not
/// later than the opset that its model imports.
/// </summary>
internal sealed class OpRegistry
{
    /// <summary>ONNX's own domain, which models also call <c>ai.onnx</c>.</summary>
    public const string Standard = "";

    /// <summary>Classic machine learning.</summary>
    public const string MachineLearning = "ai.onnx.ml";

    /// <summary>Training.</summary>
    public const string Training = "ai.onnx.preview.training";

    /// <summary>ONNX Runtime's own operators.</summary>
    public const string Microsoft = "com.microsoft";

    /// <summary>Operators that may still change.</summary>
    public const string Preview = "ai.onnx.preview";

    /// <summary>The latest opset of <see cref="Standard"/> that is known.</summary>
    public const int Latest = 28;

    private readonly Dictionary<(string Domain, string Name), SortedList<int, OnnxOp>> _ops = [];

    private OpRegistry()
    {
        CastOps.Register(this);
        GatherOps.Register(this);
        LossOps.Register(this);
        ResizeOps.Register(this);
        AttentionOps.Register(this);
        RecurrentOps.Register(this);
        QuantizationOps.Register(this);
        RandomOps.Register(this);
        SignalOps.Register(this);
        DetectionOps.Register(this);
        SelectionOps.Register(this);
        VisionOps.Register(this);
        TrainingOps.Register(this);
        MicrosoftOps.Register(this);
        ImageOps.Register(this);
        FeatureOps.Register(this);
        LinearOps.Register(this);
        TreeOps.Register(this);
        SvmOps.Register(this);
        StringOps.Register(this);
        ElementwiseOps.Register(this);
        ActivationOps.Register(this);
        ShapeOps.Register(this);
        CreationOps.Register(this);
        ReduceOps.Register(this);
        MatMulOps.Register(this);
        ControlFlowOps.Register(this);
        SequenceOps.Register(this);
        NormaliseOps.Register(this);
        StateOps.Register(this);
        PadOps.Register(this);
        SelectOps.Register(this);
        ConvOps.Register(this);
        PoolOps.Register(this);
    }

    /// <summary>All operators.</summary>
    public static OpRegistry Default { get; } = new();

    /// <summary>The name of a domain, one for each.</summary>
    public static string Canonical(string domain) => domain == "ai.onnx" ? Standard : domain;

    /// <summary>The domain as users know it.</summary>
    public static string Display(string domain) => domain.Length == 0 ? "ai.onnx" : domain;

    /// <summary>Adds an operator of ONNX's own domain with one output.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="since">The first opset for which the entry holds.</param>
    /// <param name="op">Makes the output.</param>
    public void Add(string name, int since, Func<OpCall, Tensor> op) => Add(Standard, name, since, call => [op(call)]);

    /// <summary>Adds an operator with one output.</summary>
    public void Add(string domain, string name, int since, Func<OpCall, Tensor> op) => Add(domain, name, since, call => [op(call)]);

    /// <summary>Adds an operator of ONNX's own domain with several outputs, or with outputs that are not tensors.</summary>
    public void AddMany(string name, int since, OnnxOp op) => Add(Standard, name, since, op);

    /// <summary>Adds an operator with several outputs, or with outputs that are not tensors.</summary>
    public void AddMany(string domain, string name, int since, OnnxOp op) => Add(domain, name, since, op);

    /// <summary>The operator that a node of a model with the opset runs, or null.</summary>
    public OnnxOp? Find(string domain, string name, long opset)
    {
        if (!_ops.TryGetValue((domain, name), out var entries))
        {
            return null;
        }

        OnnxOp? found = null;
        foreach (var (since, op) in entries)
        {
            found = since <= opset ? op : found;
        }

        return found;
    }

    /// <summary>Every entry, in order of domain and name.</summary>
    public IEnumerable<(string Domain, string Name, int Since)> Entries =>
        _ops.OrderBy(o => o.Key.Domain, StringComparer.Ordinal).ThenBy(o => o.Key.Name, StringComparer.Ordinal).SelectMany(o => o.Value.Keys.Select(since => (o.Key.Domain, o.Key.Name, since)));

    private void Add(string domain, string name, int since, OnnxOp op)
    {
        if (!_ops.TryGetValue((domain, name), out var entries))
        {
            _ops.Add((domain, name), entries = []);
        }

        entries.Add(since, op);
    }
}
