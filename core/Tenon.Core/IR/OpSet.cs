using System.Collections;
using System.Runtime.CompilerServices;

namespace Tenon.Core;

/// <summary>A set of <see cref="Ops"/> as a bit mask, with a place for every number that an op can have.</summary>
public readonly struct OpSet : IEquatable<OpSet>, IEnumerable<Ops>
{
    private const int WordBits = 64;
    private readonly Words _words;

    private OpSet(Words words) => _words = words;

    /// <summary>A set of the named ops.</summary>
    public OpSet(params ReadOnlySpan<Ops> ops)
    {
        foreach (var op in ops)
        {
            _words[(int)op / WordBits] |= 1UL << (int)op;
        }
    }

    /// <summary>Every op.</summary>
    public static OpSet Every { get; } = Merge(default, default, static (_, _) => ulong.MaxValue);

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
    public static OpSet operator |(OpSet a, OpSet b) => Merge(a, b, static (x, y) => x | y);

    /// <summary>The ops of the first set that are not in the second.</summary>
    public static OpSet operator -(OpSet a, OpSet b) => Merge(a, b, static (x, y) => x & ~y);

    /// <summary>Equality.</summary>
    public static bool operator ==(OpSet a, OpSet b) => a.Equals(b);

    /// <summary>Inequality.</summary>
    public static bool operator !=(OpSet a, OpSet b) => !a.Equals(b);

    /// <summary>Whether the op is in the set.</summary>
    public bool Contains(Ops op) => (_words[(int)op / WordBits] >> (int)op & 1) != 0;

    /// <summary>Whether every op of the other set is in this one.</summary>
    public bool Contains(OpSet other) => other - this == default;

    /// <inheritdoc/>
    public bool Equals(OpSet other) => ((ReadOnlySpan<ulong>)_words).SequenceEqual(other._words);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is OpSet s && Equals(s);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(_words[0], _words[1], _words[2], _words[3]);

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

    private static OpSet Merge(OpSet a, OpSet b, Func<ulong, ulong, ulong> merge)
    {
        Words words = default;
        for (var i = 0; i < Words.Count; i++)
        {
            words[i] = merge(a._words[i], b._words[i]);
        }

        return new(words);
    }

    [InlineArray(Count)]
    private struct Words
    {
        public const int Count = (byte.MaxValue + 1) / WordBits;
        private ulong _first;
    }
}
