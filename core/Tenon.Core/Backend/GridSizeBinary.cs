namespace Tenon.Core.Backend;

/// <summary>Grid sizes as bytes.</summary>
public static class GridSizeBinary
{
    /// <summary>Writes the three sizes.</summary>
    public static void Write(this BinaryWriter writer, GridSize size)
    {
        writer.Write(size.X);
        writer.Write(size.Y);
        writer.Write(size.Z);
    }

    /// <summary>Reads what <see cref="Write"/> has written.</summary>
    public static GridSize ReadGridSize(this BinaryReader reader) => new(reader.ReadInt64(), reader.ReadInt64(), reader.ReadInt64());
}
