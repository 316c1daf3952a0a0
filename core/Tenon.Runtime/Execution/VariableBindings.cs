using Tenon.Core;

namespace Tenon.Runtime;

/// <summary>
/// What the variables of a realised graph are bound to. The graph that is scheduled has the variables alone, so that it is the
/// same for every value.
/// </summary>
internal sealed class VariableBindings
{
    private Dictionary<string, (VariableArg Variable, long Value)>? _bindings;

    /// <summary>The names of the variables.</summary>
    public IEnumerable<string> Names => _bindings?.Keys ?? Enumerable.Empty<string>();

    /// <summary>The value of a variable.</summary>
    public long this[string name] => _bindings![name].Value;

    /// <summary>The values of variables.</summary>
    public long[] Of(IReadOnlyList<string> names)
    {
        var values = names.Count == 0 ? [] : new long[names.Count];
        for (var i = 0; i < values.Length; i++)
        {
            values[i] = this[names[i]];
        }

        return values;
    }

    /// <summary>A variable without its value, which is noted.</summary>
    /// <exception cref="TenonException">It has none, or the graph has another variable or another value of that name.</exception>
    public UOp Unbind(UOp variable)
    {
        var arg = variable.ArgAs<VariableArg>();
        var value = IndexMath.Evaluate(variable);
        _bindings ??= [];
        if (!_bindings.TryAdd(arg.Name, (arg, value)))
        {
            var (other, otherValue) = _bindings[arg.Name];
            if (other != arg)
            {
                throw new TenonException("TEN5012", $"Two variables of one realisation are called {arg.Name}: one of {other.Min} to {other.Max}, one of {arg.Min} to {arg.Max}. Use one variable for both, or another name.");
            }

            if (otherValue != value)
            {
                throw new TenonException("TEN5011", $"Variable {arg.Name} is bound to {otherValue} and to {value} in one realisation. Bind it to one value, realise the values apart, or use two variables.");
            }
        }

        return IndexMath.Unbound(variable);
    }

    /// <summary>A shape without the values of its variables, which are noted.</summary>
    public Shape Unbind(Shape shape)
    {
        if (shape.IsConcrete)
        {
            return shape;
        }

        var dims = shape.Dims.ToArray();
        for (var i = 0; i < dims.Length; i++)
        {
            foreach (var u in dims[i].TopologicalOrder())
            {
                if (u.Op == Ops.Variable)
                {
                    Unbind(u);
                }
            }

            dims[i] = IndexMath.Unbound(dims[i]);
        }

        return Shape.FromDims(dims);
    }
}
