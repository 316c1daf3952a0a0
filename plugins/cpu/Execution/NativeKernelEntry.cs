namespace Tenon.Plugins.Cpu;

/// <summary>
/// A kernel in machine code with the C signature
/// <c>void kernel(void** buffers, const int64_t* variables, int64_t begin, int64_t end)</c>.
/// </summary>
/// <param name="address">Its entry point.</param>
/// <param name="library">What keeps the code mapped; disposed with the entry.</param>
internal sealed unsafe class NativeKernelEntry(nint address, IDisposable? library) : KernelEntry
{
    /// <inheritdoc/>
    public override void Run(void** buffers, long* variables, long begin, long end) =>
        ((delegate* unmanaged[Cdecl]<void**, long*, long, long, void>)address)(buffers, variables, begin, end);

    /// <inheritdoc/>
    public override void Dispose() => library?.Dispose();
}
