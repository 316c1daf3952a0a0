using Tenon.Onnx.Format;
using Tenon.Onnx.Graph;

namespace Tenon.Onnx.Run;

/// <summary>Runs plans: node after node, each adding to the lazy graph of tensors.</summary>
/// <param name="context">What holds for the whole run.</param>
/// <param name="cancellationToken">Ends the run before its next node.</param>
internal sealed class GraphRunner(RunContext context, CancellationToken cancellationToken = default)
{
    /// <summary>What holds for the whole run.</summary>
    public RunContext Context { get; } = context;

    /// <summary>The outputs of a graph.</summary>
    /// <param name="plan">The graph.</param>
    /// <param name="inputs">A value for each of its inputs, in order; where there is none, an initializer is.</param>
    /// <param name="outer">The graph around it, or null.</param>
    public OnnxValue[] Run(GraphPlan plan, ReadOnlySpan<OnnxValue?> inputs, Scope? outer)
    {
        var scope = new Scope(outer);
        foreach (var (name, constant) in plan.Constants)
        {
            scope.Set(name, constant.Value);
        }

        for (var i = 0; i < plan.Inputs.Count; i++)
        {
            if (i < inputs.Length && inputs[i] is { } value)
            {
                scope.Set(plan.Inputs[i].Name, value);
            }
        }

        Run(plan.Nodes, scope);
        return [.. plan.Outputs.Select(o => scope.Find(o.Name) ?? throw new TenonException("TEN5209", $"{plan.Name}: output '{o.Name}' has no value."))];
    }

    private OnnxValue?[] Call(PlannedNode node, FunctionPlan function, OnnxValue?[] inputs, Scope caller)
    {
        var attributes = new Dictionary<string, AttributeProto>(function.Defaults);
        foreach (var (name, attribute) in node.Attributes)
        {
            if (attribute.RefAttrName.Length == 0)
            {
                attributes[name] = attribute;
            }
            else if (caller.Attributes?.TryGetValue(attribute.RefAttrName, out var given) == true)
            {
                attributes[name] = given;
            }
        }

        var scope = new Scope(null, attributes);
        for (var i = 0; i < Math.Min(inputs.Length, function.Inputs.Count); i++)
        {
            if (inputs[i] is { } value)
            {
                scope.Set(function.Inputs[i], value);
            }
        }

        Run(function.Nodes, scope);
        return [.. function.Outputs.Select(scope.Find)];
    }

    private void Run(IReadOnlyList<PlannedNode> nodes, Scope scope)
    {
        foreach (var node in nodes)
        {
            cancellationToken.ThrowIfCancellationRequested();
            Run(node, scope);
            foreach (var name in node.LastUses)
            {
                scope.Drop(name);
            }
        }
    }

    private void Run(PlannedNode node, Scope scope)
    {
        var names = node.Proto.Input;
        var inputs = new OnnxValue?[names.Count];
        for (var i = 0; i < inputs.Length; i++)
        {
            inputs[i] = names[i].Length == 0 ? null : scope.Find(names[i]);
        }

        var outputs = Outputs(node, inputs, scope);
        for (var i = 0; i < Math.Min(outputs.Length, node.Proto.Output.Count); i++)
        {
            if (outputs[i] is { } value && node.Proto.Output[i].Length > 0)
            {
                scope.Set(node.Proto.Output[i], value);
            }
        }
    }

    private OnnxValue?[] Outputs(PlannedNode node, OnnxValue?[] inputs, Scope scope)
    {
        if (node.Function is { } function)
        {
            return Call(node, function, inputs, scope);
        }

        try
        {
            return HostFolding.Run(node, inputs, scope, this) ?? node.Op!(new OpCall(node, inputs, scope, this));
        }
        catch (TenonException e) when (e.Code != "TEN5209")
        {
            throw new TenonException("TEN5209", $"{node.Label}: {e.Message}", e);
        }
        catch (Exception e) when (e is IndexOutOfRangeException or ArgumentException or OverflowException or DivideByZeroException or InvalidCastException or FormatException or KeyNotFoundException or InvalidOperationException)
        {
            // Lists of attributes that don't fit together, sizes beyond all bounds.
            throw new TenonException("TEN5209", $"{node.Label}: its attributes and inputs don't fit together ({e.Message})", e);
        }
    }
}
