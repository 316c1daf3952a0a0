namespace Tenon.State;

/// <summary>A file in a zip archive.</summary>
/// <param name="Name">Its path in the archive.</param>
/// <param name="IsDeflated">Whether it is compressed.</param>
/// <param name="Packed">Bytes in the archive.</param>
/// <param name="Size">Bytes that it has.</param>
/// <param name="Header">Where its header lies in the archive.</param>
/// <param name="Crc">The check sum of what it has.</param>
internal sealed record ZipEntry(string Name, bool IsDeflated, long Packed, long Size, long Header, uint Crc);
