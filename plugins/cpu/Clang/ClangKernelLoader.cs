using System.Runtime.InteropServices;
using Tenon.Core.Backend;

namespace Tenon.Plugins.Cpu.Clang;

/// <summary>Maps the libraries that <see cref="ClangGenerator"/> makes into this process.</summary>
/// <param name="folder">Where a library may lie while it is opened; null for the system's temporary folder.</param>
internal sealed class ClangKernelLoader(string? folder)
{
    /// <summary>Loads a kernel. Its code is mapped until the result is disposed.</summary>
    /// <exception cref="BackendException">The library can't be opened, or lacks the kernel.</exception>
    public NativeKernel Load(CompiledKernel kernel)
    {
        var place = folder ?? Path.GetTempPath();
        Directory.CreateDirectory(place);
        var path = Path.Combine(place, $"{Guid.NewGuid():N}{(OperatingSystem.IsWindows() ? ".dll" : OperatingSystem.IsMacOS() ? ".dylib" : ".so")}");
        Write(path, kernel.Binary.Span);
        nint library = 0;
        try
        {
            library = NativeLibrary.Load(path);
            var address = NativeLibrary.GetExport(library, kernel.Name);

            // Windows keeps the file of a loaded library locked; the others need it no more.
            var kept = OperatingSystem.IsWindows() ? path : null;
            return new NativeKernel(library, address, kept);
        }
        catch (Exception e) when (e is DllNotFoundException or BadImageFormatException or EntryPointNotFoundException)
        {
            if (library != 0)
            {
                NativeLibrary.Free(library);
            }

            File.Delete(path);
            throw new BackendException("TEN4002", $"Kernel {kernel.Name} (Clang, {kernel.Binary.Length} bytes) could not be opened from {place}: {e.Message}. Programs must be allowed to run from that folder; the cache folder can be set in plugins.json.", e);
        }
        finally
        {
            if (!OperatingSystem.IsWindows())
            {
                File.Delete(path);
            }
        }
    }

    // Nobody else may change the file between writing and opening it.
    private static void Write(string path, ReadOnlySpan<byte> content)
    {
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, Share = FileShare.None };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
        }

        using var file = new FileStream(path, options);
        file.Write(content);
    }
}

/// <summary>A kernel whose library is mapped.</summary>
internal sealed class NativeKernel(nint library, nint address, string? file) : IDisposable
{
    private nint _library = library;

    /// <summary>The function <c>void kernel(void** buffers, const int64_t* variables, int64_t begin, int64_t end, void* local)</c>.</summary>
    public nint Address { get; } = address;

    /// <summary>Unmaps the library.</summary>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref _library, 0) is var handle and not 0)
        {
            NativeLibrary.Free(handle);
            if (file is not null)
            {
                File.Delete(file);
            }
        }
    }
}
