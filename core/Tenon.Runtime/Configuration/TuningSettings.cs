namespace Tenon.Runtime;

/// <summary>When a program searches for faster kernels by itself.</summary>
public enum TuningSearch
{
    /// <summary>Never: only what was found before is used.</summary>
    Off,

    /// <summary>When a kernel is made that no search has been done for.</summary>
    OnMiss,
}

/// <summary>What searches have found, and whether to search.</summary>
public sealed class TuningSettings
{
    /// <summary>Whether anything of it is used.</summary>
    public bool Enabled { get; set; } = true;

    /// <summary>The folder of what this user's searches find; null for <c>tuning</c> in the cache folder, and none if the cache is off.</summary>
    public string? Folder { get; set; }

    /// <summary>Files of <c>tenon tune --out</c> that come with the program, relative to that of <c>plugins.json</c>. They go before the folder, in order.</summary>
    public IList<string> Files { get; } = [];

    /// <summary>When to search.</summary>
    public TuningSearch Search { get; set; }

    /// <summary>The time for the search of one kernel, if the program searches by itself.</summary>
    public int SearchSeconds { get; set; } = 10;

    /// <summary>The folder that is used; null if there is none.</summary>
    /// <param name="cache">The cache.</param>
    public string? ResolveFolder(CacheOptions cache) => Folder is { Length: > 0 } folder ? Path.GetFullPath(folder) : cache.ResolveFolder();
}
