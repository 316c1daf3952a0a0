using System.Globalization;
using System.Text.RegularExpressions;
using Tenon.Core.Backend;

namespace Tenon.Plugins.WebGpu;

/// <summary>What a compiler of shaders says, with the line that it means.</summary>
internal static partial class ShaderErrors
{
    /// <summary>The error for a kernel whose shader doesn't compile.</summary>
    public static BackendException Of(string kernel, string source, string message)
    {
        var lines = source.Split('\n');
        var place = Place().Match(message);
        var line = place.Success ? int.Parse(place.Groups[1].Value, CultureInfo.InvariantCulture) : 0;
        var where = line > 0 && line <= lines.Length ? $" line {line} ({lines[line - 1].Trim()}): {place.Groups[3].Value.Trim()}" : $" {message.Trim()}";
        return new BackendException("TEN4354", $"The shader of kernel {kernel} doesn't compile:{where}");
    }

    [GeneratedRegex(@":(\d+):(\d+) error: ([^\n]*)")]
    private static partial Regex Place();
}
