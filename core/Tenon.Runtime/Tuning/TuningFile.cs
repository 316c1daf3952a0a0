using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using Tenon.Compiler;

namespace Tenon.Runtime;

/// <summary>
/// What searches have found as lines of JSON: the first says what it is, each further one is a kernel. A line that is damaged
/// is as good as absent. docs/tuning.md describes them.
/// </summary>
public static class TuningFile
{
    private const string Header = """{"format":"tenon-tuning","version":1}""";

    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        Converters = { new JsonStringEnumConverter() },
    };

    /// <summary>The kernels of a file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="onDamage">Hears of lines that are left out.</param>
    /// <exception cref="TenonException">It can't be read, or is no such file.</exception>
    public static IReadOnlyList<TunedKernel> Read(string path, Action<string>? onDamage = null)
    {
        string[] lines;
        try
        {
            lines = File.ReadAllLines(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new TenonException("TEN1110", $"{path}, a file of tuned kernels, can't be read: {e.Message} Correct 'tuning:files' in {TenonConfiguration.FileName}.", e);
        }

        if (lines is not [Header, ..])
        {
            throw new TenonException("TEN1111", $"{path} is not a file of tuned kernels of this version. It must begin with {Header}. Make it with tenon tune --out.");
        }

        var kernels = new List<TunedKernel>();
        for (var i = 1; i < lines.Length; i++)
        {
            if (Parse(lines[i]) is { } kernel)
            {
                kernels.Add(kernel);
            }
            else if (lines[i].Length > 0)
            {
                onDamage?.Invoke($"line {i + 1} of {path} is damaged and left out");
            }
        }

        return kernels;
    }

    /// <summary>Writes kernels in place of what is there.</summary>
    /// <exception cref="TenonException">It can't be written.</exception>
    public static void Write(string path, IEnumerable<TunedKernel> kernels)
    {
        var temporary = $"{path}.{Guid.NewGuid():N}.tmp";
        try
        {
            File.WriteAllLines(temporary, kernels.OrderBy(k => k.Key, StringComparer.Ordinal).Select(Format).Prepend(Header));
            File.Move(temporary, path, overwrite: true);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            CacheFolder.TryDelete(temporary);
            throw new TenonException("TEN1112", $"{path} can't be written: {e.Message} Name another file with --out.", e);
        }
    }

    internal static string Format(TunedKernel kernel) => JsonSerializer.Serialize(new Line(kernel, Check(kernel)), Json);

    /// <summary>The kernel of a line; null if it is damaged, or says something that this version doesn't know.</summary>
    internal static TunedKernel? Parse(string line)
    {
        try
        {
            return JsonSerializer.Deserialize<Line>(line, Json) is { Tuned: { Key.Length: 64 } kernel, Check: { } check } && check == Check(kernel) ? kernel : null;
        }
        catch (Exception e) when (e is JsonException or NotSupportedException or ArgumentException)
        {
            return null;
        }
    }

    private static string Check(TunedKernel kernel) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(JsonSerializer.Serialize(kernel, Json))))[..16];

    private sealed record Line(TunedKernel Tuned, string Check);
}
