using Microsoft.Win32.SafeHandles;

namespace Tenon.Runtime;

/// <summary>How much of the cache on disk is used for one kind of thing.</summary>
/// <param name="Kind">The folder: <c>kernels</c> or <c>schedules</c>.</param>
/// <param name="Files">How many there are.</param>
/// <param name="Bytes">Their size.</param>
public readonly record struct CacheUse(string Kind, int Files, long Bytes);

/// <summary>The files of the cache on disk: <c>kind/ab/abcd…</c>. Other processes may use it at any time.</summary>
internal static class CacheFolder
{
    public const string Kernels = "kernels";
    public const string Schedules = "schedules";
    /// <summary>Of what searches have found: never deleted for room.</summary>
    public const string Tuning = "tuning";
    public const string TemporaryExtension = ".tmp";
    private static readonly string[] Kinds = [Kernels, Schedules];
    private static readonly TimeSpan Stale = TimeSpan.FromDays(1);

    public static string PathOf(string folder, string kind, string key) => Path.Combine(folder, kind, key[..2], key);

    public static IReadOnlyList<CacheUse> Measure(string folder) =>
        [.. Kinds.Select(kind => List(folder, kind).ToList() is var files ? new CacheUse(kind, files.Count, files.Sum(f => f.Length)) : default)];

    /// <summary>Deletes everything.</summary>
    public static void Clear(string folder) => Kinds.SelectMany(kind => List(folder, kind)).ToList().ForEach(f => TryDelete(f.FullName));

    /// <summary>If there is more than is allowed, deletes what has not been used for longest, until a quarter of the room is free.</summary>
    public static void Trim(string folder, long maxBytes)
    {
        var files = Kinds.SelectMany(kind => List(folder, kind)).OrderBy(f => f.LastWriteTimeUtc).ToList();
        var old = DateTime.UtcNow - Stale;
        var bytes = files.Sum(f => f.Length);
        var allowed = bytes > maxBytes ? maxBytes / 4 * 3 : maxBytes;
        foreach (var f in files)
        {
            // A process that ended while it wrote has left a temporary file.
            if (bytes > allowed || (f.Extension == TemporaryExtension && f.LastWriteTimeUtc < old))
            {
                TryDelete(f.FullName);
                bytes -= f.Length;
            }
        }
    }

    /// <summary>Notes that a file was used: to the day, so that it is seldom written.</summary>
    public static void MarkUsed(string path, SafeFileHandle file)
    {
        if (File.GetLastWriteTimeUtc(file) < DateTime.UtcNow - Stale)
        {
            try
            {
                File.SetLastWriteTimeUtc(path, DateTime.UtcNow);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                // A cache that can only be read is not trimmed by us either.
            }
        }
    }

    public static void TryDelete(string path)
    {
        try
        {
            File.Delete(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Another process reads it, or nothing may be deleted here.
        }
    }

    // Files may go while they are listed.
    private static IEnumerable<FileInfo> List(string folder, string kind)
    {
        var options = new EnumerationOptions { RecurseSubdirectories = true, MaxRecursionDepth = 1, IgnoreInaccessible = true };
        try
        {
            return [.. new DirectoryInfo(Path.Combine(folder, kind)).EnumerateFiles("*", options).Where(f => f.Exists)];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }
}
