namespace Tenon.Onnx.Images;

/// <summary>One component of a JPEG: samples in blocks of 8×8, of which there may be fewer than pixels.</summary>
internal sealed class JpegPlane
{
    private readonly int _factorX;
    private readonly int _factorY;
    private readonly int _stride;
    private readonly byte[] _samples;

    public JpegPlane(Picture picture, int id, int steps, int across, int down, int mostAcross, int mostDown)
    {
        (Id, Steps, Across, Down) = (id, steps, across, down);
        (_factorX, _factorY) = (mostAcross / across, mostDown / down);
        (Width, Height) = ((picture.Width + _factorX - 1) / _factorX, (picture.Height + _factorY - 1) / _factorY);
        (UnitsAcross, UnitsDown) = ((picture.Width + 8 * mostAcross - 1) / (8 * mostAcross), (picture.Height + 8 * mostDown - 1) / (8 * mostDown));
        _stride = 8 * across * UnitsAcross;
        _samples = new byte[_stride * 8 * down * UnitsDown];
    }

    public int Id { get; }

    public int Steps { get; }

    public int Across { get; }

    public int Down { get; }

    public int Width { get; }

    public int Height { get; }

    public int UnitsAcross { get; }

    public int UnitsDown { get; }

    // The mean of the block before, to which that of the next is a difference.
    public int Last { get; set; }

    /// <summary>Sets a block from its frequencies.</summary>
    public void Set(int column, int row, int[] block)
    {
        InverseCosine.Apply(block);
        for (var i = 0; i < 64; i++)
        {
            _samples[(8 * row + i / 8) * _stride + 8 * column + i % 8] = (byte)Math.Clamp(block[i] + 128, 0, 255);
        }
    }

    /// <summary>A sample for each pixel. Between samples twice as far apart as pixels, three parts are the nearer's.</summary>
    public byte[] Full(Picture picture)
    {
        var full = new byte[picture.Width * picture.Height];
        var (isSmoothX, isSmoothY) = (_factorX == 2 && Width > 2 && _factorY <= 2, _factorY == 2 && (_factorX == 1 || (_factorX == 2 && Width > 2)));
        for (var i = 0; i < full.Length; i++)
        {
            var (x, y) = (i % picture.Width, i / picture.Width);
            var (column, row) = (x / _factorX, y / _factorY);
            full[i] = (byte)((isSmoothX, isSmoothY) switch
            {
                (false, false) => At(column, row),
                (false, true) => Down4(column, row, y) + 1 + y % 2 >> 2,
                (true, false) => At(column, row) * 3 + At(column + Side(x), row) + 1 + x % 2 >> 2,
                _ => Down4(column, row, y) * 3 + Down4(column + Side(x), row, y) + 8 - x % 2 >> 4,
            });
        }

        return full;
    }

    private static int Side(int x) => x % 2 == 0 ? -1 : 1;

    // Three parts of a row and one of that on the nearer side.
    private int Down4(int column, int row, int y) => At(column, row) * 3 + At(column, row + Side(y));

    private int At(int column, int row) => _samples[Math.Clamp(row, 0, Height - 1) * _stride + Math.Clamp(column, 0, Width - 1)];
}
