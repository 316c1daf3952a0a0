using System.Collections;

namespace Tenon.Core;

/// <summary>A set of <see cref="Ops"/> as a bit mask.</summary>
public readonly struct OpSet : IEquatable<OpSet>, IEnumerable<Ops>
{
    private readonly ulong _bits;

    private OpSet(ulong bits) => _bits = bits;

    /// <summary>A set of the named ops.</summary>
    public OpSet(params ReadOnlySpan<Ops> ops)
    {
        foreach (var op in ops)
        {
            _bits |= 1UL << (int)op;
        }
    }

    /// <summary>Every op.</summary>
    public static OpSet Every { get; } = new(ulong.MaxValue);

    /// <summary>Ops of one source that work lane by lane.</summary>
    public static OpSet Unary { get; } = new(Ops.Neg, Ops.Sqrt, Ops.Exp2, Ops.Log2, Ops.Sin, Ops.Trunc, Ops.Cast, Ops.Bitcast);

    /// <summary>Ops of two sources that work lane by lane.</summary>
    public static OpSet Binary { get; } = new(
        Ops.Add, Ops.Sub, Ops.Mul, Ops.Div, Ops.IntDiv, Ops.IntMod, Ops.FloorDiv, Ops.FloorMod, Ops.Max, Ops.CmpLt, Ops.CmpEq,
        Ops.CmpNe, Ops.And, Ops.Or, Ops.Xor, Ops.Shl, Ops.Shr, Ops.Threefry);

    /// <summary>Ops that work lane by lane: all arithmetic.</summary>
    public static OpSet Elementwise { get; } = Unary | Binary | new OpSet(Ops.Where, Ops.MulAcc, Ops.Math, Ops.Dot4);

    /// <summary>Ops that give a truth value.</summary>
    public static OpSet Comparison { get; } = new(Ops.CmpLt, Ops.CmpEq, Ops.CmpNe);

    /// <summary>Ops whose two sources may change places.</summary>
    public static OpSet Commutative { get; } = new(Ops.Add, Ops.Mul, Ops.Max, Ops.CmpEq, Ops.CmpNe, Ops.And, Ops.Or, Ops.Xor);

    /// <summary>Ops that only say where elements are.</summary>
    public static OpSet Movement { get; } = new(Ops.Reshape, Ops.Permute, Ops.Expand, Ops.Pad, Ops.Shrink, Ops.Flip);

    /// <summary>The ops of both sets.</summary>
    public static OpSet operator |(OpSet a, OpSet b) => new(a._bits | b._bits);

    /// <summary>The ops of the first set that are not in the second.</summary>
    public static OpSet operator -(OpSet a, OpSet b) => new(a._bits & ~b._bits);

    /// <summary>Equality.</summary>
    public static bool operator ==(OpSet a, OpSet b) => a._bits == b._bits;

    /// <summary>Inequality.</summary>
    public static bool operator !=(OpSet a, OpSet b) => a._bits != b._bits;

    /// <summary>Whether the op is in the set.</summary>
    public bool Contains(Ops op) => (_bits >> (int)op & 1) != 0;

    /// <summary>Whether every op of the other set is in this one.</summary>
    public bool Contains(OpSet other) => (other._bits & ~_bits) == 0;

    /// <inheritdoc/>
    public bool Equals(OpSet other) => _bits == other._bits;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is OpSet s && Equals(s);

    /// <inheritdoc/>
    public override int GetHashCode() => _bits.GetHashCode();

    /// <inheritdoc/>
    public IEnumerator<Ops> GetEnumerator()
    {
        foreach (var op in Enum.GetValues<Ops>())
        {
            if (Contains(op))
            {
                yield return op;
            }
        }
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    /// <inheritdoc/>
    public override string ToString() => string.Join(", ", this);
}
