using System.Runtime.InteropServices;

namespace Tenon.Sdk.Interpreter;

/// <summary>What one node of a program is worth in each lane that runs, vectors side by side.</summary>
internal abstract class Register(DType dtype)
{
    /// <summary>Of one lane of the device.</summary>
    public DType DType { get; } = dtype;

    /// <summary>The memory of all values.</summary>
    public abstract Span<byte> Bytes { get; }
}

/// <inheritdoc/>
internal sealed class Register<T>(DType dtype, int width) : Register(dtype) where T : unmanaged
{
    /// <summary>The values: those of lane i begin at i times the lanes of the dtype.</summary>
    public T[] Values { get; } = new T[width * dtype.Lanes];

    /// <inheritdoc/>
    public override Span<byte> Bytes => MemoryMarshal.AsBytes(Values.AsSpan());
}
