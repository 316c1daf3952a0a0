using System.Globalization;

namespace Tenon.Runtime;

/// <summary>A kind of device and which of its kind: <c>CPU</c> is the first, <c>CPU:1</c> the second.</summary>
internal readonly record struct DeviceName(string Kind, int Ordinal)
{
    public static bool TryParse(string text, out DeviceName name)
    {
        name = default;
        var colon = text.IndexOf(':');
        var kind = (colon < 0 ? text : text[..colon]).ToUpperInvariant();
        var ordinal = 0;
        if (!IsKind(kind) || (colon >= 0 && !int.TryParse(text.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out ordinal)))
        {
            return false;
        }

        name = new DeviceName(kind, ordinal);
        return true;
    }

    /// <exception cref="TenonException">The text is not the name of a device.</exception>
    public static DeviceName Parse(string text) => TryParse(text, out var name)
        ? name
        : throw new TenonException("TEN2202", $"'{text}' is not the name of a device. Write a kind, and a number for those after the first: CPU, CPU:1.");

    public static bool IsKind(string text) =>
        text.Length > 0 && char.IsAsciiLetterUpper(text[0]) && text.All(c => char.IsAsciiLetterUpper(c) || char.IsAsciiDigit(c) || c == '_');

    public override string ToString() => Ordinal == 0 ? Kind : $"{Kind}:{Ordinal}";
}
