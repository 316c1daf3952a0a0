using System.Globalization;
using System.Text.RegularExpressions;
using Tenon.Core.Backend;

namespace Tenon.Plugins.Cl.Compilation;

/// <summary>Says what a driver's compiler found wrong.</summary>
internal static partial class BuildLog
{
    private const int MaxLength = 2000;

    /// <summary>The error of a kernel that doesn't compile: the line that is wrong, and the log.</summary>
    public static BackendException Explain(string kernel, string device, string source, string log)
    {
        var lines = source.Split('\n');
        var first = log.Split('\n').FirstOrDefault(l => l.Contains("error", StringComparison.OrdinalIgnoreCase) && Position().IsMatch(l));
        var number = first is null ? 0 : int.Parse(Position().Match(first).Groups[1].Value, CultureInfo.InvariantCulture);
        var where = number >= 1 && number <= lines.Length ? $" at line {number}, `{lines[number - 1].Trim()}`" : "";
        var text = log.Length > MaxLength ? log[..MaxLength] + " …" : log;
        return new BackendException("TEN4306", $"Kernel {kernel} doesn't compile on {device}{where}. The compiler says: {(text.Length > 0 ? text : "nothing")}. Please report it with the source (--debug 4); another driver may take it.");
    }

    // file:12:5: error, <kernel>:12:5: error, "file", line 12: error
    [GeneratedRegex(@"(?::|\bline )(\d+)(?::\d+)?:", RegexOptions.CultureInvariant)]
    private static partial Regex Position();
}
