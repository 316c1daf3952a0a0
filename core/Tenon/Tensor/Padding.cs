using System.Runtime.CompilerServices;

namespace Tenon;

/// <summary>
/// What is added around the axes over which windows slide: as much on both sides (<c>1</c>, <c>(1, 2)</c>, <c>[1, 1, 0]</c>), on
/// each side (<see cref="Sides"/>), or what gives one window for each stride (<see cref="Same"/>). The default is nothing.
/// </summary>
[CollectionBuilder(typeof(Padding), nameof(Create))]
public readonly struct Padding
{
    private readonly Kind _kind;
    private readonly Sizes _before;
    private readonly Sizes _after;

    private Padding(Sizes before, Sizes after) => (_before, _after) = (before, after);

    private Padding(Kind kind) => _kind = kind;

    private enum Kind : byte
    {
        Sides,
        SameUpper,
        SameLower,
    }

    /// <summary>Nothing.</summary>
    public static Padding Valid => default;

    /// <summary>As much as gives ⌈size / stride⌉ windows; if it is odd, one more behind than before.</summary>
    public static Padding Same { get; } = new(Kind.SameUpper);

    /// <summary>As <see cref="Same"/>, but if it is odd, one more before than behind.</summary>
    public static Padding SameLower { get; } = new(Kind.SameLower);

    /// <summary>As much before and behind each axis.</summary>
    public static implicit operator Padding(Sizes sizes) => new(sizes, sizes);

    /// <summary>As much before and behind each axis.</summary>
    public static implicit operator Padding(int size) => (Sizes)size;

    /// <summary>As much before and behind each axis.</summary>
    public static implicit operator Padding(long size) => (Sizes)size;

    /// <summary>As much before and behind each of two axes.</summary>
    public static implicit operator Padding((long First, long Second) sizes) => (Sizes)sizes;

    /// <summary>As much before and behind each of three axes.</summary>
    public static implicit operator Padding((long First, long Second, long Third) sizes) => (Sizes)sizes;

    /// <summary>As much before and behind each axis.</summary>
    public static implicit operator Padding(long[] sizes) => (Sizes)sizes;

    /// <summary>As much before and behind each axis.</summary>
    public static implicit operator Padding(int[] sizes) => (Sizes)sizes;

    /// <summary>As much before and behind each axis.</summary>
    public static Padding Create(ReadOnlySpan<long> sizes) => Sizes.Create(sizes);

    /// <summary>What is added before, and what behind, each axis.</summary>
    public static Padding Sides(Sizes before, Sizes after) => new(before, after);

    /// <summary>What is added before each axis, as it was given.</summary>
    public ReadOnlySpan<long>.Enumerator GetEnumerator() => _before.GetEnumerator();

    /// <inheritdoc/>
    public override string ToString() => _kind == Kind.Sides ? $"{_before} before and {_after} behind" : $"{_kind}";

    /// <summary>What is added before and behind each axis.</summary>
    /// <param name="total">By axis, what <see cref="Same"/> adds in all.</param>
    /// <param name="operation">Who asks, for the message.</param>
    internal (long Before, long After)[] For(ReadOnlySpan<long> total, string operation)
    {
        var sides = new (long Before, long After)[total.Length];
        var before = _before.For(sides.Length, 0, operation);
        var after = _after.For(sides.Length, 0, operation);
        for (var i = 0; i < sides.Length; i++)
        {
            var all = Math.Max(0, total[i]);
            sides[i] = _kind switch
            {
                Kind.SameUpper => (all / 2, all - all / 2),
                Kind.SameLower => (all - all / 2, all / 2),
                _ => (before[i], after[i]),
            };
            if (sides[i].Before < 0 || sides[i].After < 0)
            {
                throw new TenonException("TEN3201", $"{operation}: a padding of {this}. Expected 0 or more on each side; Shrink cuts.");
            }
        }

        return sides;
    }
}
