namespace Tenon.Onnx.Images;

/// <summary>The bits of a scan, the highest of each byte first. Behind the end there are zeros.</summary>
/// <param name="data">The file.</param>
/// <param name="at">Where the scan begins.</param>
internal sealed class JpegBits(byte[] data, int at)
{
    private int _byte;
    private int _left;

    /// <summary>Where the next marker is.</summary>
    public int End
    {
        get
        {
            while (at + 1 < data.Length && (data[at] != 0xFF || data[at + 1] is 0 or (>= 0xD0 and <= 0xD7)))
            {
                at++;
            }

            return at;
        }
    }

    /// <summary>The next bit.</summary>
    public int Next()
    {
        if (_left == 0)
        {
            // A byte of ones is followed by zero; otherwise it begins a marker.
            var isEnd = at >= data.Length || (data[at] == 0xFF && at + 1 < data.Length && data[at + 1] != 0);
            _byte = isEnd ? 0 : data[at];
            at += isEnd ? 0 : _byte == 0xFF ? 2 : 1;
            _left = 8;
        }

        return _byte >> --_left & 1;
    }

    /// <summary>A number of so many bits; those that begin with 0 are negative.</summary>
    public int Signed(int count)
    {
        var value = 0;
        for (var i = 0; i < count; i++)
        {
            value = value << 1 | Next();
        }

        return count > 0 && value >> (count - 1) == 0 ? value - (1 << count) + 1 : value;
    }

    /// <summary>Goes on behind the next restart marker.</summary>
    public void Restart()
    {
        _left = 0;
        while (at + 1 < data.Length && (data[at] != 0xFF || data[at + 1] == 0))
        {
            at++;
        }

        at += at + 1 < data.Length && data[at + 1] is >= 0xD0 and <= 0xD7 ? 2 : 0;
    }
}

/// <summary>A Huffman code.</summary>
internal sealed class JpegCode
{
    private readonly int[] _counts = new int[17];
    private readonly byte[] _symbols;

    /// <summary>Reads how many symbols have codes of 1 to 16 bits, and the symbols.</summary>
    public JpegCode(ReadOnlySpan<byte> counts, ReadOnlySpan<byte> symbols, out int count)
    {
        count = 0;
        for (var i = 0; i < 16; i++)
        {
            _counts[i + 1] = counts[i];
            count += counts[i];
        }

        _symbols = symbols[..count].ToArray();
    }

    /// <summary>The next symbol.</summary>
    public int Read(JpegBits bits)
    {
        var (code, first, index) = (0, 0, 0);
        for (var length = 1; length <= 16; length++)
        {
            code = code << 1 | bits.Next();
            if (code - first < _counts[length])
            {
                return _symbols[index + code - first];
            }

            index += _counts[length];
            first = first + _counts[length] << 1;
        }

        throw Picture.Bad("a JPEG with bits that are no code.");
    }
}
