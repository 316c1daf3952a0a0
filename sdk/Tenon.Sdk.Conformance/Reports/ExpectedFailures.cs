using System.Text.Json;

namespace Tenon.Sdk.Conformance;

/// <summary>Cases that are known to fail, each with its reason. One that passes nevertheless is a failure: the list would be out of date.</summary>
public sealed class ExpectedFailures
{
    private readonly IReadOnlyList<(string Pattern, string Reason)> _entries;

    private ExpectedFailures(IReadOnlyList<(string Pattern, string Reason)> entries) => _entries = entries;

    /// <summary>No failures.</summary>
    public static ExpectedFailures None { get; } = new([]);

    /// <summary>Reads a list: JSON such as <c>[ { "case": "ops/float32*/Div", "reason": "rounded otherwise" } ]</c>.</summary>
    /// <exception cref="TenonException">The file can't be read, or is no such list.</exception>
    public static ExpectedFailures Load(string path)
    {
        try
        {
            using var json = JsonDocument.Parse(File.ReadAllBytes(path), new JsonDocumentOptions { AllowTrailingCommas = true, CommentHandling = JsonCommentHandling.Skip });
            return new ExpectedFailures([.. json.RootElement.EnumerateArray().Select(e => (Text(e, "case"), Text(e, "reason")))]);
        }
        catch (Exception e) when (e is JsonException or IOException or UnauthorizedAccessException or InvalidOperationException or KeyNotFoundException or ArgumentException)
        {
            throw new TenonException("TEN4400", $"'{path}' is no list of expected failures: {e.Message} Expected JSON such as [ {{ \"case\": \"ops/float32*/Div\", \"reason\": \"…\" }} ].", e);
        }
    }

    /// <summary>The entries of both.</summary>
    public ExpectedFailures And(ExpectedFailures other)
    {
        ArgumentNullException.ThrowIfNull(other);
        return new([.. _entries, .. other._entries]);
    }

    /// <summary>Why a case is known to fail; null if it isn't.</summary>
    public string? ReasonOf(string name) => _entries.FirstOrDefault(e => Wildcard.Matches(e.Pattern, name)).Reason;

    private static string Text(JsonElement entry, string key) =>
        entry.GetProperty(key).GetString() is { Length: > 0 } text ? text : throw new JsonException($"'{key}' is empty.");
}
