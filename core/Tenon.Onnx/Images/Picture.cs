namespace Tenon.Onnx.Images;

/// <summary>A decoded picture: red, green and blue of each pixel, rows from the top.</summary>
/// <param name="Width">Pixels in a row.</param>
/// <param name="Height">Rows.</param>
/// <param name="Rgb">Three bytes a pixel.</param>
internal sealed record Picture(int Width, int Height, byte[] Rgb)
{
    // More than this is no picture that a model wants, but an attack.
    private const long MostPixels = 1 << 28;

    /// <summary>An empty picture.</summary>
    /// <exception cref="TenonException">The size is not that of a picture, or far beyond what the data can hold.</exception>
    public static Picture Empty(long width, long height, long dataLength) =>
        width > 0 && height > 0 && width <= MostPixels / height && width * height <= 4096L * (dataLength + 1024)
            ? new Picture((int)width, (int)height, new byte[3 * width * height])
            : throw Bad($"a picture of {width}×{height} in {dataLength} bytes. Expected a size above 0 that the data can fill.");

    /// <summary>Reads a picture of any format that is known.</summary>
    /// <exception cref="TenonException">The data is damaged, or of another format.</exception>
    public static Picture Decode(byte[] data)
    {
        try
        {
            return data switch
            {
                [0x89, (byte)'P', (byte)'N', (byte)'G', ..] => Png.Decode(data),
                [(byte)'B', (byte)'M', ..] => Bmp.Decode(data),
                [(byte)'P', >= (byte)'1' and <= (byte)'6', ..] => Pnm.Decode(data),
                [(byte)'I', (byte)'I', 42, 0, ..] or [(byte)'M', (byte)'M', 0, 42, ..] => Tiff.Decode(data),
                [0xFF, 0xD8, 0xFF, ..] => Jpeg.Decode(data),
                _ => throw Bad($"{data.Length} bytes that begin with {Convert.ToHexString(data.AsSpan(0, Math.Min(4, data.Length)))}. Expected PNG, BMP, PNM, TIFF or JPEG."),
            };
        }
        catch (Exception e) when (e is IndexOutOfRangeException or ArgumentException or OverflowException or IOException or InvalidDataException)
        {
            throw Bad($"the data is damaged or cut short ({e.Message})");
        }
    }

    /// <summary>Sets a pixel.</summary>
    public void Set(int x, int y, byte red, byte green, byte blue)
    {
        var at = 3 * (y * Width + x);
        (Rgb[at], Rgb[at + 1], Rgb[at + 2]) = (red, green, blue);
    }

    /// <summary>An error in the data of a picture.</summary>
    public static TenonException Bad(string problem) => new("TEN5250", $"ImageDecoder: {problem}");
}
