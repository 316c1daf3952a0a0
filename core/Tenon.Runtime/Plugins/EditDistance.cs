namespace Tenon.Runtime;

/// <summary>Finds the name that someone probably meant.</summary>
internal static class EditDistance
{
    /// <summary>The candidate that is at most two letters off, or null.</summary>
    public static string? Nearest(string text, IEnumerable<string> candidates)
    {
        var best = candidates.Select(c => (Name: c, Distance: Between(text, c))).OrderBy(c => c.Distance).FirstOrDefault();
        return best.Name is not null && best.Distance <= 2 && best.Distance < best.Name.Length ? best.Name : null;
    }

    // Levenshtein's distance, one row at a time.
    private static int Between(string a, string b)
    {
        var row = Enumerable.Range(0, b.Length + 1).ToArray();
        for (var i = 1; i <= a.Length; i++)
        {
            var diagonal = row[0];
            row[0] = i;
            for (var j = 1; j <= b.Length; j++)
            {
                var substitute = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.Min(substitute, Math.Min(row[j], row[j - 1]) + 1);
            }
        }

        return row[^1];
    }
}
