using Tenon.Core;

namespace Tenon;

public sealed partial class Tensor
{
    private bool _requiresGrad;
    private bool _isLeaf;

    /// <summary>
    /// Whether <see cref="Backward"/> reaches this tensor. Set on a tensor, it makes it a leaf: its <see cref="Grad"/> is
    /// accumulated, and it is a view no more. Results of operations on such tensors require gradients too, but keep none.
    /// </summary>
    /// <exception cref="TenonException">Set on a tensor that is neither of floating point nor complex.</exception>
    public bool RequiresGrad
    {
        get
        {
            if (_base is not null)
            {
                FollowBase();
            }

            return _requiresGrad;
        }

        set
        {
            if (value && !IsDifferentiable(DType))
            {
                throw new TenonException("TEN3060", $"A tensor of {DType} can't require a gradient. Expected floating point or complex numbers; Cast it first.");
            }

            if (value && !RequiresGrad)
            {
                LeaveBase();
                _isLeaf = true;
                _requiresGrad = true;
                SetLeafNode(Node);
            }
            else if (!value && RequiresGrad)
            {
                _node = _isLeaf ? Node : Detached(Node);
                _kept = null;
                _isLeaf = false;
                _requiresGrad = false;
            }
        }
    }

    /// <summary>Until disposed, results of operations don't require gradients in this flow of control.</summary>
    public static IDisposable NoGrad() => GradientMode.Disable();

    /// <summary>The same value, through which no gradient passes.</summary>
    public Tensor Detach() => new(Detached(Node), _device);

    /// <summary>The gradients of this number with respect to tensors, of their shapes and dtypes. Changes nothing.</summary>
    /// <param name="parameters">Tensors of floating point from which this one was computed.</param>
    /// <exception cref="TenonException">This tensor has several elements, or does not depend on a parameter.</exception>
    public Tensor[] Gradient(params ReadOnlySpan<Tensor> parameters) => GradientOf(Seed(null, nameof(Gradient)), parameters);

    /// <summary>The products of a vector with the Jacobian matrices of this tensor with respect to others. Changes nothing.</summary>
    /// <param name="gradient">The gradient of some number with respect to this tensor; broadcasts to its shape.</param>
    /// <param name="parameters">Tensors of floating point from which this one was computed.</param>
    /// <exception cref="TenonException">The gradient does not broadcast, or this tensor does not depend on a parameter.</exception>
    public Tensor[] Gradient(Tensor gradient, ReadOnlySpan<Tensor> parameters) => GradientOf(Seed(gradient, nameof(Gradient)), parameters);

    /// <summary>
    /// The same value, whose gradient with respect to some tensors is what a function makes of it, instead of what follows from how
    /// it was computed. To others no gradient passes. The function runs when a gradient is asked for.
    /// </summary>
    /// <param name="inputs">What the gradient flows to.</param>
    /// <param name="gradient">
    /// From the gradient of this value, of its shape, this value and the inputs to one gradient for each input, of that one's shape;
    /// null where none flows. It may use other tensors too, but none that was computed from an argument of a <see cref="TensorFunction"/>.
    /// </param>
    /// <exception cref="TenonException">This tensor or an input is not of floating point; when a gradient is asked for, the function gives another number of gradients or another shape.</exception>
    /// <example><code>// Rounds, and passes gradients straight through.
    /// var y = x.Round().WithGradient([x], (g, _, _) => [g]);</code></example>
    public Tensor WithGradient(ReadOnlySpan<Tensor> inputs, Func<Tensor, Tensor, Tensor[], Tensor?[]> gradient)
    {
        ArgumentNullException.ThrowIfNull(gradient);
        var operands = inputs.ToArray();
        var nodes = Array.ConvertAll(operands, t => t.Node);
        if (!DType.IsFloat || Array.Exists(nodes, n => !n.DType.IsFloat))
        {
            throw new TenonException("TEN3300", $"WithGradient: the value is {DType}, the inputs {string.Join(", ", nodes.Select(n => n.DType))}. Expected floating point; integers have no gradient, leave them out.");
        }

        var device = _device;
        var rule = new CustomGradient((node, g) =>
        {
            var flowsTo = node.Src[1..].ToArray();
            var results = gradient(new Tensor(g, device), new Tensor(node, device), Array.ConvertAll(flowsTo, n => new Tensor(n, device)));
            if (results.Length != flowsTo.Length)
            {
                throw new TenonException("TEN3301", $"WithGradient: the function gave {results.Length} gradients. Expected {flowsTo.Length}, one for each input.");
            }

            var flows = new UOp?[flowsTo.Length];
            for (var i = 0; i < flows.Length; i++)
            {
                flows[i] = results[i] is not { } r ? null : r.Shape.Equals(flowsTo[i].Shape)
                    ? r.Node.Cast(flowsTo[i].DType)
                    : throw new TenonException("TEN3301", $"WithGradient: the gradient of input {i} has shape {r.Shape}. Expected {flowsTo[i].Shape}, that of the input.");
            }

            return flows;
        });
        return Result(rule.Attach(Node, nodes), nameof(WithGradient), operands);
    }

    /// <summary>
    /// What a function makes of tensors; its gradient computes it anew instead of keeping what lies between (gradient
    /// checkpointing). Random numbers are the same the second time.
    /// </summary>
    /// <param name="function">From the inputs to the value. Tensors that it uses besides get their gradients too.</param>
    /// <param name="inputs">Where the second computation begins; they are kept.</param>
    /// <remarks>Chen et al., Training deep nets with sublinear memory cost, arXiv:1604.06174.</remarks>
    public static Tensor Checkpoint(Func<Tensor[], Tensor> function, params Tensor[] inputs)
    {
        ArgumentNullException.ThrowIfNull(function);
        var value = function(inputs);
        return Result(Recomputation.Wrap(value.Node, Array.ConvertAll(inputs, t => t.Node)), nameof(Checkpoint), value);
    }

    /// <inheritdoc cref="Checkpoint(Func{Tensor[], Tensor}, Tensor[])"/>
    /// <param name="function">From the input to the value. Tensors that it uses besides get their gradients too.</param>
    /// <param name="input">Where the second computation begins; it is kept.</param>
    public static Tensor Checkpoint(Func<Tensor, Tensor> function, Tensor input) => Checkpoint(x => function(x[0]), [input]);

    private Tensor[] GradientOf(UOp seed, ReadOnlySpan<Tensor> parameters)
    {
        var wanted = new HashSet<UOp>(ReferenceEqualityComparer.Instance);
        foreach (var p in parameters)
        {
            wanted.Add(p.Node);
        }

        var order = Node.TopologicalOrder();
        var gradients = Differentiation.Of(order, seed, n => wanted.Contains(n) || wanted.Contains(Leaves.Storage(n)));

        // A parameter that was realised since may occur both as what it was and as its storage: the two add up.
        var total = new Dictionary<UOp, UOp>(ReferenceEqualityComparer.Instance);
        foreach (var node in order)
        {
            var parameter = wanted.Contains(node) ? node : Leaves.Storage(node);
            if (wanted.Contains(parameter) && gradients.TryGetValue(node, out var g))
            {
                total[parameter] = total.TryGetValue(parameter, out var other) ? other + g : g;
            }
        }

        var result = new Tensor[parameters.Length];
        for (var i = 0; i < result.Length; i++)
        {
            var p = parameters[i];
            result[i] = total.TryGetValue(p.Node, out var g) ? new Tensor(g, p._device ?? _device)
                : p.Count == 0 || Count == 0 || Differentiation.DependsOn(Node, p.Node) ? p.ZerosLike()
                : throw new TenonException("TEN3061", $"Gradient: parameter {i} {p.Shape} is not among what this value was computed from, or only through Detach.");
        }

        return result;
    }

    /// <summary>Adds the gradient of this number to the <see cref="Grad"/> of every leaf that requires one.</summary>
    /// <param name="gradient">The gradient of some number with respect to this tensor, if this is not a number itself; broadcasts to its shape.</param>
    /// <exception cref="TenonException">This tensor has several elements and no gradient is given, or it does not require a gradient.</exception>
    public void Backward(Tensor? gradient = null)
    {
        var seed = Seed(gradient, nameof(Backward));
        if (!RequiresGrad)
        {
            throw new TenonException("TEN3062", "Backward: this value does not require a gradient. Set RequiresGrad on what it is computed from, outside NoGrad.");
        }

        var order = Node.TopologicalOrder();
        var leaves = new Dictionary<UOp, List<Tensor>>(ReferenceEqualityComparer.Instance);
        foreach (var node in order)
        {
            if (Leaves.Find(node) is { } found)
            {
                leaves.Add(node, found);
            }
        }

        var gradients = Differentiation.Of(order, seed, leaves.ContainsKey);
        foreach (var (node, tensors) in leaves)
        {
            if (gradients.TryGetValue(node, out var g))
            {
                foreach (var leaf in tensors)
                {
                    leaf.Grad = new Tensor(leaf.Grad is null ? g : leaf.Grad.Node + g, leaf._device ?? _device);
                }
            }
        }
    }

    private static UOp Detached(UOp node) => node is { Op: Ops.Detach, Arg: null } ? node : UOp.New(Ops.Detach, node.DType, [node]);

    private UOp Seed(Tensor? gradient, string operation)
    {
        if (!DType.IsFloat || (gradient is null && Count != 1))
        {
            throw new TenonException("TEN3063", $"{operation}: the tensor is {DType} {Shape}. Expected one number of floating point; take Sum() or Mean() first, or give the gradient of this tensor.");
        }

        return gradient is null ? TensorGraph.FullLike(Node, 1) : gradient.Cast(DType).Expand(Shape).Node;
    }

    // A leaf has a node of its own, by which gradients find it.
    private void SetLeafNode(UOp node)
    {
        _node = Stored(node) is not null || node.Op == Ops.After ? node : Leaves.Marked(node);
        Leaves.Add(_node, this);
    }
}
