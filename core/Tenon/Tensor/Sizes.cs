using System.Runtime.CompilerServices;

namespace Tenon;

/// <summary>
/// A whole number for each of the axes over which windows slide: one stands for all (<c>3</c>), or there is one for each
/// (<c>(2, 1)</c>, <c>(1, 2, 2)</c>, <c>[3, 3]</c>). The default is what the operation says.
/// </summary>
[CollectionBuilder(typeof(Sizes), nameof(Create))]
public readonly struct Sizes
{
    private readonly long[]? _values;

    private Sizes(long[] values) => _values = values;

    /// <summary>How many numbers there are; 0 for the default.</summary>
    public int Count => _values?.Length ?? 0;

    /// <summary>The number of an axis, as it was given.</summary>
    public long this[int axis] => _values![axis];

    /// <summary>One number for all axes.</summary>
    public static implicit operator Sizes(int size) => new([size]);

    /// <summary>One number for all axes.</summary>
    public static implicit operator Sizes(long size) => new([size]);

    /// <summary>A number for each of two axes, such as height and width.</summary>
    public static implicit operator Sizes((long First, long Second) sizes) => new([sizes.First, sizes.Second]);

    /// <summary>A number for each of three axes, such as depth, height and width.</summary>
    public static implicit operator Sizes((long First, long Second, long Third) sizes) => new([sizes.First, sizes.Second, sizes.Third]);

    /// <summary>A number for each axis.</summary>
    public static implicit operator Sizes(long[] sizes) => Create(sizes);

    /// <summary>A number for each axis.</summary>
    public static implicit operator Sizes(int[] sizes) => new(Array.ConvertAll(sizes, static s => (long)s));

    /// <summary>A number for each axis.</summary>
    public static Sizes Create(ReadOnlySpan<long> sizes) => new(sizes.ToArray());

    /// <summary>The numbers, as they were given.</summary>
    public ReadOnlySpan<long>.Enumerator GetEnumerator() => new ReadOnlySpan<long>(_values).GetEnumerator();

    /// <inheritdoc/>
    public override string ToString() => Count == 1 ? $"{_values![0]}" : $"[{string.Join(", ", _values ?? [])}]";

    /// <summary>A number for each of so many axes.</summary>
    /// <param name="axes">How many.</param>
    /// <param name="orElse">What the default means.</param>
    /// <param name="operation">Who asks, for the message.</param>
    internal long[] For(int axes, Sizes orElse, string operation)
    {
        var values = _values ?? orElse._values!;
        if (values.Length != 1 && values.Length != axes)
        {
            throw new TenonException("TEN3200", $"{operation}: {this} for {axes} axes. Expected one number for all of them, or {axes} numbers.");
        }

        return values.Length == axes ? values : [.. Enumerable.Repeat(values[0], axes)];
    }
}
