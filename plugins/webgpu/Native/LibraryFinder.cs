namespace Tenon.Plugins.WebGpu.Native;

/// <summary>Looks for an implementation of webgpu.h: where the setting says, else in the plugin's folder, else where the system has libraries.</summary>
internal static class LibraryFinder
{
    private static readonly string[] Names = ["webgpu_dawn", "webgpu_wrapper", "dawn", "wgpu_native"];

    /// <summary>The first that will do; null, with what was tried and what to do, if there is none.</summary>
    public static WebGpuLibrary? Find(string? setting, out string reason)
    {
        var reasons = new List<string>();
        foreach (var path in setting is null ? UsualPlaces() : [setting])
        {
            if (WebGpuLibrary.TryOpen(path, out var why) is { } library)
            {
                reason = "";
                return library;
            }

            // A name that the system doesn't know is no news.
            if (setting is not null || !why.EndsWith("can't be opened", StringComparison.Ordinal))
            {
                reasons.Add(why);
            }
        }

        var tried = reasons.Count > 0 ? string.Join("; ", reasons) : $"none was found as {string.Join(", ", Names.Select(FileName))}";
        reason = $"TEN4360: WEBGPU needs an implementation of webgpu.h, Dawn or wgpu: {tried}. Put one beside the plugin ({AppContext.BaseDirectory}plugins/webgpu), or name its path by the setting \"library\" of the plugin tenon.webgpu in plugins.json.";
        return null;
    }

    private static IEnumerable<string> UsualPlaces()
    {
        var folder = Path.GetDirectoryName(typeof(LibraryFinder).Assembly.Location);
        foreach (var name in Names.Select(FileName))
        {
            if (!string.IsNullOrEmpty(folder) && File.Exists(Path.Combine(folder, name)))
            {
                yield return Path.Combine(folder, name);
            }
        }

        foreach (var name in Names)
        {
            yield return FileName(name);
        }
    }

    private static string FileName(string name) =>
        OperatingSystem.IsWindows() ? $"{name}.dll" : OperatingSystem.IsMacOS() ? $"lib{name}.dylib" : $"lib{name}.so";
}
