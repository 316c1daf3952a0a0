namespace Tenon.Sdk.Conformance;

/// <summary>Names with <c>*</c> for any text.</summary>
internal static class Wildcard
{
    public static bool Matches(ReadOnlySpan<char> pattern, ReadOnlySpan<char> name)
    {
        var star = pattern.IndexOf('*');
        if (star < 0)
        {
            return pattern.Equals(name, StringComparison.OrdinalIgnoreCase);
        }

        if (!name.StartsWith(pattern[..star], StringComparison.OrdinalIgnoreCase))
        {
            return false;
        }

        for (var at = star; at <= name.Length; at++)
        {
            if (Matches(pattern[(star + 1)..], name[at..]))
            {
                return true;
            }
        }

        return false;
    }
}
