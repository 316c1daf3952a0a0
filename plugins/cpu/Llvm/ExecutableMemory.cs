using System.ComponentModel;
using System.Runtime.InteropServices;

namespace Tenon.Plugins.Cpu.Llvm;

/// <summary>Pages with code. They are never writable and executable at once.</summary>
internal sealed unsafe partial class ExecutableMemory : IDisposable
{
    private nint _address;
    private readonly nuint _bytes;

    /// <summary>Pages that hold what <paramref name="contentAt"/> gives for their address.</summary>
    /// <exception cref="Win32Exception">The system refuses them.</exception>
    public ExecutableMemory(long bytes, Func<nint, byte[]> contentAt)
    {
        _bytes = (nuint)bytes;
        Action<Func<nint, byte[]>> fill = OperatingSystem.IsWindows() ? FillOnWindows : OperatingSystem.IsMacOS() ? FillOnMac : FillOnLinux;
        try
        {
            fill(contentAt);
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>Where they begin.</summary>
    public nint Address => _address;

    /// <summary>Frees them.</summary>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref _address, 0) is var address and not 0)
        {
            _ = OperatingSystem.IsWindows() ? Windows.VirtualFree(address, 0, Windows.Release) : Unix.munmap(address, _bytes);
        }
    }

    // The content of a file that only this process sees: the system then makes caches of instructions agree with memory.
    private void FillOnLinux(Func<nint, byte[]> contentAt)
    {
        var file = Unix.memfd_create("tenon", Unix.CloseOnExec);
        try
        {
            Check(file >= 0 && Unix.ftruncate(file, (nint)_bytes) == 0);
            _address = Map(Unix.Read | Unix.Execute, Unix.Shared, file);
            var content = contentAt(_address);
            fixed (byte* p = content)
            {
                for (nint written = 0; written < content.Length;)
                {
                    var count = Unix.pwrite(file, p + written, (nuint)(content.Length - written), written);
                    Check(count > 0);
                    written += count;
                }
            }
        }
        finally
        {
            _ = Unix.close(file);
        }
    }

    private void FillOnMac(Func<nint, byte[]> contentAt)
    {
        const int Anonymous = 0x1000, Jit = 0x800;
        _address = Map(Unix.Read | Unix.Write | Unix.Execute, Unix.Private | Anonymous | Jit, -1);
        var content = contentAt(_address);
        var isArm = RuntimeInformation.ProcessArchitecture == Architecture.Arm64;
        if (isArm)
        {
            Unix.pthread_jit_write_protect_np(0);
        }

        content.CopyTo(new Span<byte>((void*)_address, content.Length));
        if (isArm)
        {
            Unix.pthread_jit_write_protect_np(1);
        }

        Unix.sys_icache_invalidate(_address, _bytes);
    }

    private void FillOnWindows(Func<nint, byte[]> contentAt)
    {
        _address = Windows.VirtualAlloc(0, _bytes, Windows.Reserve | Windows.Commit, Windows.ReadWrite);
        Check(_address != 0);
        var content = contentAt(_address);
        content.CopyTo(new Span<byte>((void*)_address, content.Length));
        Check(Windows.VirtualProtect(_address, _bytes, Windows.ExecuteRead, out _) != 0);
        Check(Windows.FlushInstructionCache(-1, _address, _bytes) != 0);
    }

    private nint Map(int protection, int flags, int file)
    {
        var address = Unix.mmap(0, _bytes, protection, flags, file, 0);
        Check(address != -1);
        return address;
    }

    private static void Check(bool succeeded)
    {
        if (!succeeded)
        {
            throw new Win32Exception(Marshal.GetLastPInvokeError());
        }
    }

#pragma warning disable SA1300, IDE1006 // The system's names.
    private static partial class Unix
    {
        public const int Read = 1;
        public const int Write = 2;
        public const int Execute = 4;
        public const int Shared = 1;
        public const int Private = 2;
        public const uint CloseOnExec = 1;

        [LibraryImport("libc", StringMarshalling = StringMarshalling.Utf8, SetLastError = true)]
        public static partial int memfd_create(string name, uint flags);

        [LibraryImport("libc", SetLastError = true)]
        public static partial int ftruncate(int file, nint bytes);

        [LibraryImport("libc", SetLastError = true)]
        public static partial nint pwrite(int file, byte* content, nuint bytes, nint offset);

        [LibraryImport("libc", SetLastError = true)]
        public static partial nint mmap(nint address, nuint bytes, int protection, int flags, int file, nint offset);

        [LibraryImport("libc")]
        public static partial int munmap(nint address, nuint bytes);

        [LibraryImport("libc")]
        public static partial int close(int file);

        [LibraryImport("libSystem")]
        public static partial void pthread_jit_write_protect_np(int enabled);

        [LibraryImport("libSystem")]
        public static partial void sys_icache_invalidate(nint address, nuint bytes);
    }

    private static partial class Windows
    {
        public const uint Commit = 0x1000;
        public const uint Reserve = 0x2000;
        public const uint Release = 0x8000;
        public const uint ReadWrite = 0x04;
        public const uint ExecuteRead = 0x20;

        [LibraryImport("kernel32", SetLastError = true)]
        public static partial nint VirtualAlloc(nint address, nuint bytes, uint kind, uint protection);

        [LibraryImport("kernel32", SetLastError = true)]
        public static partial int VirtualProtect(nint address, nuint bytes, uint protection, out uint before);

        [LibraryImport("kernel32", SetLastError = true)]
        public static partial int FlushInstructionCache(nint process, nint address, nuint bytes);

        [LibraryImport("kernel32")]
        public static partial int VirtualFree(nint address, nuint bytes, uint kind);
    }
#pragma warning restore SA1300, IDE1006
}
