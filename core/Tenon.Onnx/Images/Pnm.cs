using System.Globalization;

namespace Tenon.Onnx.Images;

/// <summary>Portable bitmaps, greymaps and pixmaps (P1 to P6).</summary>
internal static class Pnm
{
    /// <summary>Reads a picture.</summary>
    public static Picture Decode(byte[] data)
    {
        var (kind, at) = (data[1] - '0', 2);
        var picture = Picture.Empty(Number(), Number(), data.Length);
        var isBitmap = kind is 1 or 4;
        var most = isBitmap ? 1 : Number();
        if (most is < 1 or > 65535)
        {
            throw Picture.Bad($"a greatest value of {most}. Expected 1 to 65535.");
        }

        at += kind > 3 ? 1 : 0;
        var channels = kind is 3 or 6 ? 3 : 1;
        var color = new byte[channels];
        for (var y = 0; y < picture.Height; y++)
        {
            var row = at;
            for (var x = 0; x < picture.Width; x++)
            {
                for (var i = 0; i < channels; i++)
                {
                    color[i] = kind switch
                    {
                        1 => Bit() ? (byte)0 : (byte)255,
                        4 => (data[row + x / 8] >> (7 - x % 8) & 1) == 1 ? (byte)0 : (byte)255,
                        < 4 => Scaled(Number()),
                        _ => Scaled(most < 256 ? data[at++] : data[at++] << 8 | data[at++]),
                    };
                }

                picture.Set(x, y, color[0], color[channels / 2], color[channels - 1]);
            }

            at = kind == 4 ? row + (picture.Width + 7) / 8 : at;
        }

        return picture;

        byte Scaled(int value) => (byte)((Math.Min(value, most) * 255 + most / 2) / most);

        // The digits of a plain bitmap may stand side by side.
        bool Bit()
        {
            SkipSpace();
            return data[at++] == '1';
        }

        int Number()
        {
            SkipSpace();
            var from = at;
            while (at < data.Length && char.IsAsciiDigit((char)data[at]))
            {
                at++;
            }

            return int.TryParse(data.AsSpan(from, at - from), NumberStyles.None, CultureInfo.InvariantCulture, out var value) ? value : throw Picture.Bad($"no number at byte {from}.");
        }

        void SkipSpace()
        {
            while (at < data.Length && (char.IsWhiteSpace((char)data[at]) || data[at] == '#'))
            {
                at = data[at] == '#' ? data.AsSpan(at).IndexOf((byte)'\n') is >= 0 and var end ? at + end : data.Length : at + 1;
            }
        }
    }
}
