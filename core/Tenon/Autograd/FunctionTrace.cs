using Tenon.Core;

namespace Tenon;

/// <summary>One run of a function on placeholders: the graphs that it made, and every tensor and random draw that it took from outside.</summary>
internal sealed class FunctionTrace
{
    private static readonly AsyncLocal<FunctionTrace?> Running = new();
    private static int _nextSlot;

    private readonly HashSet<Tensor> _inside = new(ReferenceEqualityComparer.Instance);
    private readonly Dictionary<Tensor, (UOp Node, bool RequiresGrad)> _outside = new(ReferenceEqualityComparer.Instance);
    private readonly List<(UOp State, long Count, string? Device)> _draws = [];
    private readonly UOp[] _placeholders;
    private readonly (UOp Node, bool RequiresGrad)[] _results;

    /// <summary>Runs the function on placeholders of the arguments' shapes, dtypes and devices.</summary>
    public FunctionTrace(Func<Tensor[], Tensor[]> body, ReadOnlySpan<Tensor> arguments)
    {
        var placeholders = new Tensor[arguments.Length];
        for (var i = 0; i < arguments.Length; i++)
        {
            placeholders[i] = arguments[i].Placeholder(Interlocked.Increment(ref _nextSlot));
            _inside.Add(placeholders[i]);
        }

        _placeholders = Array.ConvertAll(placeholders, p => p.Node);
        var outer = Running.Value;
        Running.Value = this;
        try
        {
            _results = Array.ConvertAll(body([.. placeholders]), r => (r.Node, r.RequiresGrad));
        }
        finally
        {
            Running.Value = outer;
        }

        for (var i = 0; i < placeholders.Length; i++)
        {
            if (placeholders[i].Node != _placeholders[i])
            {
                throw new TenonException("TEN3303", $"The traced function assigns to its argument {i}. Return the new value, and assign it outside.");
            }
        }

        KeepOutside();
        _inside.Clear();
    }

    /// <summary>The trace that is being made in this flow of control.</summary>
    public static FunctionTrace? Current => Running.Value;

    /// <summary>Whether the function would do the same now: nothing from outside began or ceased to require a gradient.</summary>
    public bool Holds => _outside.All(o => o.Key.RequiresGrad == o.Value.RequiresGrad);

    /// <summary>What an operation took and made.</summary>
    public void Note(ReadOnlySpan<Tensor> operands, Tensor result)
    {
        foreach (var t in operands)
        {
            if (!_inside.Contains(t))
            {
                _outside.TryAdd(t, (t.Node, t.RequiresGrad));
            }
        }

        _inside.Add(result);
    }

    /// <summary>A draw from the common stream of random numbers, which every call makes anew.</summary>
    public void NoteDraw(Tensor state, long count, string? device)
    {
        if (RandomStream.IsOwn)
        {
            return;
        }

        _draws.Add((state.Node, count, device));
        _inside.Add(state);
    }

    /// <summary>Throws if a tensor that is written to is not the function's own.</summary>
    public void CheckMayWrite(Tensor target, string operation)
    {
        if (!_inside.Contains(target))
        {
            throw new TenonException("TEN3303", $"{operation}: a traced function changes a tensor of shape {target.Shape} from outside, which would happen once, not at each call. Return the new value, and assign it outside.");
        }
    }

    /// <summary>The results for arguments of the same kind as those of the trace.</summary>
    public Tensor[] Apply(ReadOnlySpan<Tensor> arguments)
    {
        var map = new NodeMap<UOp>();
        Tensor[] operands = [.. arguments, .. _outside.Keys];
        foreach (var (tensor, then) in _outside)
        {
            map[then.Node] = tensor.Node;
        }

        foreach (var (state, count, device) in _draws)
        {
            map[state] = Tensor.RandomState(count, device).Node;
        }

        for (var i = 0; i < arguments.Length; i++)
        {
            map[_placeholders[i]] = arguments[i].Node;
        }

        return Array.ConvertAll(_results, r => Tensor.Made(r.Node.Substitute(map), r.RequiresGrad, operands));
    }

    // Tensors that were derived of placeholders otherwise than by an operation, as gradients are, are not from outside.
    private void KeepOutside()
    {
        var dependent = new NodeSet();
        foreach (var placeholder in _placeholders)
        {
            dependent.Add(placeholder);
        }

        foreach (var (tensor, then) in _outside.ToArray())
        {
            foreach (var node in then.Node.TopologicalOrder())
            {
                foreach (var source in node.Src)
                {
                    if (dependent.Contains(source))
                    {
                        dependent.Add(node);
                        break;
                    }
                }
            }

            if (dependent.Contains(then.Node))
            {
                _outside.Remove(tensor);
            }
        }
    }
}
