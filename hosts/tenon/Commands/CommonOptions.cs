using System.CommandLine;

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
        option.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<int>() < min)
            {
                result.AddError($"{name} must be at least {min}.");
            }
        });
        return option;
    }
}
