using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;

namespace Tenon.Onnx.Images;

/// <summary>PNG, of all kinds of colour; 16 bits become 8, and what is transparent is shown as it is.</summary>
/// <remarks>https://www.w3.org/TR/png-3/</remarks>
internal static class Png
{
    // The passes of an interlaced picture: first column and row, and their steps.
    private static readonly (int X, int Y, int StepX, int StepY)[] Passes = [(0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2)];

    /// <summary>Reads a picture.</summary>
    public static Picture Decode(byte[] data)
    {
        using var compressed = new MemoryStream();
        byte[] header = [], palette = [];
        for (var at = 8; at + 8 <= data.Length;)
        {
            var length = BinaryPrimitives.ReadInt32BigEndian(data.AsSpan(at));
            var content = data.AsSpan(at + 8, length);
            switch (Encoding.ASCII.GetString(data, at + 4, 4))
            {
                case "IHDR":
                    header = content.ToArray();
                    break;
                case "PLTE":
                    palette = content.ToArray();
                    break;
                case "IDAT":
                    compressed.Write(content);
                    break;
            }

            at += length + 12;
        }

        if (header.Length < 13 || (header[9] == 3 && palette.Length == 0))
        {
            throw Picture.Bad("a PNG without header or without palette.");
        }

        var (bits, kind) = (header[8], header[9]);
        var channels = kind switch { 0 or 3 => 1, 2 => 3, 4 => 2, 6 => 4, _ => throw Picture.Bad($"a PNG with colours of type {kind}. Expected 0, 2, 3, 4 or 6.") };
        if (bits is not (1 or 2 or 4 or 8 or 16) || (bits < 8 && channels > 1))
        {
            throw Picture.Bad($"a PNG with {bits} bits and {channels} channels.");
        }

        compressed.Position = 0;
        using var inflated = new ZLibStream(compressed, CompressionMode.Decompress);
        var picture = Picture.Empty(BinaryPrimitives.ReadUInt32BigEndian(header), BinaryPrimitives.ReadUInt32BigEndian(header.AsSpan(4)), data.Length);
        foreach (var (x, y, stepX, stepY) in header[12] == 0 ? [(0, 0, 1, 1)] : Passes)
        {
            var (columns, rows) = ((picture.Width - x + stepX - 1) / stepX, (picture.Height - y + stepY - 1) / stepY);
            if (columns <= 0)
            {
                continue;
            }

            var (width, pixel) = ((columns * channels * bits + 7) / 8, Math.Max(1, channels * bits / 8));
            var (line, above) = (new byte[width], new byte[width]);
            for (var row = 0; row < rows; row++)
            {
                var filter = inflated.ReadByte();
                inflated.ReadExactly(line);
                Unfilter(filter, line, above, pixel);
                for (var column = 0; column < columns; column++)
                {
                    var first = column * channels;
                    var (red, green, blue) = kind switch
                    {
                        3 => Entry(Sample(line, first, bits)),
                        2 or 6 => (Grey(line, first, bits), Grey(line, first + 1, bits), Grey(line, first + 2, bits)),
                        _ => Grey(line, first, bits) is var grey ? (grey, grey, grey) : default,
                    };
                    picture.Set(x + column * stepX, y + row * stepY, red, green, blue);
                }

                (line, above) = (above, line);
            }
        }

        return picture;

        (byte, byte, byte) Entry(int i) => (palette[3 * i], palette[3 * i + 1], palette[3 * i + 2]);
    }

    private static int Sample(byte[] line, int i, int bits) => bits switch
    {
        16 => line[2 * i] << 8 | line[2 * i + 1],
        8 => line[i],
        _ => line[i * bits / 8] >> (8 - bits - i * bits % 8) & (1 << bits) - 1,
    };

    private static byte Grey(byte[] line, int i, int bits) => (byte)(bits == 16 ? Sample(line, i, bits) >> 8 : Sample(line, i, bits) * 255 / ((1 << bits) - 1));

    // A line is stored as the difference to what is left of it and above it.
    private static void Unfilter(int filter, byte[] line, byte[] above, int pixel)
    {
        if (filter is < 0 or > 4)
        {
            throw Picture.Bad($"a PNG with a line of filter {filter}. Expected 0 to 4.");
        }

        for (var i = 0; i < line.Length; i++)
        {
            var (left, up, corner) = (i >= pixel ? line[i - pixel] : 0, above[i], i >= pixel ? above[i - pixel] : 0);
            line[i] += (byte)(filter switch { 0 => 0, 1 => left, 2 => up, 3 => (left + up) / 2, _ => Nearest(left, up, corner) });
        }
    }

    private static int Nearest(int left, int up, int corner)
    {
        var (a, b, c) = (Math.Abs(up - corner), Math.Abs(left - corner), Math.Abs(left + up - 2 * corner));
        return a <= b && a <= c ? left : b <= c ? up : corner;
    }
}
