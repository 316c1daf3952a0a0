namespace Tenon.Sdk.Interpreter;

/// <summary>A buffer, or a local array of each group.</summary>
internal abstract class MemoryRegion(DType dtype)
{
    /// <summary>Of an element.</summary>
    public DType DType { get; } = dtype;

    /// <summary>What a person calls it.</summary>
    public abstract string Name { get; }

    /// <summary>How many elements there are.</summary>
    public abstract long Size { get; }

    /// <summary>The memory that it is in.</summary>
    public abstract byte[] Bytes { get; }

    /// <summary>Whether <see cref="OnRead"/> has anything to find.</summary>
    public abstract bool ChecksReads { get; }

    /// <summary>The byte at which it begins for a lane.</summary>
    public abstract long Origin(int lane);

    /// <summary>A lane reads these bytes.</summary>
    public abstract void OnRead(MemoryAccess access, int lane, int at, int count);

    /// <summary>A lane is about to write these bytes.</summary>
    public abstract void OnWrite(MemoryAccess access, int lane, int at, ReadOnlySpan<byte> value);
}
