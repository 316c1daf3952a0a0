namespace Tenon.Cli.Output;

/// <summary>Files that a command will write when its work is done.</summary>
internal static class OutputFile
{
    /// <summary>Finds out before the work whether its results can be kept.</summary>
    /// <param name="path">The file; null or <c>-</c> is none.</param>
    /// <param name="option">The option that names it.</param>
    /// <exception cref="TenonException">No file can be made in its folder.</exception>
    public static void RequireWritable(string? path, string option)
    {
        if (path is null or "-")
        {
            return;
        }

        try
        {
            using var probe = new FileStream($"{Path.GetFullPath(path)}.{Guid.NewGuid():N}.tmp", FileMode.CreateNew, FileAccess.Write, FileShare.None, 1, FileOptions.DeleteOnClose);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            throw new TenonException("TEN9005", $"'{path}' can't be written: {e.Message} Give {option} a file in a folder that exists and is writable.", e);
        }
    }
}
