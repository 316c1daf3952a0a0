namespace Tenon.Compiler;

/// <summary>Places of things in one block of memory.</summary>
/// <param name="Offsets">Where each begins.</param>
/// <param name="Bytes">The size of the block.</param>
/// <param name="LeastBytes">No placement needs less: the most bytes that live at one step.</param>
public sealed record MemoryLayout(long[] Offsets, long Bytes, long LeastBytes);
