using System.Buffers.Binary;
using System.IO.Compression;
using Tenon.State;

namespace Tenon.Data;

/// <summary>An array of bytes read from an IDX file, plain or compressed with gzip.</summary>
/// <param name="Path">The file.</param>
/// <param name="Shape">The length of each axis.</param>
/// <param name="Data">The elements, the last axis running fastest.</param>
/// <remarks>The format is described on the page of the MNIST database, under "file formats".</remarks>
public sealed record IdxFile(string Path, int[] Shape, byte[] Data)
{
    private const byte UnsignedByte = 0x08;

    // What deflate makes of one byte at most.
    private const long LargestExpansion = 1032;

    private static ReadOnlySpan<byte> GzipMagic => [0x1F, 0x8B];

    /// <summary>Reads a file of unsigned bytes. No more memory is taken than the file can fill.</summary>
    /// <param name="path">The file.</param>
    /// <param name="rank">How many axes it must have.</param>
    /// <exception cref="TenonException">The file can't be read.</exception>
    /// <exception cref="TenonFormatException">The file isn't IDX, or is shorter or longer than its header says.</exception>
    public static IdxFile Read(string path, int rank)
    {
        try
        {
            using var file = File.OpenRead(path);
            Span<byte> magic = stackalloc byte[2];
            var isCompressed = file.ReadAtLeast(magic, 2, throwOnEndOfStream: false) == 2 && magic.SequenceEqual(GzipMagic);
            file.Position = 0;
            if (!isCompressed)
            {
                return Read(file, file.Length, path, rank);
            }

            using var content = new GZipStream(file, CompressionMode.Decompress);
            return Read(content, null, path, rank, file.Length * LargestExpansion);
        }
        catch (InvalidDataException e)
        {
            throw new TenonFormatException("TEN3268", path, null, "gzip", $"it can't be decompressed ({e.Message}). Get the file again.", e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new TenonException("TEN3267", $"Can't read the data file '{path}': {e.Message}", e);
        }
    }

    private static IdxFile Read(Stream stream, long? length, string path, int rank, long most = long.MaxValue)
    {
        var header = new byte[4 + 4 * rank];
        var got = stream.ReadAtLeast(header, header.Length, throwOnEndOfStream: false);
        if (got < header.Length)
        {
            throw Damaged(got, "header", $"it ends after {got} bytes, but the header alone takes {header.Length}");
        }

        if (header[0] != 0 || header[1] != 0 || header[2] != UnsignedByte || header[3] != rank)
        {
            throw Damaged(0, "magic", $"it is {Convert.ToHexString(header, 0, 4)}, but an IDX file of unsigned bytes with {rank} axes starts with 000008{rank:X2}");
        }

        var shape = new int[rank];
        long count = 1;
        for (var axis = 0; axis < rank; axis++)
        {
            var size = BinaryPrimitives.ReadUInt32BigEndian(header.AsSpan(4 + 4 * axis));
            if (size is 0 or > int.MaxValue || count * size > Math.Min(Array.MaxLength, most))
            {
                throw Damaged(4 + 4 * axis, $"size of axis {axis}", $"it is {size}, which gives more elements than the file can hold, or none");
            }

            shape[axis] = (int)size;
            count *= size;
        }

        var promise = $"the header promises {string.Join(" x ", shape)} = {count} elements, but ";
        if (length is { } bytes && bytes - header.Length != count)
        {
            throw Damaged(header.Length, "elements", $"{promise}{bytes - header.Length} follow");
        }

        var data = new byte[count];
        var read = stream.ReadAtLeast(data, data.Length, throwOnEndOfStream: false);
        return read < count ? throw Damaged(header.Length + read, "elements", $"{promise}{read} follow")
            : stream.ReadByte() >= 0 ? throw Damaged(header.Length + count, "elements", $"{promise}more follow")
            : new IdxFile(path, shape, data);

        TenonFormatException Damaged(long offset, string field, string problem) =>
            new("TEN3268", path, offset, field, $"{problem}. Get the file again, or give the folder of an intact copy.");
    }
}
