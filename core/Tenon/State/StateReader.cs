using System.Buffers.Binary;
using Tenon.Core;

namespace Tenon.State;

/// <summary>
/// An open file, or a part of one, that is parsed by position: every length is compared with what the file has before anything
/// is allocated, and elements are not read but become parts of the file.
/// </summary>
internal sealed class StateReader : IDisposable
{
    private readonly Stream _stream;
    private readonly StateReader? _whole;
    private readonly byte[]? _content;
    private UOp? _file;

    /// <summary>Opens a file.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="TenonException">It can't be read.</exception>
    public StateReader(string path)
    {
        (Path, _stream) = (path, Open(path));
        Length = _stream.Length;
    }

    // A part of the file, or what was unpacked from it.
    private StateReader(StateReader whole, string path, Stream stream, long begin, long end, byte[]? content)
    {
        (_whole, Path, _stream, Length, _content, TruncatedCode) = (whole, path, stream, end, content, whole.TruncatedCode);
        Position = begin;
    }

    /// <summary>The file's path, and what of the file this is.</summary>
    public string Path { get; }

    /// <summary>The byte after the last: all that count from the beginning of the file.</summary>
    public long Length { get; }

    /// <summary>The next byte to read.</summary>
    public long Position
    {
        get => _stream.Position;
        set => _stream.Position = value;
    }

    /// <summary>The code of errors of a file that is shorter than it says.</summary>
    public string TruncatedCode { get; init; } = "TEN5110";

    /// <summary>A part of the file. One of both is read at a time.</summary>
    public StateReader Part(long begin, long length) =>
        begin >= 0 && length >= 0 && length <= Length - begin ? new(this, Path, _stream, begin, begin + length, _content) : throw new ArgumentOutOfRangeException(nameof(begin));

    /// <summary>What was unpacked from the file.</summary>
    /// <param name="name">The name of the part.</param>
    /// <param name="content">Its bytes.</param>
    public StateReader Unpacked(string name, byte[] content) => new(this, $"{Path}:{name}", new MemoryStream(content), 0, content.Length, content);

    /// <summary>Reads bytes that the file must have.</summary>
    /// <param name="count">How many.</param>
    /// <param name="field">What they are, for the error.</param>
    public byte[] Bytes(long count, string field)
    {
        Require(count, field);
        var bytes = new byte[count <= Array.MaxLength ? count : throw Fault(TruncatedCode, Position, field, $"{count} bytes do not fit an array of the host.")];
        _stream.ReadExactly(bytes);
        return bytes;
    }

    /// <summary>Fills a span with bytes that the file must have.</summary>
    public void Read(Span<byte> bytes, string field)
    {
        Require(bytes.Length, field);
        _stream.ReadExactly(bytes);
    }

    /// <summary>Reads a byte.</summary>
    public byte Byte(string field)
    {
        Span<byte> bytes = stackalloc byte[1];
        Read(bytes, field);
        return bytes[0];
    }

    /// <summary>Reads a little-endian number of 2 bytes.</summary>
    public ushort UInt16(string field)
    {
        Span<byte> bytes = stackalloc byte[2];
        Read(bytes, field);
        return BinaryPrimitives.ReadUInt16LittleEndian(bytes);
    }

    /// <summary>Reads a little-endian number of 4 bytes.</summary>
    public uint UInt32(string field)
    {
        Span<byte> bytes = stackalloc byte[4];
        Read(bytes, field);
        return BinaryPrimitives.ReadUInt32LittleEndian(bytes);
    }

    /// <summary>Reads a little-endian number of 8 bytes.</summary>
    public ulong UInt64(string field)
    {
        Span<byte> bytes = stackalloc byte[8];
        Read(bytes, field);
        return BinaryPrimitives.ReadUInt64LittleEndian(bytes);
    }

    /// <summary>Requires that so many bytes follow.</summary>
    public void Require(long count, string field)
    {
        if (count < 0 || count > Length - Position)
        {
            throw Fault(TruncatedCode, Position, field, $"{(count < 0 ? "more than 2^63" : count)} bytes are expected, but the file of {Length} bytes has {Math.Max(0, Length - Position)} left. It is truncated or damaged.");
        }
    }

    /// <summary>The bytes that a shape takes.</summary>
    /// <exception cref="TenonFormatException">A size is negative, or there are too many elements.</exception>
    public long ByteCount(string field, DType dtype, ReadOnlySpan<long> shape, long at)
    {
        long count = dtype.Bits;
        foreach (var size in shape)
        {
            var isTooMuch = size < 0 || Math.BigMul((ulong)count, (ulong)size, out var low) != 0 || low > long.MaxValue;
            count = isTooMuch
                ? throw Fault(TruncatedCode, at, field, $"the shape [{string.Join(", ", shape.ToArray())}] of {dtype} is negative or takes more than 2^63 bits.")
                : count * size;
        }

        return (count / 8) + (count % 8 > 0 ? 1 : 0);
    }

    /// <summary>Elements in the file as a tensor. They are not read, unless the order of their bytes is not ours.</summary>
    /// <param name="field">What they are, for the error.</param>
    /// <param name="offset">The first byte.</param>
    /// <param name="dtype">The type of the elements.</param>
    /// <param name="shape">The sizes.</param>
    /// <param name="isBigEndian">Whether the highest byte of each comes first.</param>
    /// <exception cref="TenonFormatException">The file has fewer bytes.</exception>
    public Tensor Tensor(string field, long offset, DType dtype, long[] shape, bool isBigEndian = false)
    {
        var count = ByteCount(field, dtype, shape, offset);
        if (offset < 0 || count > Length - offset)
        {
            throw Fault(TruncatedCode, offset, field, $"{count} bytes of {dtype} [{string.Join(", ", shape)}] are expected from there on, but the file has {Math.Max(0, Length - offset)}. It is truncated or damaged.");
        }

        if (_content is null && (!isBigEndian || dtype.Stored.Bytes == 1))
        {
            return Tenon.Tensor.OfFile(TensorExecutor.Current.PartOfFile(OpenedFile, offset, dtype, Shapes.Product(shape)), shape);
        }

        Position = offset;
        var bytes = _content is null || isBigEndian ? Bytes(count, field) : _content.AsSpan((int)offset, (int)count);
        var width = dtype.Stored.Bytes;
        for (var i = 0; isBigEndian && i < bytes.Length; i += width)
        {
            bytes.Slice(i, width).Reverse();
        }

        return Tenon.Tensor.FromBytes(bytes, dtype, shape);
    }

    /// <summary>An error of this file.</summary>
    public TenonFormatException Fault(string code, long? offset, string field, string problem, Exception? inner = null) => new(code, Path, offset, field, problem, inner);

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_whole is null || _content is not null)
        {
            _stream.Dispose();
        }
    }

    private UOp OpenedFile => _whole is null ? _file ??= TensorExecutor.Current.OpenFile(Path) : _whole.OpenedFile;

    private static FileStream Open(string path)
    {
        try
        {
            return new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            throw new TenonException("TEN3100", $"'{path}' can't be read: {e.Message}", e);
        }
    }
}
