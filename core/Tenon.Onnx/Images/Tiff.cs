using System.Buffers.Binary;
using System.IO.Compression;

namespace Tenon.Onnx.Images;

/// <summary>TIFF in strips of grey, RGB or palette pixels of 8 bits, plain or compressed as PackBits or Deflate.</summary>
internal static class Tiff
{
    /// <summary>Reads the first picture of a file.</summary>
    public static Picture Decode(byte[] data)
    {
        var isLittle = data[0] == 'I';
        var tags = Tags(data, isLittle);
        var picture = Picture.Empty(One(256, 0), One(257, 0), data.Length);
        var (bits, compression, kind, channels) = (One(258, 1), One(259, 1), One(262, 1), (int)One(277, 1));
        if (bits != 8 || kind is not (0 or 1 or 2 or 3) || channels < (kind == 2 ? 3 : 1) || compression is not (1 or 8 or 32773 or 32946) || One(284, 1) != 1 || One(317, 1) != 1 || tags.ContainsKey(322))
        {
            throw Picture.Bad($"a TIFF of {bits} bits, {channels} channels, colours of type {kind}, compression {compression}. Expected strips of 8 bits of grey, RGB or a palette, plain, PackBits or Deflate, without prediction.");
        }

        if (!tags.TryGetValue(273, out var offsets) || !tags.TryGetValue(279, out var lengths) || lengths.Length < offsets.Length)
        {
            throw Picture.Bad("a TIFF that doesn't say where its strips are.");
        }

        var palette = tags.GetValueOrDefault(320);
        var pixels = new byte[(long)picture.Width * picture.Height * channels];
        var at = 0;
        for (var strip = 0; strip < offsets.Length && at < pixels.Length; strip++)
        {
            at += Expand(data.AsSpan((int)offsets[strip], (int)lengths[strip]), (int)compression, pixels.AsSpan(at));
        }

        for (var i = 0; i < picture.Width * picture.Height; i++)
        {
            var color = pixels.AsSpan(i * channels, channels);
            var (red, green, blue) = kind switch
            {
                2 => (color[0], color[1], color[2]),
                3 => palette is { Length: 768 } ? ((byte)(palette[color[0]] >> 8), (byte)(palette[256 + color[0]] >> 8), (byte)(palette[512 + color[0]] >> 8)) : throw Picture.Bad("a TIFF without its palette."),
                _ => (byte)(kind == 0 ? 255 - color[0] : color[0]) is var grey ? (grey, grey, grey) : default,
            };
            picture.Set(i % picture.Width, i / picture.Width, red, green, blue);
        }

        return picture;

        long One(int tag, long otherwise) => tags.TryGetValue(tag, out var values) && values.Length > 0 ? values[0] : otherwise;
    }

    private static int Expand(ReadOnlySpan<byte> from, int compression, Span<byte> to)
    {
        switch (compression)
        {
            case 1:
                from = from[..Math.Min(from.Length, to.Length)];
                from.CopyTo(to);
                return from.Length;
            case 32773:
                var (at, count) = (0, 0);
                while (at < from.Length && count < to.Length)
                {
                    // So many bytes as they are, or one of them so often.
                    var run = (sbyte)from[at++];
                    var length = Math.Min(run >= 0 ? run + 1 : run == -128 ? 0 : 1 - run, to.Length - count);
                    if (run >= 0)
                    {
                        from.Slice(at, length).CopyTo(to[count..]);
                        at += run + 1;
                    }
                    else if (run != -128)
                    {
                        to.Slice(count, length).Fill(from[at++]);
                    }

                    count += length;
                }

                return count;
            default:
                using (var inflated = new ZLibStream(new MemoryStream(from.ToArray()), CompressionMode.Decompress))
                {
                    return inflated.ReadAtLeast(to, to.Length, throwOnEndOfStream: false);
                }
        }
    }

    // The numbers of each entry of the first directory: bytes, words or long words.
    private static Dictionary<int, long[]> Tags(byte[] data, bool isLittle)
    {
        var tags = new Dictionary<int, long[]>();
        var directory = (int)Read(4, 4);
        for (var i = 0; i < Read(directory, 2); i++)
        {
            var entry = directory + 2 + 12 * i;
            var width = Read(entry + 2, 2) switch { 1 => 1, 3 => 2, 4 => 4, _ => 0 };
            var count = Read(entry + 4, 4);
            if (width == 0 || count > data.Length)
            {
                continue;
            }

            var at = width * count <= 4 ? entry + 8 : (int)Read(entry + 8, 4);
            tags[(int)Read(entry, 2)] = [.. Enumerable.Range(0, (int)count).Select(k => Read(at + k * width, width))];
        }

        return tags;

        long Read(int at, int width) => (width, isLittle) switch
        {
            (1, _) => data[at],
            (2, true) => BinaryPrimitives.ReadUInt16LittleEndian(data.AsSpan(at)),
            (2, false) => BinaryPrimitives.ReadUInt16BigEndian(data.AsSpan(at)),
            (_, true) => BinaryPrimitives.ReadUInt32LittleEndian(data.AsSpan(at)),
            _ => BinaryPrimitives.ReadUInt32BigEndian(data.AsSpan(at)),
        };
    }
}
