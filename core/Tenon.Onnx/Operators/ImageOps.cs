using Tenon.Onnx.Graph;
using Tenon.Onnx.Images;
using Tenon.Onnx.Run;

namespace Tenon.Onnx.Operators;

/// <summary>Operators that read pictures.</summary>
internal static class ImageOps
{
    /// <summary>Adds them.</summary>
    public static void Register(OpRegistry ops) => ops.Add("ImageDecoder", 20, Decode);

    // The bytes of a file → [H, W, 3], or [H, W, 1].
    private static Tensor Decode(OpCall c)
    {
        var picture = Picture.Decode(c[0].ToBytes());
        var rgb = Tensor.From<byte>(picture.Rgb, [picture.Height, picture.Width, 3], c.Context.Device);
        return c.Text("pixel_format", "RGB") switch
        {
            "RGB" => rgb,
            "BGR" => rgb.Flip(2),
            "Grayscale" => Grey(picture, c.Context.Device),
            var other => throw c.Error($"pixel_format '{other}'. Expected RGB, BGR or Grayscale."),
        };
    }

    // ITU-R BT.601, in units of 2⁻¹⁶.
    private static Tensor Grey(Picture picture, string? device)
    {
        var grey = new byte[picture.Rgb.Length / 3];
        for (var i = 0; i < grey.Length; i++)
        {
            grey[i] = (byte)((19595 * picture.Rgb[3 * i] + 38470 * picture.Rgb[3 * i + 1] + 7471 * picture.Rgb[3 * i + 2] + 32768) >> 16);
        }

        return Tensor.From<byte>(grey, [picture.Height, picture.Width, 1], device);
    }
}
