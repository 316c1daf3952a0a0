using Tenon.Core;
using Tenon.Core.Backend;

namespace Tenon.Runtime;

public sealed partial class TenonRuntime
{
    private string? _fileDevice;

    /// <summary>The device whose memory is files, by its canonical name; null if <c>plugins.json</c> names none.</summary>
    public string? FileDevice => Options.FileDevice is { } name ? _fileDevice ??= Devices.Canonicalize(name) : null;

    /// <summary>A file as a buffer. Nothing of it is read.</summary>
    /// <param name="path">The file.</param>
    /// <returns>A <see cref="Ops.Buffer"/> of the file's bytes.</returns>
    /// <exception cref="TenonException">The file can't be read, or there is no device for files.</exception>
    public UOp OpenFile(string path) => AddFile(f => f.Open(path));

    /// <summary>A new file, in place of what is there, as a buffer that may be written.</summary>
    /// <param name="path">The file.</param>
    /// <param name="bytes">Its length.</param>
    /// <returns>A <see cref="Ops.Buffer"/> of the file's bytes.</returns>
    /// <exception cref="TenonException">The file can't be written, or there is no device for files.</exception>
    public UOp CreateFile(string path, long bytes) => AddFile(f => f.Create(path, bytes));

    /// <summary>Closes a file: what is a part of it can't be used any more.</summary>
    /// <param name="file">A buffer of <see cref="OpenFile"/> or <see cref="CreateFile"/>.</param>
    public void CloseFile(UOp file)
    {
        if (_buffers.Get(file) is { IsFile: true } storage)
        {
            storage.Buffer.Dispose();
        }
    }

    /// <summary>Whether a buffer is a file, or a part of one.</summary>
    public bool IsFile(UOp buffer) => _buffers.Get(buffer).IsFile;

    /// <summary>A part of a file as a buffer of its own. Nothing is read.</summary>
    /// <param name="file">A buffer of <see cref="OpenFile"/>, <see cref="CreateFile"/> or this method.</param>
    /// <param name="offset">The first byte, from where <paramref name="file"/> begins.</param>
    /// <param name="dtype">The type of the elements.</param>
    /// <param name="size">Elements.</param>
    /// <exception cref="TenonException">The part leaves the file, or <paramref name="file"/> isn't one.</exception>
    public UOp PartOfFile(UOp file, long offset, DType dtype, long size)
    {
        var storage = _buffers.Get(file);
        if (!storage.IsFile || offset < 0 || size < 0 || dtype.BytesOf(size) > storage.Bytes - offset)
        {
            throw new TenonException("TEN5105", $"{size} elements of {dtype} from byte {offset} on are no part of {storage.Bytes} bytes on {storage.Device.Name}. Expected a part of an open file.");
        }

        var (buffer, start, _) = storage.View;
        return _buffers.Add(dtype, size, new Storage(storage.Device, new BufferView(buffer, start + offset, dtype.BytesOf(size))));
    }

    /// <summary>Copies one buffer to another of as many bytes, by way of the host's memory at most in parts.</summary>
    /// <exception cref="TenonException">The sizes differ, or a buffer has been overwritten by an assignment.</exception>
    public void Copy(UOp source, UOp destination)
    {
        var bytes = source.DType.BytesOf(source.Shape.Elements.Value);
        using var use = _buffers.Users.Enter();
        var (from, fromView) = Find(source, bytes);
        var (to, toView) = Find(destination, bytes);
        Recording.Current?.Read(StorageView.Base(source), from);
        if (bytes > 0)
        {
            DeviceCopy.Copy(from.Device, fromView, to.Device, toView);
        }

        GC.KeepAlive(from);
        GC.KeepAlive(to);
    }

    private UOp AddFile(Func<IFileMemory, DeviceBuffer> open)
    {
        var device = FileDevice is { } name ? Devices.Open(name) : throw new TenonException(
            "TEN5104", $"Files can't be read: {Options.Origin} names no device for them. Set 'fileDevice' to a device of a plugin that holds files.");
        var buffer = open(device.Device.TryGetFeature<IFileMemory>() ?? throw new TenonException(
            "TEN5104", $"Files can't be read: device {device.Name}, which 'fileDevice' of {Options.Origin} names, does not hold files. Name one of a plugin that does."));
        return _buffers.Add(DType.UInt8, buffer.Bytes, new Storage(device, new BufferView(buffer, 0, buffer.Bytes)));
    }
}
