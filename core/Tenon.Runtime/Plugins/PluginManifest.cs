using System.Text.Json;

namespace Tenon.Runtime;

/// <summary>The content of a plugin's <c>tenon.plugin.json</c>.</summary>
internal sealed record PluginManifest(string Id, string? Name, string Version, string Contract, string Assembly, IReadOnlyList<string>? Devices)
{
    public const string FileName = "tenon.plugin.json";

    /// <exception cref="TenonException">The folder or the manifest is missing or wrong.</exception>
    public static PluginManifest Read(string id, string folder)
    {
        if (!Directory.Exists(folder))
        {
            throw new TenonException("TEN2002", $"Plugin {id} is listed in {TenonConfiguration.FileName}, but its folder {folder} does not exist. Install the plugin there, or correct or remove its entry.");
        }

        var path = Path.Combine(folder, FileName);
        if (!File.Exists(path))
        {
            throw new TenonException("TEN2003", $"The folder of plugin {id}, {folder}, has no {FileName}. Reinstall the plugin; projects that use Tenon.Sdk get the file when they are built.");
        }

        try
        {
            using var json = JsonDocument.Parse(File.ReadAllBytes(path), new JsonDocumentOptions { AllowTrailingCommas = true, CommentHandling = JsonCommentHandling.Skip });
            var manifest = Read(json.RootElement);
            manifest.Require(id, path);
            return manifest;
        }
        catch (Exception e) when (e is JsonException or IOException or UnauthorizedAccessException)
        {
            throw new TenonException("TEN2003", $"The manifest of plugin {id}, {path}, can't be read: {e.Message} Reinstall the plugin.", e);
        }
    }

    // Without a serialiser: its set-up takes longer than the rest of the start.
    private static PluginManifest Read(JsonElement root)
    {
        if (root.ValueKind != JsonValueKind.Object)
        {
            throw new JsonException($"It is {root.ValueKind}, not an object.");
        }

        return new PluginManifest(Text("id")!, Text("name"), Text("version")!, Text("contract")!, Text("assembly")!, Texts("devices"));

        string? Text(string key) => root.TryGetProperty(key, out var value) ? AsText(key, value) : null;

        IReadOnlyList<string>? Texts(string key) => !root.TryGetProperty(key, out var value) || value.ValueKind == JsonValueKind.Null ? null
            : value.ValueKind == JsonValueKind.Array ? [.. value.EnumerateArray().Select(e => AsText(key, e) ?? throw new JsonException($"'{key}' holds null."))]
            : throw new JsonException($"'{key}' is {value.ValueKind}, not a list.");

        static string? AsText(string key, JsonElement value) => value.ValueKind is JsonValueKind.String or JsonValueKind.Null
            ? value.GetString()
            : throw new JsonException($"'{key}' is {value.ValueKind}, not text.");
    }

    private void Require(string id, string path)
    {
        var wrong = Id != id ? $"'id' is '{Id}', but {TenonConfiguration.FileName} lists it as '{id}'"
            : string.IsNullOrEmpty(Version) ? "'version' is missing"
            : !System.Version.TryParse(Contract, out _) ? $"'contract' is '{Contract}', not a version such as 1.0"
            : string.IsNullOrEmpty(Assembly) || Path.GetFileName(Assembly) != Assembly ? $"'assembly' is '{Assembly}', not a file name in the plugin's folder"
            : Devices?.FirstOrDefault(d => !DeviceName.IsKind(d)) is { } bad ? $"'devices' names '{bad}'; a kind of device is capitals and digits, such as CPU"
            : null;
        if (wrong is not null)
        {
            throw new TenonException("TEN2003", $"The manifest of plugin {id}, {path}, is wrong: {wrong}. Correct it, or reinstall the plugin.");
        }
    }
}
