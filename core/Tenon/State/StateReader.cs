using System.Buffers.Binary;
using Tenon.Core;

namespace Tenon.State;

/// <summary>
/// An open file that is parsed by position: every length is compared with what the file has before anything is allocated, and
/// elements are not read but become parts of the file.
/// </summary>
/// <param name="path">The file.</param>
internal sealed class StateReader(string path) : IDisposable
{
    private readonly Stream _stream = Open(path);
    private UOp? _file;

    /// <summary>The file's path.</summary>
    public string Path => path;

    /// <summary>The file's bytes.</summary>
    public long Length => _stream.Length;

    /// <summary>The next byte to read.</summary>
    public long Position
    {
        get => _stream.Position;
        set => _stream.Position = value;
    }

    /// <summary>The code of errors of a file that is shorter than it says.</summary>
    public string TruncatedCode { get; init; } = "TEN5110";

    /// <summary>The file for what reads streams.</summary>
    public Stream Stream => _stream;

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
        long count = dtype.Bytes;
        foreach (var size in shape)
        {
            var isTooMuch = size < 0 || Math.BigMul((ulong)count, (ulong)size, out var low) != 0 || low > long.MaxValue;
            count = isTooMuch
                ? throw Fault(TruncatedCode, at, field, $"the shape [{string.Join(", ", shape.ToArray())}] of {dtype} is negative or takes more than 2^63 bytes.")
                : count * size;
        }

        return count;
    }

    /// <summary>Elements in the file as a tensor. They are not read.</summary>
    /// <param name="field">What they are, for the error.</param>
    /// <param name="offset">The first byte.</param>
    /// <param name="dtype">The type of the elements.</param>
    /// <param name="shape">The sizes.</param>
    /// <exception cref="TenonFormatException">The file has fewer bytes.</exception>
    public Tensor Tensor(string field, long offset, DType dtype, long[] shape)
    {
        var bytes = ByteCount(field, dtype, shape, offset);
        if (offset < 0 || bytes > Length - offset)
        {
            throw Fault(TruncatedCode, offset, field, $"{bytes} bytes of {dtype} [{string.Join(", ", shape)}] are expected from there on, but the file has {Length}. It is truncated or damaged.");
        }

        _file ??= TensorExecutor.Current.OpenFile(path);
        return Tenon.Tensor.OfFile(TensorExecutor.Current.PartOfFile(_file, offset, dtype, bytes / dtype.Bytes), shape);
    }

    /// <summary>An error of this file.</summary>
    public TenonFormatException Fault(string code, long? offset, string field, string problem, Exception? inner = null) => new(code, path, offset, field, problem, inner);

    /// <inheritdoc/>
    public void Dispose() => _stream.Dispose();

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
