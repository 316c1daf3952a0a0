using Tenon.Core;

namespace Tenon;

/// <summary>The arguments of one call of a captured function, ready to be captured or replayed.</summary>
internal sealed class JitCall
{
    private static readonly object True = true;
    private static readonly object False = false;
    private readonly List<object?> _signature = [];
    private readonly List<Tensor> _given = [];
    private readonly List<UOp> _buffers = [];
    private readonly List<(string Name, long Value)> _variables = [];
    private Dictionary<Tensor, Tensor>? _replaced;

    public JitCall(object?[] arguments)
    {
        _signature.Add(GradientMode.IsEnabled ? True : False);
        _signature.Add(TensorExecutor.Current.IsFastMath ? True : False);
        foreach (var argument in arguments)
        {
            if (argument is Tensor tensor)
            {
                Add(tensor);
            }
            else
            {
                ValueTree.Visit(argument, Add, AddPlain);
            }
        }

        Signature = new JitSignature(_signature);
        Arguments = _replaced is null ? arguments : Array.ConvertAll(arguments, a => ValueTree.Rebuild(a, t => _replaced.GetValueOrDefault(t, t)));
    }

    /// <summary>What the function gets: literals and views are replaced by tensors with storage of their own.</summary>
    public object?[] Arguments { get; }

    /// <summary>What two calls have in common that do the same.</summary>
    public JitSignature Signature { get; }

    /// <summary>The tensors that the function gets, each once.</summary>
    public IReadOnlyList<Tensor> Given => _given;

    /// <summary>The storage of each tensor.</summary>
    public IReadOnlyList<UOp> Buffers => _buffers;

    /// <summary>What the variables in shapes and sizes are bound to.</summary>
    public IReadOnlyList<(string Name, long Value)> Variables => _variables;

    /// <summary>Throws if a tensor stands for an argument that may not be written to.</summary>
    public void CheckMayWrite(Tensor tensor)
    {
        if (_replaced?.ContainsValue(tensor) == true)
        {
            throw new TenonException("TEN5305", $"A captured function writes to an argument of shape {tensor.Shape} that is a view or a literal, of which it works on a copy. Pass the tensor itself, and take the view inside.");
        }
    }

    private void Add(Tensor tensor)
    {
        var given = tensor.AsArgument();
        if (given != tensor)
        {
            _replaced ??= new Dictionary<Tensor, Tensor>(ReferenceEqualityComparer.Instance);
            given = _replaced.TryGetValue(tensor, out var known) ? known : _replaced[tensor] = given;
        }

        var number = _given.IndexOf(given);
        if (number < 0)
        {
            number = _given.Count;
            _given.Add(given);
            _buffers.Add(given.StoredBuffer!);
        }

        // One tensor or one storage twice is another program than two.
        var (shape, dtype, device, requiresGrad) = given.Kind;
        _signature.Add((Unbound(shape), dtype, device, requiresGrad, number, _buffers.IndexOf(_buffers[number])));
    }

    private void AddPlain(object? value) => _signature.Add(value switch
    {
        SymInt size => size.IsKnown ? size.Min : Unbound(size.Node),
        Shape shape => Unbound(shape),
        Variable variable => (variable.Name, variable.Min, variable.Max),

        // 0 and -0 are equal, and not the same.
        double number => (typeof(double), BitConverter.DoubleToInt64Bits(number)),
        float number => (typeof(float), BitConverter.SingleToInt32Bits(number)),
        Half number => (typeof(Half), BitConverter.HalfToInt16Bits(number)),
        _ => value,
    });

    private Shape Unbound(Shape shape) => shape.IsConcrete ? shape : Shape.FromDims(Array.ConvertAll(shape.Dims.ToArray(), Unbound));

    private UOp Unbound(UOp size)
    {
        foreach (var u in size.TopologicalOrder())
        {
            if (u.Op == Ops.Variable && u.Src.Length == 1)
            {
                var (name, value) = (u.ArgAs<VariableArg>().Name, IndexMath.Evaluate(u));
                var at = _variables.FindIndex(v => v.Name == name);
                if (at < 0)
                {
                    _variables.Add((name, value));
                }
                else if (_variables[at].Value != value)
                {
                    throw new TenonException("TEN5302", $"Arguments of a captured function bind variable {name} to {_variables[at].Value} and to {value}. Bind it to one value, or use two variables.");
                }
            }
        }

        return IndexMath.Unbound(size);
    }
}

/// <summary>What two calls have in common that do the same: kinds of tensors, plain values, modes.</summary>
internal sealed class JitSignature : IEquatable<JitSignature>
{
    private readonly List<object?> _parts;
    private readonly int _hash;

    public JitSignature(List<object?> parts)
    {
        _parts = parts;
        var hash = new HashCode();
        foreach (var part in parts)
        {
            hash.Add(part);
        }

        _hash = hash.ToHashCode();
    }

    public bool Equals(JitSignature? other) => other is not null && _hash == other._hash && _parts.SequenceEqual(other._parts);

    public override bool Equals(object? obj) => Equals(obj as JitSignature);

    public override int GetHashCode() => _hash;
}
