namespace Tenon.Core.Backend;

/// <summary>
/// Which elements of a matrix each lane of a <see cref="TensorCore"/> holds: each bit of the lane's number, and of the element's number in
/// what the lane holds, is a bit of the row or of the column.
/// </summary>
public sealed class FragmentLayout : IEquatable<FragmentLayout>
{
    private readonly CoreBit?[] _lane;
    private readonly CoreBit?[] _element;

    /// <summary>A layout in which lanes hold elements.</summary>
    /// <param name="lane">
    /// What the bits of the lane's number are, the lowest first: <c>"k1 k2 m0 m1 m2"</c>; <c>-</c> is a bit that doesn't matter: lanes that
    /// differ in it hold the same.
    /// </param>
    /// <param name="element">What the bits of the element's number are.</param>
    /// <exception cref="FormatException">Not such a list.</exception>
    public FragmentLayout(string lane, string element)
    {
        (_lane, _element) = (Parse(lane), Parse(element));
        if (Array.Exists(_element, b => b is null))
        {
            throw new FormatException($"'{element}' has a bit that says nothing; only lanes may hold the same.");
        }
    }

    private FragmentLayout(string element) : this("", element) => IsLocal = true;

    /// <summary>Whether the matrix is in a local array of the group, and no lane holds a part of it.</summary>
    public bool IsLocal { get; }

    /// <summary>How many elements a lane holds; of a matrix in a local array, how many there are.</summary>
    public int Elements => 1 << _element.Length;

    /// <summary>What the bits of the lane's number are, the lowest first; null for those that don't matter.</summary>
    public IReadOnlyList<CoreBit?> LaneBits => _lane;

    /// <summary>What the bits of the element's number are, the lowest first.</summary>
    public IReadOnlyList<CoreBit?> ElementBits => _element;

    /// <summary>A layout in which the elements are in a local array.</summary>
    /// <param name="element">What the bits of the place in the array are.</param>
    public static FragmentLayout InLocalMemory(string element) => new(element);

    /// <summary>The index along an axis of an element of a lane.</summary>
    public int IndexOf(CoreAxis axis, int lane, int element) => Gather(_lane, axis, lane) | Gather(_element, axis, element);

    /// <inheritdoc/>
    public bool Equals(FragmentLayout? other) => other is not null && other.IsLocal == IsLocal && _lane.AsSpan().SequenceEqual(other._lane) && _element.AsSpan().SequenceEqual(other._element);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as FragmentLayout);

    /// <inheritdoc/>
    public override int GetHashCode() => ToString().GetHashCode(StringComparison.Ordinal);

    /// <inheritdoc/>
    public override string ToString() => IsLocal ? $"local({Text(_element)})" : $"lane({Text(_lane)}) element({Text(_element)})";

    private static int Gather(CoreBit?[] bits, CoreAxis axis, int number)
    {
        var index = 0;
        for (var i = 0; i < bits.Length; i++)
        {
            index |= bits[i] is { } b && b.Axis == axis ? (number >> i & 1) << b.Bit : 0;
        }

        return index;
    }

    private static CoreBit?[] Parse(string text) => [.. text.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(ParseBit)];

    private static CoreBit? ParseBit(string word) => word == "-" ? null
        : word.Length > 1 && Enum.TryParse<CoreAxis>(word[..1], ignoreCase: true, out var axis) && byte.TryParse(word[1..], out var bit) && bit < 31 ? new CoreBit(axis, bit)
        : throw new FormatException($"'{word}' is not a bit of an index. Expected m, n or k with the number of the bit, or -.");

    private static string Text(CoreBit?[] bits) => string.Join(' ', bits.Select(b => b is { } bit ? $"{char.ToLowerInvariant(bit.Axis.ToString()[0])}{bit.Bit}" : "-"));
}
