using System.Buffers.Binary;

namespace Tenon.Onnx.Images;

/// <summary>Sequential JPEG of 8 bits in grey, YCbCr or RGB; each number is computed as the reference decoder of the Independent JPEG Group does.</summary>
/// <remarks>ITU-T T.81.</remarks>
internal sealed class Jpeg
{
    private static readonly byte[] ZigZag =
    [
        0, 1, 8, 16, 9, 2, 3, 10, 17, 24, 32, 25, 18, 11, 4, 5, 12, 19, 26, 33, 40, 48, 41, 34, 27, 20, 13, 6, 7, 14, 21, 28,
        35, 42, 49, 56, 57, 50, 43, 36, 29, 22, 15, 23, 30, 37, 44, 51, 58, 59, 52, 45, 38, 31, 39, 46, 53, 60, 61, 54, 47, 55, 62, 63,
    ];

    private readonly byte[] _data;
    private readonly int[][] _steps = new int[4][];
    private readonly JpegCode?[] _codes = new JpegCode?[8];
    private JpegPlane[] _planes = [];
    private Picture? _picture;
    private int _restart;
    private bool _isRgb;

    private Jpeg(byte[] data) => _data = data;

    /// <summary>Reads a picture.</summary>
    public static Picture Decode(byte[] data) => new Jpeg(data).Decode();

    private Picture Decode()
    {
        var at = 2;
        while (at + 4 <= _data.Length)
        {
            var marker = _data[at + 1];
            if (_data[at] != 0xFF || marker == 0xD9)
            {
                break;
            }

            if (marker == 0xFF)
            {
                at++;
                continue;
            }

            var length = BinaryPrimitives.ReadUInt16BigEndian(_data.AsSpan(at + 2));
            var content = _data.AsSpan(at + 4, length - 2);
            at += 2 + length;
            switch (marker)
            {
                case 0xDB:
                    ReadSteps(content);
                    break;
                case 0xC4:
                    ReadCodes(content);
                    break;
                case 0xC0 or 0xC1:
                    ReadFrame(content);
                    break;
                case 0xDD:
                    _restart = BinaryPrimitives.ReadUInt16BigEndian(content);
                    break;
                case 0xEE when content.StartsWith("Adobe"u8):
                    _isRgb = content[11] == 0;
                    break;
                case 0xDA:
                    at = ReadScan(content, at);
                    break;
                case >= 0xC2 and <= 0xCF:
                    throw Picture.Bad($"a JPEG of kind {marker - 0xC0}. Expected a sequential one with Huffman codes: 0 or 1.");
            }
        }

        return Colored(_picture ?? throw Picture.Bad("a JPEG without a frame."));
    }

    private void ReadSteps(ReadOnlySpan<byte> content)
    {
        while (content.Length > 0)
        {
            var (isWide, table) = (content[0] >> 4 != 0, new int[64]);
            _steps[content[0] & 3] = table;
            for (var i = 0; i < 64; i++)
            {
                table[ZigZag[i]] = isWide ? BinaryPrimitives.ReadUInt16BigEndian(content[(1 + 2 * i)..]) : content[1 + i];
            }

            content = content[(isWide ? 129 : 65)..];
        }
    }

    private void ReadCodes(ReadOnlySpan<byte> content)
    {
        while (content.Length > 0)
        {
            var code = new JpegCode(content[1..17], content[17..], out var count);
            _codes[(content[0] >> 4 & 1) * 4 + (content[0] & 3)] = code;
            content = content[(17 + count)..];
        }
    }

    private void ReadFrame(ReadOnlySpan<byte> content)
    {
        if (content[0] != 8 || content[5] is not (1 or 3) || _picture is not null)
        {
            throw Picture.Bad($"a JPEG of {content[0]} bits and {content[5]} components. Expected 8 bits, and 1 or 3.");
        }

        _picture = Picture.Empty(BinaryPrimitives.ReadUInt16BigEndian(content[3..]), BinaryPrimitives.ReadUInt16BigEndian(content[1..]), _data.Length);
        var (across, down) = (1, 1);
        for (var i = 0; i < content[5]; i++)
        {
            (across, down) = (Math.Max(across, content[7 + 3 * i] >> 4), Math.Max(down, content[7 + 3 * i] & 15));
        }

        _planes = new JpegPlane[content[5]];
        for (var i = 0; i < _planes.Length; i++)
        {
            var (h, v) = (content[7 + 3 * i] >> 4, content[7 + 3 * i] & 15);
            if (h is < 1 or > 4 || v is < 1 or > 4 || across % h != 0 || down % v != 0)
            {
                throw Picture.Bad($"a JPEG whose component {i} has {h}×{v} of {across}×{down} samples. Expected divisors.");
            }

            // The one component of a grey picture has no blocks beside others.
            (h, v, across, down) = _planes.Length == 1 ? (1, 1, 1, 1) : (h, v, across, down);
            _planes[i] = new JpegPlane(_picture, content[6 + 3 * i], content[8 + 3 * i] & 3, h, v, across, down);
        }
    }

    // The blocks of a scan, and where it ends.
    private int ReadScan(ReadOnlySpan<byte> content, int at)
    {
        var parts = new (JpegPlane Plane, JpegCode First, JpegCode Others)[content[0]];
        for (var i = 0; i < parts.Length; i++)
        {
            var (id, tables) = (content[1 + 2 * i], content[2 + 2 * i]);
            var plane = Array.Find(_planes, p => p.Id == id);
            parts[i] = plane is not null && _codes[tables >> 4 & 3] is { } first && _codes[4 + (tables & 3)] is { } rest && _steps[plane.Steps] is not null
                ? (plane, first, rest)
                : throw Picture.Bad($"a JPEG with a scan of component {id}, which it doesn't describe.");
        }

        if (parts.Length == 0)
        {
            throw Picture.Bad("a JPEG with an empty scan.");
        }

        // A scan of one component has its blocks row by row; one of several takes some of each in turn.
        var isSingle = parts.Length == 1;
        var (columns, rows) = isSingle ? ((parts[0].Plane.Width + 7) / 8, (parts[0].Plane.Height + 7) / 8) : (_planes[0].UnitsAcross, _planes[0].UnitsDown);
        var bits = new JpegBits(_data, at);
        var block = new int[64];
        for (var unit = 0; unit < columns * rows; unit++)
        {
            if (_restart > 0 && unit > 0 && unit % _restart == 0)
            {
                bits.Restart();
                Array.ForEach(_planes, static p => p.Last = 0);
            }

            foreach (var (plane, first, rest) in parts)
            {
                var (h, v) = isSingle ? (1, 1) : (plane.Across, plane.Down);
                for (var i = 0; i < h * v; i++)
                {
                    ReadBlock(bits, plane, first, rest, block);
                    plane.Set(unit % columns * h + i % h, unit / columns * v + i / h, block);
                }
            }
        }

        Array.ForEach(_planes, static p => p.Last = 0);
        return bits.End;
    }

    private void ReadBlock(JpegBits bits, JpegPlane plane, JpegCode first, JpegCode rest, int[] block)
    {
        var steps = _steps[plane.Steps];
        Array.Clear(block);
        plane.Last += bits.Signed(first.Read(bits) & 15);
        block[0] = plane.Last * steps[0];
        for (var k = 1; k < 64; k++)
        {
            var symbol = rest.Read(bits);
            if ((symbol & 15) == 0 && symbol != 0xF0)
            {
                break;
            }

            k += symbol >> 4;
            if ((symbol & 15) != 0)
            {
                var place = ZigZag[k];
                block[place] = bits.Signed(symbol & 15) * steps[place];
            }
        }
    }

    // ITU-R BT.601, in units of 2⁻¹⁶.
    private Picture Colored(Picture picture)
    {
        var planes = Array.ConvertAll(_planes, p => p.Full(picture));
        for (var i = 0; i < picture.Width * picture.Height; i++)
        {
            var (a, b, c) = planes.Length == 1 ? (planes[0][i], planes[0][i], planes[0][i]) : (planes[0][i], planes[1][i], planes[2][i]);
            var (cb, cr) = (b - 128, c - 128);
            var color = planes.Length == 1 || _isRgb
                ? (a, b, c)
                : (Byte(a + (91881 * cr + 32768 >> 16)), Byte(a + (-22554 * cb - 46802 * cr + 32768 >> 16)), Byte(a + (116130 * cb + 32768 >> 16)));
            picture.Set(i % picture.Width, i / picture.Width, color.Item1, color.Item2, color.Item3);
        }

        return picture;

        static byte Byte(int value) => (byte)Math.Clamp(value, 0, 255);
    }
}
