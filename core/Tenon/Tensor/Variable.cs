using Tenon.Core;

namespace Tenon;

/// <summary>
/// A whole number that a graph leaves open: the length of a sequence, a position in a cache. Bound to a value it may stand wherever
/// a size or a position is given, and graphs that differ only in that value share their schedule and their kernels.
/// </summary>
/// <example><code>
/// var length = new Variable("length", 1, 1024);
/// for (var i = 0; i &lt; 10; i++)
/// {
///     var n = length.Bind(i + 1);
///     var mean = cache[TensorIndex.Range(0, n)].Mean(0).Realize();    // scheduled and compiled once
/// }
/// </code></example>
public sealed class Variable
{
    private readonly UOp _node;

    /// <summary>A variable between two bounds, both inclusive. Variables of equal name and bounds are the same variable.</summary>
    /// <param name="name">A letter or underscore, then letters, digits and underscores.</param>
    /// <param name="min">The least value; 0 or more.</param>
    /// <param name="max">The greatest value. Storage of symbolic shapes has room for it.</param>
    /// <exception cref="TenonException">The name is no such name, or the bounds are not 0 ≤ min ≤ max.</exception>
    public Variable(string name, long min, long max)
    {
        if (!IsName(name) || min < 0 || max < min)
        {
            throw new TenonException("TEN3090", $"Variable '{name}' from {min} to {max}. Expected a name of letters, digits and underscores that begins with no digit, and 0 ≤ min ≤ max.");
        }

        (Name, Min, Max) = (name, min, max);
        _node = UOp.Variable(name, min, max);
    }

    /// <summary>Its name.</summary>
    public string Name { get; }

    /// <summary>The least value that it may be bound to.</summary>
    public long Min { get; }

    /// <summary>The greatest value that it may be bound to.</summary>
    public long Max { get; }

    /// <summary>The variable without a value: a graph that has it can be built, but not realised.</summary>
    public static implicit operator SymInt(Variable variable) => new(variable._node);

    /// <summary>x + y.</summary>
    public static SymInt operator +(Variable x, SymInt y) => (SymInt)x + y;

    /// <summary>x - y.</summary>
    public static SymInt operator -(Variable x, SymInt y) => (SymInt)x - y;

    /// <summary>x · y.</summary>
    public static SymInt operator *(Variable x, SymInt y) => (SymInt)x * y;

    /// <summary>The variable with the value that it has when the graph runs.</summary>
    /// <exception cref="TenonException">The value is outside the bounds.</exception>
    public SymInt Bind(long value) => value >= Min && value <= Max
        ? new(UOp.Bind(_node, value))
        : throw new TenonException("TEN3091", $"Variable {Name} can't be bound to {value}: it goes from {Min} to {Max}. Declare it with wider bounds, or bind it to a value within.");

    /// <summary>Name and bounds.</summary>
    public override string ToString() => $"{Name} ({Min} to {Max})";

    private static bool IsName(string name) =>
        name is { Length: > 0 } && !char.IsAsciiDigit(name[0]) && name.All(c => char.IsAsciiLetterOrDigit(c) || c == '_');
}
