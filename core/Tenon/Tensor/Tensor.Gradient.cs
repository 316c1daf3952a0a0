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
    /// <exception cref="TenonException">Set on a tensor that is not of floating point.</exception>
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
            if (value && !DType.IsFloat)
            {
                throw new TenonException("TEN3060", $"A tensor of {DType} can't require a gradient. Expected floating point; Cast it first.");
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

    /// <summary>The gradient that <see cref="Backward"/> accumulated; null before.</summary>
    public Tensor? Grad { get; set; }

    /// <summary>Until disposed, results of operations don't require gradients in this flow of control.</summary>
    public static IDisposable NoGrad() => GradientMode.Disable();

    /// <summary>The same value, through which no gradient passes.</summary>
    public Tensor Detach() => new(Detached(Node), _device);

    /// <summary>The gradients of this number with respect to tensors, of their shapes and dtypes. Changes nothing.</summary>
    /// <param name="parameters">Tensors of floating point from which this one was computed.</param>
    /// <exception cref="TenonException">This tensor has several elements, or does not depend on a parameter.</exception>
    public Tensor[] Gradient(params ReadOnlySpan<Tensor> parameters)
    {
        RequireOneElement(nameof(Gradient));
        var wanted = new HashSet<UOp>(ReferenceEqualityComparer.Instance);
        foreach (var p in parameters)
        {
            wanted.Add(p.Node);
        }

        var order = Node.TopologicalOrder();
        var gradients = Differentiation.Of(order, TensorGraph.FullLike(Node, 1), n => wanted.Contains(n) || wanted.Contains(Leaves.Storage(n)));

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
            result[i] = total.TryGetValue(parameters[i].Node, out var g)
                ? new Tensor(g, parameters[i]._device ?? _device)
                : throw new TenonException("TEN3061", $"Gradient: parameter {i} {parameters[i].Shape} is not among what this value was computed from (or only through operations without a gradient).");
        }

        return result;
    }

    /// <summary>Adds the gradient of this number to the <see cref="Grad"/> of every leaf that requires one.</summary>
    /// <exception cref="TenonException">This tensor has several elements, or does not require a gradient.</exception>
    public void Backward()
    {
        RequireOneElement(nameof(Backward));
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

        var gradients = Differentiation.Of(order, TensorGraph.FullLike(Node, 1), leaves.ContainsKey);
        foreach (var (node, tensors) in leaves)
        {
            if (gradients.TryGetValue(node, out var g))
            {
                foreach (var leaf in tensors)
                {
                    var gradient = new Tensor(g, leaf._device ?? _device);
                    leaf.Grad = leaf.Grad is null ? gradient : new Tensor(leaf.Grad.Node + g, gradient._device);
                }
            }
        }
    }

    private static UOp Detached(UOp node) => node is { Op: Ops.Detach, Arg: null } ? node : UOp.New(Ops.Detach, node.DType, [node]);

    private void RequireOneElement(string operation)
    {
        if (Count != 1 || !DType.IsFloat)
        {
            throw new TenonException("TEN3063", $"{operation}: the tensor is {DType} {Shape}. Expected one number of floating point; take Sum() or Mean() first.");
        }
    }

    // A leaf has a node of its own, by which gradients find it.
    private void SetLeafNode(UOp node)
    {
        _node = Stored(node) is not null || node.Op == Ops.After ? node : Leaves.Marked(node);
        Leaves.Add(_node, this);
    }
}
