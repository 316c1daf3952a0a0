namespace Tenon.Plugins.Cpu;

/// <summary>
/// A kernel in machine code with the C signature
/// <c>void kernel(void** buffers, const int64_t* variables, int64_t begin, int64_t end, void* local)</c>.
/// </summary>
/// <param name="address">Its entry point.</param>
/// <param name="localBytes">Bytes of its local arrays.</param>
/// <param name="library">What keeps the code mapped; disposed with the entry.</param>
internal sealed unsafe class NativeKernelEntry(nint address, long localBytes, IDisposable? library) : KernelEntry(localBytes)
{
    /// <inheritdoc/>
    protected override void RunCore(void** buffers, long* variables, long begin, long end, void* local) =>
        ((delegate* unmanaged[Cdecl]<void**, long*, long, long, void*, void>)address)(buffers, variables, begin, end, local);

    /// <inheritdoc/>
    public override void Dispose() => library?.Dispose();
}
