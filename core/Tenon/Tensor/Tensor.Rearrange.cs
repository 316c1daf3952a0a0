using System.Globalization;
using Tenon.Core;

namespace Tenon;

/// <summary>How axes that a pattern leaves out are reduced.</summary>
public enum AxisReduction
{
    /// <summary>Their sum.</summary>
    Sum,

    /// <summary>Their mean.</summary>
    Mean,

    /// <summary>The greatest element.</summary>
    Max,

    /// <summary>The least element.</summary>
    Min,

    /// <summary>Their product.</summary>
    Prod,

    /// <summary>Whether any is not zero.</summary>
    Any,

    /// <summary>Whether all are not zero.</summary>
    All,
}

/// <content>Movement by patterns with named axes, after A. Rogozhnikov's einops (ICLR 2022).</content>
public sealed partial class Tensor
{
    /// <summary>Reorders, splits and merges axes: <c>x.Rearrange("b (h w) c -> b c h w", ("h", 16))</c>.</summary>
    /// <param name="pattern">
    /// Names for the axes as they are and as they will be. A group in parentheses is one axis, composed of several, the last running
    /// fastest; <c>...</c> stands for the axes that are not named, 1 (or an empty group) for an axis of size 1.
    /// </param>
    /// <param name="sizes">Sizes of names that don't follow from the shape: all but one in each group.</param>
    /// <exception cref="TenonException">The pattern doesn't fit the shape, or the two sides don't name the same axes.</exception>
    public Tensor Rearrange(string pattern, params ReadOnlySpan<(string Name, SymInt Size)> sizes) => ByPattern(pattern, null, canRepeat: false, sizes);

    /// <summary>As <see cref="Rearrange"/>, where axes that the right side leaves out are reduced: <c>x.Reduce("b c h w -> b c", AxisReduction.Mean)</c>.</summary>
    public Tensor Reduce(string pattern, AxisReduction reduction, params ReadOnlySpan<(string Name, SymInt Size)> sizes) => ByPattern(pattern, reduction, canRepeat: false, sizes);

    /// <summary>As <see cref="Rearrange"/>, where axes that only the right side has are repeated: <c>x.Repeat("h w -> h (w 2)")</c>.</summary>
    public Tensor Repeat(string pattern, params ReadOnlySpan<(string Name, SymInt Size)> sizes) => ByPattern(pattern, null, canRepeat: true, sizes);

    private Tensor ByPattern(string pattern, AxisReduction? reduction, bool canRepeat, ReadOnlySpan<(string Name, SymInt Size)> sizes)
    {
        var (left, right) = AxisPattern.ParseBoth(pattern);
        var free = Rank - left.Axes.Count(static a => a is not [AxisPattern.Ellipsis]);
        var hasEllipsis = left.Axes.Exists(static a => a is [AxisPattern.Ellipsis]);
        if ((hasEllipsis ? free < 0 : free != 0) || left.Axes.Exists(static a => a.Length > 1 && a.Contains(AxisPattern.Ellipsis)))
        {
            throw AxisPattern.Error(pattern, $"its left side doesn't fit shape {Shape}, or has '...' in a group");
        }

        (left, right) = (left.Expanded(free), right.Expanded(free));
        var known = new Dictionary<string, SymInt>();
        foreach (var (name, size) in sizes)
        {
            known[name] = size;
        }

        // Every single axis of the left side, then those that stay, then those of the right side.
        var single = new List<(string Name, SymInt Size)>();
        for (var i = 0; i < left.Axes.Count; i++)
        {
            single.AddRange(SizesOf(left.Axes[i], Shape.Size(i), known, pattern));
        }

        foreach (var (name, size) in single)
        {
            known[name] = size;
        }

        var names = single.ConvertAll(static s => s.Name);
        var target = right.Axes.SelectMany(static a => a).ToList();
        string[] kept = [.. target.Where(n => !IsNumber(n) && names.Contains(n))];
        var isNew = target.ConvertAll(n => !kept.Contains(n));
        if (target.Where((n, i) => isNew[i] && n != "1").FirstOrDefault() is { } added && !canRepeat)
        {
            throw AxisPattern.Error(pattern, $"'{added}' stands on the right side only; Repeat makes new axes");
        }

        if (names.FirstOrDefault(n => n != "1" && !kept.Contains(n)) is { } dropped && reduction is null)
        {
            throw AxisPattern.Error(pattern, $"'{dropped}' stands on the left side only; Reduce leaves axes out");
        }

        int[] reduced = [.. Enumerable.Range(0, names.Count).Where(i => !kept.Contains(names[i]))];
        var x = Reshape([.. single.Select(static s => s.Size)]).ReducedBy(reduction ?? AxisReduction.Sum, reduced);
        var order = names.Where(kept.Contains).ToList();
        x = x.Permute([.. kept.Select(n => order.IndexOf(n))]);
        var all = target.Select(n => IsNumber(n) ? long.Parse(n, CultureInfo.InvariantCulture) : known.TryGetValue(n, out var size) ? size : throw AxisPattern.Error(pattern, $"the size of '{n}' is not given")).ToArray();
        x = x.Reshape([.. all.Select((s, i) => isNew[i] ? 1 : s)]).Expand(all);
        var next = 0;
        return x.Reshape([.. right.Axes.Select(a => Shapes.Product(all.AsSpan((next += a.Length) - a.Length, a.Length)))]);
    }

    private Tensor ReducedBy(AxisReduction reduction, int[] axes) => axes.Length == 0 ? this : reduction switch
    {
        AxisReduction.Sum when axes.All(a => Shape.Size(a) == 1) => Reshape(Shapes.Without(Shape, axes)),
        AxisReduction.Sum => Sum(axes),
        AxisReduction.Mean => Mean(axes),
        AxisReduction.Max => Max(axes),
        AxisReduction.Min => Min(axes),
        AxisReduction.Prod => Prod(axes),
        AxisReduction.Any => Any(axes),
        _ => All(axes),
    };

    // The sizes of what an axis is composed of; one of them may follow from the others.
    private List<(string Name, SymInt Size)> SizesOf(string[] parts, SymInt size, Dictionary<string, SymInt> known, string pattern)
    {
        SymInt rest = 1;
        string? unknown = null;
        foreach (var part in parts)
        {
            if (IsNumber(part) || known.ContainsKey(part))
            {
                rest *= Size(part);
            }
            else
            {
                unknown = unknown is null ? part : throw AxisPattern.Error(pattern, $"the sizes of '{unknown}' and '{part}' are both not given");
            }
        }

        var isWhole = unknown is null ? rest == size : rest == 0 ? size == 0 : size % rest == 0;
        return isWhole
            ? [.. parts.Select(p => (p, p == unknown ? rest == 0 ? 0 : size / rest : Size(p)))]
            : throw AxisPattern.Error(pattern, $"an axis of {size} elements of shape {Shape} is not composed of ({string.Join(' ', parts)}) with {rest} of them given");

        SymInt Size(string part) => IsNumber(part) ? long.Parse(part, CultureInfo.InvariantCulture) : known[part];
    }

    private static bool IsNumber(string name) => char.IsDigit(name[0]);
}
