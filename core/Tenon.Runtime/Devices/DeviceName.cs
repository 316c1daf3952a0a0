using System.Globalization;

namespace Tenon.Runtime;

/// <summary>
/// A kind of device and which of its kind: <c>CPU</c> is the first, <c>CPU:1</c> the second. Or, for kinds that take one, the target that
/// the first is opened for.
/// </summary>
internal readonly record struct DeviceName(string Kind, int Ordinal, string? Target = null)
{
    public static bool TryParse(string text, out DeviceName name)
    {
        name = default;
        var colon = text.IndexOf(':');
        var kind = (colon < 0 ? text : text[..colon]).ToUpperInvariant();
        var ordinal = 0;
        var rest = colon < 0 ? "" : text[(colon + 1)..];
        var isTarget = IsTarget(rest);
        if (!IsKind(kind) || (colon >= 0 && !isTarget && !int.TryParse(rest, NumberStyles.None, CultureInfo.InvariantCulture, out ordinal)))
        {
            return false;
        }

        name = new DeviceName(kind, ordinal, isTarget ? rest : null);
        return true;
    }

    /// <exception cref="TenonException">The text is not the name of a device.</exception>
    public static DeviceName Parse(string text) => TryParse(text, out var name)
        ? name
        : throw new TenonException("TEN2202", $"'{text}' is not the name of a device. Write a kind, and a number for those after the first: CPU, CPU:1.");

    public static bool IsKind(string text) =>
        text.Length > 0 && char.IsAsciiLetterUpper(text[0]) && text.All(c => char.IsAsciiLetterUpper(c) || char.IsAsciiDigit(c) || c == '_');

    public override string ToString() => Target is not null ? $"{Kind}:{Target}" : Ordinal == 0 ? Kind : $"{Kind}:{Ordinal}";

    private static bool IsTarget(string text) =>
        text.Length > 0 && char.IsAsciiLetter(text[0]) && char.IsAsciiLetterOrDigit(text[^1]) && text.All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '-' or '.' or ':');
}
