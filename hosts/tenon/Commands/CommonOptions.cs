using System.CommandLine;
using System.Globalization;

namespace Tenon.Cli.Commands;

/// <summary>Options that several commands take, made anew for each.</summary>
internal static class CommonOptions
{
    /// <summary>Where the report goes.</summary>
    public static Option<string?> Json() => new("--json") { Description = "Also write the results as JSON to this file.", HelpName = "PATH" };

    /// <summary>A whole number of at least <paramref name="min"/>.</summary>
    public static Option<int> Number(string name, int fallback, int min, string description)
    {
        var option = new Option<int>(name) { Description = description, HelpName = "N", DefaultValueFactory = _ => fallback };
        Require<int>(option, n => n >= min, $"{name} must be at least {min}.");
        return option;
    }

    /// <summary>Refuses values that can be read but aren't meant; those that can't be read are refused anyway.</summary>
    public static void Require<T>(Option option, Func<T, bool> isLegal, string otherwise) where T : IParsable<T> =>
        option.Validators.Add(result =>
        {
            if (result.Tokens is [var token] && T.TryParse(token.Value, CultureInfo.InvariantCulture, out var value) && !isLegal(value))
            {
                result.AddError(otherwise);
            }
        });

    /// <summary>A time, such as 60s, 5m or 1h.</summary>
    public static Option<string> Duration(string name, string fallback, string description)
    {
        var option = new Option<string>(name) { Description = description, HelpName = "TIME", DefaultValueFactory = _ => fallback };
        option.Validators.Add(result =>
        {
            if (result.Tokens is [var token] && ReadDuration(token.Value) is null)
            {
                result.AddError($"'{token.Value}' is not a time: {name} is a number of seconds, or a number with s, m or h.");
            }
        });
        return option;
    }

    /// <summary>The value of a <see cref="Duration"/>; null if it is none.</summary>
    public static TimeSpan? ReadDuration(string text)
    {
        var (number, unit) = text.Length > 0 && char.IsAsciiLetter(text[^1]) ? (text[..^1], text[^1]) : (text, 's');
        double seconds = unit switch { 's' => 1, 'm' => 60, 'h' => 3600, _ => double.NaN };
        return double.TryParse(number, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var n) && n * seconds is > 0 and < 1e7 ? TimeSpan.FromSeconds(n * seconds) : null;
    }
}
