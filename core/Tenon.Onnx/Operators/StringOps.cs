using System.Globalization;
using System.Text.RegularExpressions;
using Tenon.Onnx.Graph;
using Tenon.Onnx.Run;

namespace Tenon.Onnx.Operators;

/// <summary>Operators on texts. They run on the host.</summary>
internal static class StringOps
{
    // A pattern that makes a text cost more than this is an attack.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    /// <summary>Adds them.</summary>
    public static void Register(OpRegistry ops)
    {
        ops.AddMany("StringConcat", 20, c => [StringConcat(c)]);
        ops.AddMany("StringSplit", 20, StringSplit);
        ops.AddMany("StringNormalizer", 10, c => [StringNormalizer(c)]);
        ops.Add("RegexFullMatch", 20, RegexFullMatch);
        ops.Add("TfIdfVectorizer", 9, TfIdf.Vectorize);
    }

    /// <summary>The texts of a value broadcast to a shape.</summary>
    public static StringValue Broadcast(StringValue strings, long[] shape) =>
        strings.Shape.SequenceEqual(shape) ? strings : StringPositions.Moved(strings, x => x.Expand(shape));

    /// <summary>The shape to which two shapes broadcast.</summary>
    public static long[] Common(OpCall c, IReadOnlyList<long> a, IReadOnlyList<long> b)
    {
        var shape = new long[Math.Max(a.Count, b.Count)];
        for (var i = 1; i <= shape.Length; i++)
        {
            var (m, n) = (i <= a.Count ? a[^i] : 1, i <= b.Count ? b[^i] : 1);
            shape[^i] = m == n || n == 1 ? m : m == 1 ? n : throw c.Error($"shapes [{string.Join(", ", a)}] and [{string.Join(", ", b)}] do not broadcast.");
        }

        return shape;
    }

    private static StringValue StringConcat(OpCall c)
    {
        var (x, y) = (c.Value(0).Strings, c.Value(1).Strings);
        var shape = Common(c, x.Shape, y.Shape);
        return new StringValue([.. Broadcast(x, shape).Values.Zip(Broadcast(y, shape).Values, string.Concat)], shape);
    }

    // Shorter results end in empty texts.
    private static OnnxValue?[] StringSplit(OpCall c)
    {
        var x = c.Value(0).Strings;
        var limit = c.HasAttribute("maxsplit") ? c.Int("maxsplit", 0) : int.MaxValue;
        var parts = x.Values.Select(text => Parts(text, c.Text("delimiter", ""), limit)).ToArray();
        var width = parts.Select(p => p.Count).DefaultIfEmpty(0).Max();
        var texts = parts.SelectMany(p => p.Concat(Enumerable.Repeat("", width - p.Count)));
        var counts = Tensor.From<long>([.. parts.Select(p => (long)p.Count)], [.. x.Shape], c.Context.Device);
        return [new StringValue([.. texts], [.. x.Shape, width]), counts];
    }

    private static List<string> Parts(string text, string delimiter, int limit)
    {
        if (delimiter.Length > 0)
        {
            return [.. text.Split(delimiter, limit == int.MaxValue ? limit : limit + 1)];
        }

        // Without a delimiter, runs of white space part words.
        var parts = new List<string>();
        var rest = text.AsSpan().Trim();
        while (rest.Length > 0)
        {
            var end = parts.Count < limit ? IndexOfSpace(rest) : -1;
            parts.Add((end < 0 ? rest : rest[..end]).ToString());
            rest = end < 0 ? [] : rest[end..].TrimStart();
        }

        return parts;
    }

    private static int IndexOfSpace(ReadOnlySpan<char> text)
    {
        for (var i = 0; i < text.Length; i++)
        {
            if (char.IsWhiteSpace(text[i]))
            {
                return i;
            }
        }

        return -1;
    }

    private static Tensor RegexFullMatch(OpCall c)
    {
        var (x, pattern) = (c.Value(0).Strings, c.Text("pattern", ""));
        try
        {
            var regex = new Regex($@"\A(?:{pattern})\z", RegexOptions.CultureInvariant, Patience);
            return Tensor.From<bool>([.. x.Values.Select(t => regex.IsMatch(t))], [.. x.Shape], c.Context.Device);
        }
        catch (RegexParseException e)
        {
            throw c.Error($"pattern '{pattern}': {e.Message}");
        }
    }

    // Stop words go; if none is left, one empty text is.
    private static StringValue StringNormalizer(OpCall c)
    {
        var x = c.Value(0).Strings;
        if (x.Shape.Count != 1 && (x.Shape.Count != 2 || x.Shape[0] != 1))
        {
            throw c.Error($"{x.Description}. Expected shape [C] or [1, C].");
        }

        var culture = c.Text("locale", "") is { Length: > 0 } name ? Culture(c, name) : CultureInfo.InvariantCulture;
        var comparer = StringComparer.Create(culture, c.Flag("is_case_sensitive") ? CompareOptions.None : CompareOptions.IgnoreCase);
        var stops = (c.Texts("stopwords") ?? []).ToHashSet(comparer);
        var kept = x.Values.Where(t => !stops.Contains(t)).Select(t => c.Text("case_change_action", "NONE") switch
        {
            "LOWER" => t.ToLower(culture),
            "UPPER" => t.ToUpper(culture),
            "NONE" => t,
            var other => throw c.Error($"case_change_action '{other}'. Expected NONE, LOWER or UPPER."),
        }).DefaultIfEmpty("").ToArray();
        return new StringValue(kept, x.Shape.Count == 1 ? [kept.Length] : [1, kept.Length]);
    }

    // en_US and en-US are the same.
    private static CultureInfo Culture(OpCall c, string name)
    {
        try
        {
            return CultureInfo.GetCultureInfo(name.Split('.')[0].Replace('_', '-'));
        }
        catch (CultureNotFoundException)
        {
            throw c.Error($"locale '{name}' is not known.");
        }
    }
}
