using System.Diagnostics;

namespace Tenon.Core;

/// <summary>
/// A size or a position: a whole number, or arithmetic on variables that are bound when the graph runs. Arithmetic is exact and
/// simplifies as it builds, so that equal sizes are mostly equal nodes.
/// </summary>
public readonly struct SymInt : IEquatable<SymInt>
{
    private readonly UOp? _node;

    /// <summary>The number that a node of index type stands for.</summary>
    public SymInt(UOp node)
    {
        Debug.Assert(node.DType == DType.Index);
        _node = node;
    }

    /// <summary>The node.</summary>
    public UOp Node => _node ?? UOp.Index(0);

    /// <summary>Whether it is a literal.</summary>
    public bool IsKnown => Node.Op == Ops.Const;

    /// <summary>The least value that it has, whatever its variables are bound to.</summary>
    public long Min => Node.Min;

    /// <summary>The greatest value that it has, whatever its variables are bound to.</summary>
    public long Max => Node.Max;

    /// <summary>The value under the bindings of its variables.</summary>
    /// <exception cref="TenonException">A variable is not bound.</exception>
    public long Value => IndexMath.Evaluate(Node);

    /// <summary>A number.</summary>
    public static implicit operator SymInt(long value) => new(UOp.Index(value));

    /// <summary>x + y.</summary>
    public static SymInt operator +(SymInt x, SymInt y) => new(IndexMath.Add(x.Node, y.Node));

    /// <summary>x - y.</summary>
    public static SymInt operator -(SymInt x, SymInt y) => new(IndexMath.Sub(x.Node, y.Node));

    /// <summary>-x.</summary>
    public static SymInt operator -(SymInt x) => 0 - x;

    /// <summary>x · y.</summary>
    public static SymInt operator *(SymInt x, SymInt y) => new(IndexMath.Mul(x.Node, y.Node));

    /// <summary>x / y towards minus infinity.</summary>
    public static SymInt operator /(SymInt x, SymInt y) => new(IndexMath.FloorDiv(x.Node, y.Node));

    /// <summary>The remainder with the sign of y.</summary>
    public static SymInt operator %(SymInt x, SymInt y) => new(IndexMath.FloorMod(x.Node, y.Node));

    /// <summary>Whether both are the same whatever the variables are bound to, as far as that can be seen.</summary>
    public static bool operator ==(SymInt x, SymInt y) => x.Node == y.Node;

    /// <summary>Whether they may differ.</summary>
    public static bool operator !=(SymInt x, SymInt y) => x.Node != y.Node;

    /// <inheritdoc/>
    public bool Equals(SymInt other) => Node == other.Node;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is SymInt other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => Node.Hash;

    /// <summary>As C# would write it; a bound variable with its value: <c>n=5 + 1</c>.</summary>
    public override string ToString() => Text(Node, isFactor: false);

    private static string Text(UOp u, bool isFactor)
    {
        switch (u.Op)
        {
            case Ops.Const:
                return $"{u.Arg}";
            case Ops.Variable:
                return u.Src.Length == 0 ? u.ArgAs<VariableArg>().Name : $"{u.ArgAs<VariableArg>().Name}={u[0].Arg}";
            case Ops.Max:
                return $"max({Text(u[0], false)}, {Text(u[1], false)})";
            case Ops.Mul when u[1].IsInteger(-1):
                return $"-{Text(u[0], true)}";
            case Ops.Mul or Ops.FloorDiv or Ops.FloorMod:
                return $"{Text(u[0], true)} {(u.Op == Ops.Mul ? '*' : u.Op == Ops.FloorDiv ? '/' : '%')} {Text(u[1], true)}";
            case Ops.Add:
                var (left, right) = (Text(u[0], false), Text(u[1], false));
                var sum = right.StartsWith('-') ? $"{left} - {right[1..]}" : $"{left} + {right}";
                return isFactor ? $"({sum})" : sum;
            default:
                return u.ToString();
        }
    }
}
