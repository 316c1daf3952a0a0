using System.IO.Compression;
using System.Text;

namespace Tenon.State;

/// <summary>
/// The directory of a zip archive (PKWARE's APPNOTE 6.3.10, with the extension of 64 bits). It says where in the file an entry that
/// is not compressed lies, so that its tensors stay unread; others are unpacked within bounds.
/// </summary>
internal sealed class ZipFile
{
    public const uint LocalMagic = 0x04034b50;
    private const uint DirectoryMagic = 0x02014b50;
    private const uint EndMagic = 0x06054b50;
    private const uint End64Magic = 0x06064b50;
    private const uint Locator64Magic = 0x07064b50;
    private const int EndBytes = 22;
    private const int LongestComment = 65535;
    private const string Code = "TEN5130";

    // What archives may unpack to without being taken for bombs: so much, or so many times the file.
    private const long AlwaysUnpacked = 16 << 20;
    private const long HighestRatio = 200;

    private readonly StateReader _file;
    private long _unpacked;

    private ZipFile(StateReader file, IReadOnlyDictionary<string, ZipEntry> entries) => (_file, Entries) = (file, entries);

    /// <summary>The entries by name, in the directory's order.</summary>
    public IReadOnlyDictionary<string, ZipEntry> Entries { get; }

    /// <summary>Reads the directory.</summary>
    /// <exception cref="TenonFormatException">It is damaged.</exception>
    public static ZipFile Read(StateReader file)
    {
        var (offset, size, count) = FindDirectory(file);
        if (size < 0 || offset < 0 || offset > file.Length - size || count > size / 46)
        {
            throw file.Fault(Code, null, "end of central directory", $"{count} entries in {size} bytes from byte {offset} on, but the file has {file.Length} bytes. It is truncated or damaged.");
        }

        var directory = file.Part(offset, size);
        var entries = new OrderedDictionary<string, ZipEntry>();
        for (long i = 0; i < count; i++)
        {
            var at = directory.Position;
            var entry = ReadEntry(directory, i);
            if (!entries.TryAdd(entry.Name, entry))
            {
                throw file.Fault(Code, at, $"entry {i}", $"'{entry.Name}' occurs twice.");
            }
        }

        return new ZipFile(file, entries);
    }

    /// <summary>What an entry has: a part of the file, or unpacked.</summary>
    /// <exception cref="TenonFormatException">It is damaged, or would unpack to far more than the file.</exception>
    public StateReader Open(ZipEntry entry)
    {
        var field = $"entry '{entry.Name}'";
        _file.Position = entry.Header;
        if (_file.UInt32($"{field}.signature") != LocalMagic)
        {
            throw _file.Fault(Code, entry.Header, $"{field}.signature", "there is no header of an entry where the directory says. The file is damaged.");
        }

        _file.Bytes(22, $"{field}.header");
        var begin = _file.Position + 4 + _file.UInt16($"{field}.name length") + _file.UInt16($"{field}.extra length");
        if (entry.Packed > _file.Length - begin)
        {
            throw _file.Fault(Code, begin, $"{field}.compressed size", $"{entry.Packed} bytes, but the file has {Math.Max(0, _file.Length - begin)} from there on. It is truncated or damaged.");
        }

        var packed = _file.Part(begin, entry.Packed);
        return entry.IsDeflated ? _file.Unpacked(entry.Name, Inflate(entry, packed, field)) : packed;
    }

    private byte[] Inflate(ZipEntry entry, StateReader packed, string field)
    {
        // A directory's sizes may lie: what is unpacked is counted, and unpacking stops beyond what was said.
        var limit = Math.Max(AlwaysUnpacked, _file.Length > long.MaxValue / HighestRatio ? long.MaxValue : HighestRatio * _file.Length);
        if (entry.Size > limit - _unpacked || entry.Size > Array.MaxLength)
        {
            throw _file.Fault("TEN5131", entry.Header, $"{field}.uncompressed size", $"the archive of {_file.Length} bytes would unpack to more than {Math.Min(limit, Array.MaxLength)}: a zip bomb? Store it without compression.");
        }

        var source = packed.Bytes(entry.Packed, field);
        using var content = new MemoryStream((int)Math.Min(entry.Size, 4L * source.Length + 1024));
        try
        {
            using var inflated = new DeflateStream(new MemoryStream(source), CompressionMode.Decompress);
            var buffer = new byte[Math.Min(81920, Math.Max(256, entry.Size))];
            for (int read; content.Length <= entry.Size && (read = inflated.Read(buffer)) > 0;)
            {
                content.Write(buffer, 0, read);
            }
        }
        catch (Exception e) when (e is InvalidDataException or IOException)
        {
            throw _file.Fault(Code, packed.Position - entry.Packed, field, $"its compressed bytes are damaged: {e.Message}", e);
        }

        _unpacked += content.Length;
        var bytes = content.ToArray();
        return bytes.Length == entry.Size && Crc32.Of(bytes) == entry.Crc
            ? bytes
            : throw _file.Fault(Code, entry.Header, field, $"it unpacks to {(bytes.Length == entry.Size ? "other" : bytes.Length > entry.Size ? "more" : "fewer")} bytes than the {entry.Size} that the directory says. The file is damaged.");
    }

    private static (long Offset, long Size, long Count) FindDirectory(StateReader file)
    {
        var tail = (int)Math.Min(file.Length, EndBytes + LongestComment);
        file.Position = file.Length - tail;
        var bytes = file.Bytes(tail, "end of central directory");
        for (var i = tail - EndBytes; i >= 0; i--)
        {
            if (BitConverter.ToUInt32(bytes, i) == EndMagic && i + EndBytes + BitConverter.ToUInt16(bytes, i + 20) == tail)
            {
                var at = file.Length - tail + i;
                var (count, size, offset) = (BitConverter.ToUInt16(bytes, i + 10), BitConverter.ToUInt32(bytes, i + 12), BitConverter.ToUInt32(bytes, i + 16));
                return count == ushort.MaxValue || size == uint.MaxValue || offset == uint.MaxValue ? FindDirectory64(file, at) ?? (offset, size, count) : (offset, size, count);
            }
        }

        throw file.Fault(Code, null, "end of central directory", "it is not there. The file is truncated, or no zip archive.");
    }

    private static (long Offset, long Size, long Count)? FindDirectory64(StateReader file, long end)
    {
        if (end < 20)
        {
            return null;
        }

        file.Position = end - 20;
        if (file.UInt32("zip64 locator") != Locator64Magic)
        {
            return null;
        }

        file.UInt32("zip64 locator");
        var at = file.UInt64("zip64 locator.offset");
        if (at > (ulong)end || end - (long)at < 56)
        {
            throw file.Fault(Code, end - 20, "zip64 locator.offset", $"{at}. Expected a place in the file.");
        }

        file.Position = (long)at;
        if (file.UInt32("zip64 end") != End64Magic)
        {
            throw file.Fault(Code, (long)at, "zip64 end of central directory", "it is not there. The file is damaged.");
        }

        file.Bytes(28, "zip64 end");
        var (count, size, offset) = (file.UInt64("zip64 end.entries"), file.UInt64("zip64 end.size"), file.UInt64("zip64 end.offset"));
        return ((long)Math.Min(offset, long.MaxValue), (long)Math.Min(size, long.MaxValue), (long)Math.Min(count, long.MaxValue));
    }

    private static ZipEntry ReadEntry(StateReader file, long i)
    {
        var (at, field) = (file.Position, $"entry {i}");
        if (file.UInt32($"{field}.signature") != DirectoryMagic)
        {
            throw file.Fault(Code, at, $"{field}.signature", "it is not that of an entry. The file is damaged.");
        }

        file.UInt32($"{field}.version");
        var flags = file.UInt16($"{field}.flags");
        var method = file.UInt16($"{field}.method");
        file.UInt32($"{field}.time");
        var crc = file.UInt32($"{field}.crc");
        long packed = file.UInt32($"{field}.compressed size"), size = file.UInt32($"{field}.uncompressed size");
        var (nameLength, extraLength, commentLength) = (file.UInt16($"{field}.name length"), file.UInt16($"{field}.extra length"), file.UInt16($"{field}.comment length"));
        file.UInt64($"{field}.attributes");
        long header = file.UInt32($"{field}.offset");
        var name = Encoding.UTF8.GetString(file.Bytes(nameLength, $"{field}.name"));
        ReadExtra(file.Bytes(extraLength, $"{field}.extra"), ref size, ref packed, ref header);
        file.Bytes(commentLength, $"{field}.comment");
        if ((flags & 1) != 0 || method is not (0 or 8))
        {
            throw file.Fault(Code, at, $"{field}.method", $"'{name}' is {((flags & 1) != 0 ? "encrypted" : $"compressed by method {method}")}. Entries that are stored (0) or deflated (8) are read.");
        }

        return packed >= 0 && size >= 0 && header >= 0 && header <= file.Length && (method == 8 || packed == size)
            ? new ZipEntry(name, method == 8, packed, size, header, crc)
            : throw file.Fault(Code, at, field, $"'{name}' has {size} bytes in {packed}, at byte {header}: that can't be. The file is damaged.");
    }

    // Sizes of 64 bits follow where those of 32 are all ones.
    private static void ReadExtra(ReadOnlySpan<byte> extra, ref long size, ref long packed, ref long header)
    {
        while (extra.Length >= 4)
        {
            var (id, length) = (BitConverter.ToUInt16(extra), BitConverter.ToUInt16(extra[2..]));
            var field = extra[4..][..Math.Min(length, extra.Length - 4)];
            if (id == 1)
            {
                Take(ref field, ref size);
                Take(ref field, ref packed);
                Take(ref field, ref header);
                return;
            }

            extra = extra[(4 + field.Length)..];
        }
    }

    private static void Take(ref ReadOnlySpan<byte> field, ref long value)
    {
        if (value == uint.MaxValue && field.Length >= 8)
        {
            value = BitConverter.ToInt64(field);
            field = field[8..];
        }
    }
}
