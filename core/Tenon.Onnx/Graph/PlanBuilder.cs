using Tenon.Onnx.Format;

namespace Tenon.Onnx.Graph;

/// <summary>Checks a whole model, subgraphs and functions too, before anything of it runs.</summary>
/// <param name="source">Where the model came from.</param>
/// <param name="model">The model.</param>
/// <param name="reader">Makes values of stored tensors.</param>
internal sealed class PlanBuilder(ModelSource source, ModelProto model, TensorReader reader)
{
    private readonly Dictionary<(string Domain, string Name, string Overload), FunctionProto> _functions = [];
    private readonly Dictionary<FunctionProto, FunctionPlan?> _plans = new(ReferenceEqualityComparer.Instance);

    /// <summary>The plan of the model's graph.</summary>
    /// <exception cref="State.TenonFormatException">The model is malformed.</exception>
    /// <exception cref="TenonException">It needs an operator that Tenon doesn't have.</exception>
    public GraphPlan Build()
    {
        if (model.Graph is null)
        {
            throw source.Error("TEN5200", "graph", "the file has none. Expected an ONNX model.");
        }

        foreach (var function in model.Functions)
        {
            if (!_functions.TryAdd((OpRegistry.Canonical(function.Domain), function.Name, function.Overload), function))
            {
                throw source.Error("TEN5201", $"function '{function.Name}'", "defined twice. Expected each function once.");
            }
        }

        return Build(model.Graph, Opsets(model.OpsetImport, "opset_import"), null, "graph");
    }

    private Dictionary<string, long> Opsets(IEnumerable<OperatorSetIdProto> imports, string field)
    {
        var opsets = new Dictionary<string, long>();
        foreach (var import in imports)
        {
            opsets[OpRegistry.Canonical(import.Domain)] = import.Version;
        }

        return opsets.GetValueOrDefault(OpRegistry.Standard, 1) is var standard and (< 1 or > OpRegistry.Latest)
            ? throw source.Error("TEN5206", field, $"opset {standard} of ai.onnx. Tenon knows 1 to {OpRegistry.Latest}; convert the model to one of them.")
            : opsets;
    }

    private GraphPlan Build(GraphProto graph, Dictionary<string, long> opsets, HashSet<string>? outer, string field)
    {
        var constants = new Dictionary<string, Lazy<OnnxValue>>();
        foreach (var tensor in graph.Initializer)
        {
            AddConstant(tensor.Name, () => reader.ReadOnce(tensor));
        }

        foreach (var sparse in graph.SparseInitializer)
        {
            AddConstant(sparse.Values?.Name ?? "", () => reader.Read(sparse));
        }

        var known = new HashSet<string>(constants.Keys);
        var inputs = new HashSet<string>();
        foreach (var input in graph.Input)
        {
            if (!inputs.Add(input.Name))
            {
                throw source.Error("TEN5201", field, $"two inputs are called '{input.Name}'. Expected each name once.");
            }

            known.Add(input.Name);
        }

        var nodes = Build(graph.Node, opsets, known, outer, field);
        var outputs = graph.Output.Select(OnnxValueInfo.From).ToList();
        foreach (var output in outputs.Where(o => !known.Contains(o.Name) && outer?.Contains(o.Name) != true))
        {
            throw source.Error("TEN5201", field, $"output '{output.Name}' is made by no node. Expected every output to be an input, an initializer or the output of a node.");
        }

        return new GraphPlan(graph.Name, [.. graph.Input.Select(OnnxValueInfo.From)], outputs, constants, Nodes(nodes, outputs.Select(o => o.Name)));

        void AddConstant(string name, Func<OnnxValue> make)
        {
            if (!constants.TryAdd(name, new Lazy<OnnxValue>(make)))
            {
                throw source.Error("TEN5201", field, $"two initializers are called '{name}'. Expected each name once.");
            }
        }
    }

    private FunctionPlan Build(FunctionProto function)
    {
        var field = $"function '{function.Name}'";
        if (_plans.TryGetValue(function, out var plan))
        {
            return plan ?? throw source.Error("TEN5201", field, "calls itself. Expected functions without recursion.");
        }

        _plans[function] = null;
        var known = new HashSet<string>(function.Input);
        var nodes = Build(function.Node, Opsets(function.OpsetImport, $"{field}, opset_import"), known, null, field);
        if (function.Output.FirstOrDefault(o => !known.Contains(o)) is { } missing)
        {
            throw source.Error("TEN5201", field, $"output '{missing}' is made by no node.");
        }

        plan = new FunctionPlan(function.Name, function.Input, function.Output, Attributes(function.AttributeProto, field)) { Nodes = Nodes(nodes, function.Output) };
        _plans[function] = plan;
        return plan;
    }

    private List<PlannedNode> Build(IReadOnlyList<NodeProto> nodes, Dictionary<string, long> opsets, HashSet<string> known, HashSet<string>? outer, string field)
    {
        var labels = nodes.Select((n, i) => $"{field}, node {(n.Name.Length > 0 ? $"'{n.Name}'" : $"{i}")} ({n.OpType})").ToArray();
        var order = TopologicalOrder(nodes, labels, known, outer, field);
        var visible = outer is null ? known : [.. outer, .. known];
        var planned = new List<PlannedNode>(nodes.Count);
        foreach (var i in order)
        {
            planned.Add(Build(nodes[i], opsets, visible, labels[i]));
        }

        return planned.ConvertAll(n => n is { Domain: OpRegistry.Training, OpType: "Gradient" } ? WithDifferentiated(n, planned) : n);
    }

    // The part of the graph that a Gradient node differentiates becomes a subgraph of it: from the values that 'xs' and 'zs' name to that of 'y'.
    private PlannedNode WithDifferentiated(PlannedNode node, List<PlannedNode> nodes)
    {
        var result = node.Attributes.GetValueOrDefault("y")?.S.ToStringUtf8() ?? throw source.Error("TEN5202", node.Label, "attribute 'y' is missing.");
        string[] inputs = [.. new[] { "xs", "zs" }.SelectMany(a => node.Attributes.GetValueOrDefault(a)?.Strings.Select(s => s.ToStringUtf8()) ?? [])];
        var needed = new HashSet<string> { result };
        needed.ExceptWith(inputs);
        var part = new List<PlannedNode>();
        foreach (var maker in Enumerable.Reverse(nodes).Where(n => n.Proto.Output.Any(needed.Contains)))
        {
            part.Insert(0, maker);
            needed.UnionWith(Uses(maker.Proto).Select(u => u.Name).Except(inputs));
        }

        return part.Contains(node) || (part.Count == 0 && !inputs.Contains(result))
            ? throw source.Error("TEN5201", node.Label, $"'{result}' is the node's own, or made by no node of its graph. Expected a value of the graph.")
            : node with { Graphs = new Dictionary<string, GraphPlan> { ["y"] = new(node.Label, [.. inputs.Select(i => new OnnxValueInfo(i, null))], [new(result, null)], new Dictionary<string, Lazy<OnnxValue>>(), part) } };
    }

    private PlannedNode Build(NodeProto node, Dictionary<string, long> opsets, HashSet<string> visible, string label)
    {
        var domain = OpRegistry.Canonical(node.Domain);
        var attributes = Attributes(node.Attribute, label);
        var opset = opsets.GetValueOrDefault(domain, 1);
        var function = _functions.TryGetValue((domain, node.OpType, node.Overload), out var f) ? Build(f) : null;
        var op = function is null ? OpRegistry.Default.Find(domain, node.OpType, opset) : null;
        if (function is null && op is null)
        {
            throw new TenonException("TEN5205", $"'{source.Name}', {label}: operator {node.OpType} of domain {OpRegistry.Display(domain)}, opset {opset}, is not supported. 'tenon onnx info' lists what a model uses.");
        }

        var graphs = new Dictionary<string, GraphPlan>();
        foreach (var (name, attribute) in attributes)
        {
            if (attribute.G is { } graph)
            {
                graphs.Add(name, Build(graph, opsets, visible, $"{label}, {name}"));
            }
        }

        return new PlannedNode(node, domain, (int)opset, op, function, attributes, graphs, label);
    }

    private Dictionary<string, AttributeProto> Attributes(IEnumerable<AttributeProto> protos, string field)
    {
        var attributes = new Dictionary<string, AttributeProto>();
        foreach (var proto in protos)
        {
            if (!attributes.TryAdd(proto.Name, proto))
            {
                throw source.Error("TEN5202", field, $"attribute '{proto.Name}' is given twice.");
            }

            AttributeTypes.Check(proto, source, field);
        }

        return attributes;
    }

    // The order of the file, but every node after those that make its inputs. Adds what the nodes make to what is known.
    private int[] TopologicalOrder(IReadOnlyList<NodeProto> nodes, string[] labels, HashSet<string> known, HashSet<string>? outer, string field)
    {
        var makers = new Dictionary<string, int>();
        for (var i = 0; i < nodes.Count; i++)
        {
            foreach (var output in nodes[i].Output.Where(o => o.Length > 0))
            {
                if (known.Contains(output) || !makers.TryAdd(output, i))
                {
                    throw source.Error("TEN5201", labels[i], $"output '{output}' is the name of another value already. Expected each name once.");
                }
            }
        }

        var waits = new int[nodes.Count];
        var users = new List<int>?[nodes.Count];
        for (var i = 0; i < nodes.Count; i++)
        {
            foreach (var input in Uses(nodes[i]))
            {
                if (makers.TryGetValue(input.Name, out var maker))
                {
                    (users[maker] ??= []).Add(i);
                    waits[i]++;
                }
                else if (!input.IsInner && !known.Contains(input.Name) && outer?.Contains(input.Name) != true)
                {
                    throw source.Error("TEN5201", labels[i], $"input '{input.Name}' is made by no node. Expected an input or initializer of the graph, or the output of a node.");
                }
            }
        }

        var ready = new PriorityQueue<int, int>(Enumerable.Range(0, nodes.Count).Where(i => waits[i] == 0).Select(i => (i, i)));
        var order = new List<int>(nodes.Count);
        while (ready.TryDequeue(out var i, out _))
        {
            order.Add(i);
            foreach (var user in users[i] ?? [])
            {
                if (--waits[user] == 0)
                {
                    ready.Enqueue(user, user);
                }
            }
        }

        if (order.Count < nodes.Count)
        {
            throw source.Error("TEN5201", labels[Array.FindIndex(waits, w => w > 0)], $"{field} is cyclic: the node needs its own output. Expected a graph without cycles.");
        }

        known.UnionWith(makers.Keys);
        return [.. order];
    }

    // What a node reads, and what its subgraphs read, which may be theirs or come from outside.
    private static IEnumerable<(string Name, bool IsInner)> Uses(NodeProto node) =>
        node.Input.Where(i => i.Length > 0).Select(i => (i, false)).Concat(
            from attribute in node.Attribute
            where attribute.G is not null
            from name in Free(attribute.G)
            select (name, true));

    private static HashSet<string> Free(GraphProto graph)
    {
        var free = new HashSet<string>(graph.Node.SelectMany(Uses).Select(u => u.Name).Concat(graph.Output.Select(o => o.Name)));
        free.ExceptWith(graph.Node.SelectMany(n => n.Output));
        free.ExceptWith(graph.Input.Select(i => i.Name));
        free.ExceptWith(graph.Initializer.Select(t => t.Name));
        return free;
    }

    // Notes which names nobody needs any more after a node, so that what they hold can go.
    private static List<PlannedNode> Nodes(List<PlannedNode> nodes, IEnumerable<string> outputs)
    {
        var seen = new HashSet<string>(outputs);
        foreach (var node in Enumerable.Reverse(nodes))
        {
            var differentiated = node.Domain == OpRegistry.Training ? node.Graphs.Values.SelectMany(g => g.Nodes).SelectMany(n => Uses(n.Proto)) : [];
            foreach (var name in Uses(node.Proto).Concat(differentiated).Select(u => u.Name).Concat(node.Proto.Output).Where(n => n.Length > 0))
            {
                if (seen.Add(name))
                {
                    node.LastUses.Add(name);
                }
            }
        }

        return nodes;
    }
}
