using System.Runtime.InteropServices;

namespace Tenon.Sdk.Tests.Shim;

/// <summary>Compiled kernels, loaded.</summary>
internal sealed unsafe class ShimLibrary : IDisposable
{
    private readonly Lock _gate = new();
    private readonly nint _library;

    public ShimLibrary(ReadOnlySpan<byte> binary)
    {
        var path = Path.Combine(Path.GetTempPath(), $"tenon-shim-{Guid.NewGuid():N}.so");
        File.WriteAllBytes(path, binary);
        _library = NativeLibrary.Load(path);
        File.Delete(path);
    }

    /// <summary>Runs a kernel on memory; what it does that no device allows fails the test.</summary>
    public void Run(int index, ReadOnlySpan<nint> buffers, ReadOnlySpan<long> variables)
    {
        var run = (delegate* unmanaged<nint*, long*, nint>)NativeLibrary.GetExport(_library, $"shim_run_{index}");
        fixed (nint* b = buffers)
        fixed (long* v = variables)
        {
            lock (_gate)
            {
                if (run(b, v) is var error and not 0)
                {
                    throw new InvalidOperationException($"Kernel {index}: {Marshal.PtrToStringUTF8(error)}.");
                }
            }
        }
    }

    /// <summary>Runs a kernel on arrays.</summary>
    public void Run(int index, byte[][] buffers, params long[] variables)
    {
        var handles = buffers.Select(b => b.AsMemory().Pin()).ToArray();
        Run(index, [.. handles.Select(h => (nint)h.Pointer)], variables);
        foreach (var handle in handles)
        {
            handle.Dispose();
        }
    }

    public void Dispose() => NativeLibrary.Free(_library);
}
