using Tenon.Onnx.Format;

namespace Tenon.Onnx.Graph;

/// <summary>A node that was checked and whose operator was found.</summary>
/// <param name="Proto">The node of the file.</param>
/// <param name="Domain">Its domain.</param>
/// <param name="Opset">The version of the domain that applies.</param>
/// <param name="Op">The operator; null for a call of a function.</param>
/// <param name="Function">The function of the model that the node calls; null for an operator.</param>
/// <param name="Attributes">Its attributes by name.</param>
/// <param name="Graphs">Its subgraphs by the name of their attribute.</param>
/// <param name="Label">What errors call it.</param>
internal sealed record PlannedNode(
    NodeProto Proto,
    string Domain,
    int Opset,
    OnnxOp? Op,
    FunctionPlan? Function,
    IReadOnlyDictionary<string, AttributeProto> Attributes,
    IReadOnlyDictionary<string, GraphPlan> Graphs,
    string Label)
{
    /// <summary>Names that no later node of the graph needs.</summary>
    public List<string> LastUses { get; } = [];

    /// <summary>The operator's name.</summary>
    public string OpType => Proto.OpType;
}
