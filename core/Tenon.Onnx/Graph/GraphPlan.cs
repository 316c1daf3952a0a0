namespace Tenon.Onnx.Graph;

/// <summary>A graph whose nodes were checked and put in an order in which they can run.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Inputs">What it takes.</param>
/// <param name="Outputs">What it gives.</param>
/// <param name="Constants">What is stored in the model, made when first asked for.</param>
/// <param name="Nodes">The nodes in order.</param>
internal sealed record GraphPlan(
    string Name,
    IReadOnlyList<OnnxValueInfo> Inputs,
    IReadOnlyList<OnnxValueInfo> Outputs,
    IReadOnlyDictionary<string, Lazy<OnnxValue>> Constants,
    IReadOnlyList<PlannedNode> Nodes);

/// <summary>A function of a model: a graph that nodes call by name.</summary>
/// <param name="Name">Its domain and name.</param>
/// <param name="Inputs">The names of its parameters.</param>
/// <param name="Outputs">The names of its results.</param>
/// <param name="Defaults">Attributes that hold where a call has none.</param>
internal sealed record FunctionPlan(
    string Name,
    IReadOnlyList<string> Inputs,
    IReadOnlyList<string> Outputs,
    IReadOnlyDictionary<string, Format.AttributeProto> Defaults)
{
    /// <summary>The nodes in order.</summary>
    public IReadOnlyList<PlannedNode> Nodes { get; set; } = [];
}
