using Tenon.Core;

namespace Tenon;

/// <summary>
/// One side of a pattern such as <c>b (h w) ... 1 c</c>: axes, each a list of what it is composed of. Names stand for themselves,
/// numbers for axes of that size, <c>…</c> for all that are not named.
/// </summary>
internal sealed class AxisPattern
{
    public const string Ellipsis = "...";

    private AxisPattern(List<string[]> axes) => Axes = axes;

    /// <summary>The axes.</summary>
    public List<string[]> Axes { get; }

    /// <summary>Both sides of an arrow.</summary>
    public static (AxisPattern Left, AxisPattern Right) ParseBoth(string pattern)
    {
        var sides = pattern.Split("->");
        return sides.Length == 2
            ? (Parse(sides[0], pattern), Parse(sides[1], pattern))
            : throw Error(pattern, "it has no arrow, or several");
    }

    public static TenonException Error(string pattern, string what) =>
        new("TEN3165", $"Pattern '{pattern}': {what}. Expected names, numbers, '...' and groups on both sides of an arrow, as in 'b (h w) c -> b c h w'.");

    private static AxisPattern Parse(string side, string pattern)
    {
        var axes = new List<string[]>();
        List<string>? group = null;
        var spaced = side.Replace("(", " ( ", StringComparison.Ordinal).Replace(")", " ) ", StringComparison.Ordinal).Replace(Ellipsis, $" {Ellipsis} ", StringComparison.Ordinal);
        foreach (var word in spaced.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            switch (word)
            {
                case "(" when group is null:
                    group = [];
                    break;
                case ")" when group is not null:
                    // A group of '...' alone is still one axis.
                    axes.Add(group is [Ellipsis] ? [Ellipsis, "1"] : [.. group]);
                    group = null;
                    break;
                case "(" or ")":
                    throw Error(pattern, "groups are not closed, or nested");
                case Ellipsis when (group?.Contains(Ellipsis) ?? false) || axes.Exists(static a => a.Contains(Ellipsis)):
                    throw Error(pattern, "'...' stands twice");
                case var _ when word != Ellipsis && !word.All(static c => char.IsLetterOrDigit(c) || c == '_'):
                    throw Error(pattern, $"'{word}' is no name");
                default:
                    if (group is null)
                    {
                        axes.Add([word]);
                    }
                    else
                    {
                        group.Add(word);
                    }

                    break;
            }
        }

        if (group is not null || axes.SelectMany(static a => a).Where(static n => !char.IsDigit(n[0])).GroupBy(static n => n).Any(static g => g.Count() > 1))
        {
            throw Error(pattern, group is not null ? "a group is not closed" : "a name stands twice on one side");
        }

        return new AxisPattern(axes);
    }

    /// <summary>The side with the ellipsis replaced by so many names of its own: as many axes, or in a group as parts of one.</summary>
    public AxisPattern Expanded(int count)
    {
        string[] names = [.. Enumerable.Range(0, count).Select(static i => $"{Ellipsis}{i}")];
        return new([.. Axes.SelectMany(a => a is [Ellipsis] ? names.Select(static n => (string[])[n]) : [[.. a.SelectMany(p => p == Ellipsis ? names : [p])]])]);
    }
}
