namespace Tenon.Runtime;

/// <summary>The cache of schedules and compiled kernels on disk.</summary>
public sealed class CacheOptions
{
    /// <summary>Whether there is one.</summary>
    public bool Enabled { get; set; } = true;

    /// <summary>Its folder; null for <c>tenon</c> in the user's cache folder.</summary>
    public string? Folder { get; set; }

    /// <summary>Bytes from which on what has not been used for longest is deleted.</summary>
    public long MaxBytes { get; set; } = 1L << 30;

    /// <summary>What there is in the folder; nothing if the cache is off.</summary>
    public IReadOnlyList<CacheUse> Measure() => ResolveFolder() is { } folder ? CacheFolder.Measure(folder) : [];

    /// <summary>Deletes what there is in the folder. Programs that run meanwhile make again what they miss.</summary>
    public void Clear()
    {
        if (ResolveFolder() is { } folder)
        {
            CacheFolder.Clear(folder);
        }
    }

    /// <summary>The folder that is used, or null if the cache is off.</summary>
    public string? ResolveFolder() => !Enabled ? null : Folder is { Length: > 0 } f ? Path.GetFullPath(f) : DefaultFolder();

    private static string? DefaultFolder()
    {
        // .NET maps LocalApplicationData to ~/.local/share; caches belong to XDG_CACHE_HOME and ~/Library/Caches.
        var home = Environment.GetFolderPath(Environment.SpecialFolder.UserProfile);
        var cache = OperatingSystem.IsWindows() ? Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData)
            : Environment.GetEnvironmentVariable("XDG_CACHE_HOME") is { Length: > 0 } xdg ? xdg
            : home.Length == 0 ? ""
            : OperatingSystem.IsMacOS() ? Path.Combine(home, "Library", "Caches")
            : Path.Combine(home, ".cache");
        return cache.Length == 0 ? null : Path.Combine(cache, "tenon");
    }
}
