using Tenon.Onnx.Format;
using Tenon.Onnx.Graph;

namespace Tenon.Onnx;

/// <summary>What a model's file says of itself, whether Tenon can run it or not.</summary>
public sealed class OnnxSummary
{
    private readonly ModelProto _model;

    private OnnxSummary(ModelProto model) => _model = model;

    /// <summary>Which program wrote the model.</summary>
    public string Producer => $"{_model.ProducerName} {_model.ProducerVersion}".Trim();

    /// <summary>The version of the format.</summary>
    public long FormatVersion => _model.IrVersion;

    /// <summary>The opset of each domain that the model imports.</summary>
    public IReadOnlyDictionary<string, long> Opsets =>
        _model.OpsetImport.GroupBy(o => OpRegistry.Display(OpRegistry.Canonical(o.Domain))).ToDictionary(g => g.Key, g => g.Last().Version);

    /// <summary>What the model must be given.</summary>
    public IReadOnlyList<OnnxValueInfo> Inputs
    {
        get
        {
            var stored = Graph.Initializer.Select(t => t.Name).ToHashSet();
            return [.. Graph.Input.Where(i => !stored.Contains(i.Name)).Select(OnnxValueInfo.From)];
        }
    }

    /// <summary>What the model gives.</summary>
    public IReadOnlyList<OnnxValueInfo> Outputs => [.. Graph.Output.Select(OnnxValueInfo.From)];

    /// <summary>How many numbers are stored in the model.</summary>
    public long ParameterCount => Graph.Initializer.Concat(AllNodes.SelectMany(n => n.Attribute).Where(a => a.T is not null).Select(a => a.T))
        .Sum(t => t.Dims.Aggregate(1L, (a, b) => a * b));

    /// <summary>How often each operator occurs, in subgraphs and functions too; the most frequent first.</summary>
    public IReadOnlyList<OnnxOperatorUse> Operators
    {
        get
        {
            var functions = _model.Functions.Select(f => (OpRegistry.Canonical(f.Domain), f.Name)).ToHashSet();
            return
            [
                .. AllNodes.CountBy(n => (Domain: OpRegistry.Canonical(n.Domain), n.OpType))
                    .OrderByDescending(n => n.Value).ThenBy(n => n.Key.OpType, StringComparer.Ordinal)
                    .Select(n => new OnnxOperatorUse(
                        n.Key.Domain.Length == 0 ? n.Key.OpType : $"{n.Key.Domain}.{n.Key.OpType}",
                        n.Value,
                        functions.Contains(n.Key) || OpRegistry.Default.Find(n.Key.Domain, n.Key.OpType, Opsets.GetValueOrDefault(OpRegistry.Display(n.Key.Domain), 1)) is not null)),
            ];
        }
    }

    private GraphProto Graph => _model.Graph;

    private IEnumerable<NodeProto> AllNodes => Nodes(Graph.Node).Concat(Nodes(_model.Functions.SelectMany(f => f.Node)));

    /// <summary>Reads a model's file.</summary>
    /// <exception cref="State.TenonFormatException">The file is damaged or no model.</exception>
    /// <exception cref="TenonException">It can't be read.</exception>
    public static OnnxSummary Read(string path)
    {
        var model = ModelFile.Read<ModelProto>(path);
        return model.Graph is null ? throw new ModelSource(path, null).Error("TEN5200", "graph", "the file has none. Expected an ONNX model.") : new OnnxSummary(model);
    }

    private static IEnumerable<NodeProto> Nodes(IEnumerable<NodeProto> nodes) =>
        nodes.SelectMany(n => Nodes(n.Attribute.Where(a => a.G is not null).SelectMany(a => a.G.Node)).Prepend(n));
}

/// <summary>How often a model uses an operator.</summary>
/// <param name="Name">Its name, with its domain if that isn't ONNX's own.</param>
/// <param name="Count">How many nodes do.</param>
/// <param name="IsSupported">Whether Tenon has it.</param>
public sealed record OnnxOperatorUse(string Name, int Count, bool IsSupported);
