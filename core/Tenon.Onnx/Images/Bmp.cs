using System.Buffers.Binary;

namespace Tenon.Onnx.Images;

/// <summary>Windows bitmaps without compression, of 1, 4, 8, 24 or 32 bits a pixel.</summary>
internal static class Bmp
{
    /// <summary>Reads a picture.</summary>
    public static Picture Decode(byte[] data)
    {
        var (start, header) = (Int32(10), Int32(14));
        var (width, height, bits, compression) = (Int32(18), Int32(22), BinaryPrimitives.ReadInt16LittleEndian(data.AsSpan(28)), Int32(30));
        if (bits is not (1 or 4 or 8 or 24 or 32) || compression is not (0 or 3) || (compression == 3 && bits != 32))
        {
            throw Picture.Bad($"a bitmap of {bits} bits a pixel with compression {compression}. Expected 1, 4, 8, 24 or 32 bits without compression.");
        }

        // Rows from the bottom, unless the height is negative; each of whole words.
        var picture = Picture.Empty(width, Math.Abs((long)height), data.Length);
        var (stride, palette) = ((width * bits + 31) / 32 * 4, 14 + header);
        for (var row = 0; row < picture.Height; row++)
        {
            var y = height < 0 ? row : picture.Height - 1 - row;
            for (var x = 0; x < width; x++)
            {
                var at = start + row * stride + x * bits / 8;
                if (bits < 24)
                {
                    var index = data[at] >> (8 - bits - x * bits % 8) & (1 << bits) - 1;
                    at = palette + 4 * index;
                }

                picture.Set(x, y, data[at + 2], data[at + 1], data[at]);
            }
        }

        return picture;

        int Int32(int at) => BinaryPrimitives.ReadInt32LittleEndian(data.AsSpan(at));
    }
}
