namespace Tenon.Core.Backend;

/// <summary>Optional: the device's memory is files, whose bytes are read and written where they lie.</summary>
public interface IFileMemory
{
    /// <summary>A file as a buffer. Nothing of it is read.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="BackendException">It does not exist, or may not be read; the message says which.</exception>
    DeviceBuffer Open(string path);

    /// <summary>A new file of zeros, in place of what is there, as a buffer that may be written.</summary>
    /// <param name="path">The file.</param>
    /// <param name="bytes">Its length.</param>
    /// <exception cref="BackendException">It can't be written.</exception>
    DeviceBuffer Create(string path, long bytes);
}
