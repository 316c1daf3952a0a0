using System.Text.Json;

namespace Tenon.Cli.Conformance;

/// <summary>A folder with a plugin that may not be listed anywhere.</summary>
internal static class PluginFolder
{
    private const string ManifestFile = "tenon.plugin.json";

    /// <summary>The id of the plugin and the kinds of its devices. What else its manifest says is checked when it is opened.</summary>
    /// <exception cref="TenonException">There is no manifest, or it doesn't say.</exception>
    public static (string Id, IReadOnlyList<string> Kinds) Read(string folder)
    {
        var file = Path.Combine(folder, ManifestFile);
        try
        {
            using var json = JsonDocument.Parse(File.ReadAllBytes(file), new JsonDocumentOptions { AllowTrailingCommas = true, CommentHandling = JsonCommentHandling.Skip });
            var kinds = json.RootElement.TryGetProperty("devices", out var devices) && devices.ValueKind == JsonValueKind.Array ? devices.EnumerateArray().Select(d => d.GetString() ?? "").ToList() : [];
            return (json.RootElement.GetProperty("id").GetString() ?? throw new JsonException("'id' is null."), kinds);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or JsonException or InvalidOperationException or KeyNotFoundException)
        {
            throw new TenonException("TEN4402", $"{folder} is no plugin's folder: {file} can't be read: {e.Message} Name the folder that holds the plugin's DLL and its {ManifestFile}, or a device such as CPU.", e);
        }
    }
}
