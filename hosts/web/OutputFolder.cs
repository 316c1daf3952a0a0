namespace Tenon.Web;

/// <summary>A folder that is there as a whole or not at all: files go to another beside it, which takes its place in the end.</summary>
internal sealed class OutputFolder : IDisposable
{
    private readonly string _target;
    private readonly bool _replace;

    /// <summary>Sees to it that the folder may be written, before there is work to lose.</summary>
    /// <param name="target">The folder.</param>
    /// <param name="replace">Whether one that has files is replaced.</param>
    /// <exception cref="TenonException">It has files, or can't be made.</exception>
    public OutputFolder(string target, bool replace)
    {
        (_target, _replace) = (System.IO.Path.GetFullPath(target), replace);
        if (File.Exists(_target) || Directory.Exists(_target) && !replace && Directory.EnumerateFileSystemEntries(_target).Any())
        {
            throw new TenonException("TEN6110", $"'{target}' {(File.Exists(_target) ? "is a file" : "is not empty")}. Name a new folder{(File.Exists(_target) ? "" : ", or add --force to replace it with all that is in it")}.");
        }

        Path = $"{System.IO.Path.TrimEndingDirectorySeparator(_target)}.{Guid.NewGuid():N}.tmp";
        Try(() => Directory.CreateDirectory(Path));
    }

    /// <summary>Where files are put until then.</summary>
    public string Path { get; }

    /// <summary>Writes a file.</summary>
    public void Write(string name, byte[] content) => Try(() =>
    {
        var file = System.IO.Path.Combine(Path, name);
        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(file)!);
        File.WriteAllBytes(file, content);
    });

    /// <summary>Puts the folder where it belongs.</summary>
    public void Commit() => Try(() =>
    {
        if (Directory.Exists(_target))
        {
            Directory.Delete(_target, recursive: _replace);
        }

        Directory.Move(Path, _target);
    });

    /// <inheritdoc/>
    public void Dispose()
    {
        if (Directory.Exists(Path))
        {
            Directory.Delete(Path, recursive: true);
        }
    }

    private void Try(Action action)
    {
        try
        {
            action();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            throw new TenonException("TEN6111", $"'{_target}' can't be written: {e.Message} Name a folder in one that exists and is writable.", e);
        }
    }
}
