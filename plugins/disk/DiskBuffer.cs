using Microsoft.Win32.SafeHandles;
using Tenon.Core.Backend;

namespace Tenon.Plugins.Disk;

/// <summary>
/// An open file. It is read by position rather than mapped, so that a file that another program cuts short is an error and not
/// a crash.
/// </summary>
internal sealed class DiskBuffer : DeviceBuffer
{
    private readonly string _path;
    private readonly SafeFileHandle _file;

    private DiskBuffer(string path, SafeFileHandle file, long bytes, bool isTemporary = false) : base(bytes, isTemporary) => (_path, _file) = (path, file);

    public static DiskBuffer Open(string path)
    {
        try
        {
            var file = File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            return new DiskBuffer(path, file, RandomAccess.GetLength(file));
        }
        catch (Exception e) when (IsOfFiles(e))
        {
            throw new BackendException("TEN5100", $"'{path}' can't be read: {e.Message}", e);
        }
    }

    public static DiskBuffer Create(string path, long bytes) => New(path, bytes, FileMode.Create, FileOptions.None);

    public static DiskBuffer Temporary(long bytes) =>
        New(Path.Combine(Path.GetTempPath(), $"tenon-{Guid.NewGuid():N}.tmp"), bytes, FileMode.CreateNew, FileOptions.DeleteOnClose);

    public void Read(long at, Span<byte> destination)
    {
        try
        {
            while (!destination.IsEmpty)
            {
                var read = RandomAccess.Read(_file, destination, at);
                if (read == 0)
                {
                    throw new BackendException("TEN5101", $"'{_path}' ends at byte {at}, {destination.Length} bytes before what is read of it does. It had {Bytes} bytes when it was opened: open it again.");
                }

                at += read;
                destination = destination[read..];
            }
        }
        catch (Exception e) when (IsOfFiles(e))
        {
            throw new BackendException("TEN5100", $"'{_path}' can't be read at byte {at}: {e.Message}", e);
        }
    }

    public void Write(long at, ReadOnlySpan<byte> source)
    {
        try
        {
            RandomAccess.Write(_file, source, at);
        }
        catch (Exception e) when (IsOfFiles(e))
        {
            throw new BackendException("TEN5103", $"'{_path}' can't be written at byte {at}: {e.Message}", e);
        }
    }

    /// <inheritdoc/>
    protected override void FreeCore() => _file.Dispose();

    private static DiskBuffer New(string path, long bytes, FileMode mode, FileOptions options)
    {
        try
        {
            var file = File.OpenHandle(path, mode, FileAccess.ReadWrite, FileShare.Read | FileShare.Delete, options);
            RandomAccess.SetLength(file, bytes);
            return new DiskBuffer(path, file, bytes, mode == FileMode.CreateNew);
        }
        catch (Exception e) when (IsOfFiles(e))
        {
            throw new BackendException("TEN5103", $"'{path}' of {bytes} bytes can't be written: {e.Message} Choose a folder that exists, is writable and has room.", e);
        }
    }

    private static bool IsOfFiles(Exception e) => e is IOException or UnauthorizedAccessException or NotSupportedException or ArgumentException;
}
