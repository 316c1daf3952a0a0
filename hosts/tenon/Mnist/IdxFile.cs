using System.Buffers.Binary;
using System.IO.Compression;
using Tenon.State;

namespace Tenon.Cli.Mnist;

/// <summary>An array of bytes read from an IDX file, plain or compressed with gzip.</summary>
/// <param name="Path">The file.</param>
/// <param name="Shape">The length of each axis.</param>
/// <param name="Data">The elements in row-major order.</param>
/// <remarks>The format is described on the page of the MNIST database, under "file formats".</remarks>
internal sealed record IdxFile(string Path, int[] Shape, byte[] Data)
{
    private const byte UnsignedByte = 0x08;

    // gzip can't pack tighter.
    private const long HighestRatio = 1032;

    private static ReadOnlySpan<byte> GzipMagic => [0x1F, 0x8B];

    /// <summary>Reads a file of unsigned bytes.</summary>
    /// <param name="path">The file.</param>
    /// <param name="rank">How many axes it must have.</param>
    /// <exception cref="TenonException">The file can't be read.</exception>
    /// <exception cref="TenonFormatException">It isn't IDX, or is shorter or longer than its header says.</exception>
    public static IdxFile Read(string path, int rank)
    {
        try
        {
            using var file = File.OpenRead(path);
            Span<byte> magic = stackalloc byte[2];
            var isPacked = file.ReadAtLeast(magic, 2, throwOnEndOfStream: false) == 2 && magic.SequenceEqual(GzipMagic);
            file.Position = 0;
            if (!isPacked)
            {
                return Read(path, rank, file, file.Length);
            }

            using var gzip = new GZipStream(file, CompressionMode.Decompress);
            return Read(path, rank, gzip, Math.Min(long.MaxValue / HighestRatio, file.Length) * HighestRatio);
        }
        catch (InvalidDataException e)
        {
            throw Damaged(path, null, "gzip", $"gzip can't decompress it ({e.Message})", e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new TenonException("TEN9002", $"Can't read the digits file '{path}': {e.Message}", e);
        }
    }

    // The content has at most so many bytes, whatever its header says.
    private static IdxFile Read(string path, int rank, Stream content, long most)
    {
        var header = new byte[4 + 4 * rank];
        var read = content.ReadAtLeast(header, header.Length, throwOnEndOfStream: false);
        if (read < header.Length)
        {
            throw Damaged(path, read, "header", $"it has {read} bytes, but the header alone takes {header.Length}");
        }

        if (header[0] != 0 || header[1] != 0 || header[2] != UnsignedByte || header[3] != rank)
        {
            throw Damaged(path, 0, "magic", $"it starts with {Convert.ToHexString(header, 0, 4)}, but an IDX file of unsigned bytes with {rank} axes starts with 000008{rank:X2}");
        }

        var shape = new int[rank];
        long count = 1;
        for (var axis = 0; axis < rank; axis++)
        {
            var at = 4 + 4 * axis;
            var length = BinaryPrimitives.ReadUInt32BigEndian(header.AsSpan(at));
            if (length is 0 or > int.MaxValue || count * length > Array.MaxLength)
            {
                throw Damaged(path, at, $"axis {axis}", $"its header gives axis {axis} a length of {length}");
            }

            shape[axis] = (int)length;
            count *= length;
        }

        var promise = $"its header promises {string.Join(" x ", shape)} = {count} elements, but";
        if (count > most)
        {
            throw Damaged(path, header.Length, "elements", $"{promise} the file is too small for them");
        }

        var data = new byte[count];
        read = content.ReadAtLeast(data, data.Length, throwOnEndOfStream: false);
        var rest = new byte[1024];
        var more = read < data.Length ? 0 : content.ReadAtLeast(rest, rest.Length, throwOnEndOfStream: false);
        return read + more == count
            ? new IdxFile(path, shape, data)
            : throw Damaged(path, header.Length + Math.Min(read, count), "elements", $"{promise} {read + more}{(more == rest.Length ? " or more" : "")} follow");
    }

    private static TenonFormatException Damaged(string path, long? offset, string field, string evidence, Exception? inner = null) =>
        new("TEN9003", path, offset, field, $"The digits file is truncated or not an IDX file: {evidence}. Get the file again, or give the folder of an intact copy with --data.", inner);
}
