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
}
