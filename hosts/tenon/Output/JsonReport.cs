using System.Text.Json;
using System.Text.Json.Serialization;

namespace Tenon.Cli.Output;

/// <summary>Writes what a command prints as JSON, for <c>--json</c>; the keys are documented in <c>docs/cli.md</c>.</summary>
internal static class JsonReport
{
    private static readonly JsonSerializerOptions Options = new()
    {
        WriteIndented = true,
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
        Converters = { new JsonStringEnumConverter() },
    };

    /// <summary>Writes the report, if a path is given; <c>-</c> is standard output.</summary>
    public static void Write<T>(string? path, T report)
    {
        if (path is null)
        {
            return;
        }

        var json = JsonSerializer.Serialize(report, Options);
        if (path == "-")
        {
            Console.Out.WriteLine(json);
            return;
        }

        try
        {
            File.WriteAllText(path, json + "\n");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
        {
            throw new TenonException("TEN9005", $"Can't write the JSON report to '{path}': {e.Message} Give --json a file in a folder that exists and is writable.", e);
        }
    }
}
