using System.Text.Json;
using Microsoft.Extensions.Configuration;

namespace Tenon.Runtime;

/// <summary>
/// Reads <c>plugins.json</c> and what overrides it. Later wins: the file, the environment (<c>TENON_DEVICE</c>,
/// <c>TENON_DEBUG</c>, <c>TENON_CACHE</c>, <c>TENON_FAST_MATH</c>, <c>TENON_CHECK_INDICES</c>, and any key as <c>TENON__key__subkey</c>), then the caller's overrides.
/// </summary>
public static class TenonConfiguration
{
    /// <summary>The name of the file.</summary>
    public const string FileName = "plugins.json";

    private static readonly (string Variable, string Key)[] ShortNames = [("TENON_DEVICE", "defaultDevice"), ("TENON_DEBUG", "debug"), ("TENON_FAST_MATH", "fastMath"), ("TENON_CHECK_INDICES", "checkIndices")];

    /// <summary>Where the file is: <c>TENON_PLUGINS</c> if set, otherwise beside the program.</summary>
    public static string DefaultFile =>
        Environment.GetEnvironmentVariable("TENON_PLUGINS") is { Length: > 0 } path ? Path.GetFullPath(path) : Path.Combine(AppContext.BaseDirectory, FileName);

    /// <summary>Reads the options.</summary>
    /// <param name="file">The file; null for <see cref="DefaultFile"/>.</param>
    /// <param name="overrides">Keys such as <c>defaultDevice</c> or <c>plugins:tenon.cpu:generator</c>.</param>
    /// <exception cref="TenonException">The file is missing, is not JSON, or says something that makes no sense.</exception>
    public static RuntimeOptions Load(string? file = null, IEnumerable<KeyValuePair<string, string?>>? overrides = null)
    {
        var path = Path.GetFullPath(file ?? DefaultFile);
        try
        {
            var configuration = Read(path, overrides);
            RuntimeOptionsBinder.RequireKnownKeys(configuration);
            var options = new RuntimeOptions { Origin = path, BaseFolder = Path.GetDirectoryName(path)! };
            RuntimeOptionsBinder.Bind(configuration, options);
            return options;
        }
        catch (TenonException e) when (e.Code == "TEN2104")
        {
            throw new TenonException("TEN2104", $"{path} or an override of it: {e.Message[(e.Code.Length + 2)..]}", e);
        }
    }

    /// <summary>The configuration that <see cref="Load"/> binds, for hosts that add sources of their own.</summary>
    /// <exception cref="TenonException">The file is missing or is not JSON.</exception>
    public static IConfigurationRoot Read(string file, IEnumerable<KeyValuePair<string, string?>>? overrides = null)
    {
        if (!File.Exists(file))
        {
            throw new TenonException("TEN2101", $"There is no {FileName} at {file}, so there are no devices. Put the file that came with the program there, or set TENON_PLUGINS to its path.");
        }

        try
        {
            using var json = File.OpenRead(file);
            return new ConfigurationBuilder()
                .AddJsonStream(json)
                .AddInMemoryCollection(ReadShortNames())
                .AddEnvironmentVariables("TENON__")
                .AddInMemoryCollection(overrides ?? [])
                .Build();
        }
        catch (JsonException e)
        {
            throw new TenonException("TEN2103", $"{file} is not valid JSON: line {e.LineNumber + 1}, column {e.BytePositionInLine + 1}: {FirstSentence(e.Message)} Correct that line.", e);
        }
        catch (FormatException e)
        {
            throw new TenonException("TEN2103", $"{file} can't be read as settings: {e.Message} It must be one JSON object.", e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new TenonException("TEN2101", $"{file} can't be read: {e.Message} Make it readable, or set TENON_PLUGINS to another file.", e);
        }
    }

    private static Dictionary<string, string?> ReadShortNames()
    {
        var values = new Dictionary<string, string?>();
        foreach (var (variable, key) in ShortNames)
        {
            if (Environment.GetEnvironmentVariable(variable) is { Length: > 0 } value)
            {
                values[key] = Switch(key, value);
            }
        }

        if (Environment.GetEnvironmentVariable("TENON_CACHE") is { Length: > 0 } cache)
        {
            var (key, value) = cache switch
            {
                "0" or "false" or "off" => ("cache:enabled", "false"),
                "1" or "true" or "on" => ("cache:enabled", "true"),
                _ => ("cache:folder", cache),
            };
            values[key] = value;
        }

        return values;
    }

    private static string Switch(string key, string value) => (key, value) switch
    {
        ("fastMath" or "checkIndices", "1" or "on") => "true",
        ("fastMath" or "checkIndices", "0" or "off") => "false",
        _ => value,
    };

    private static string FirstSentence(string message) => message.IndexOf(" LineNumber:", StringComparison.Ordinal) is > 0 and var i ? message[..i] : message;
}
