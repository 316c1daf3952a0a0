using System.Buffers.Binary;
using System.IO.Compression;

namespace Tenon.Cli.Mnist;

/// <summary>An array of bytes read from an IDX file, plain or compressed with gzip.</summary>
/// <param name="Path">The file.</param>
/// <param name="Shape">The length of each axis.</param>
/// <param name="Data">The elements in row-major order.</param>
/// <remarks>The format is described on the page of the MNIST database, under "file formats".</remarks>
internal sealed record IdxFile(string Path, int[] Shape, byte[] Data)
{
    private const byte UnsignedByte = 0x08;
    private static ReadOnlySpan<byte> GzipMagic => [0x1F, 0x8B];

    /// <summary>Reads a file of unsigned bytes.</summary>
    /// <param name="path">The file.</param>
    /// <param name="rank">How many axes it must have.</param>
    /// <exception cref="TenonException">The file can't be read, isn't IDX, or is shorter or longer than its header says.</exception>
    public static IdxFile Read(string path, int rank)
    {
        var content = ReadContent(path);
        var header = 4 + 4 * rank;
        if (content.Length < header)
        {
            throw Damaged(path, $"it has {content.Length} bytes, but the header alone takes {header}");
        }

        if (content[0] != 0 || content[1] != 0 || content[2] != UnsignedByte || content[3] != rank)
        {
            throw Damaged(path, $"it starts with {Convert.ToHexString(content, 0, 4)}, but an IDX file of unsigned bytes with {rank} axes starts with 000008{rank:X2}");
        }

        var shape = new int[rank];
        long count = 1;
        for (var axis = 0; axis < rank; axis++)
        {
            var length = BinaryPrimitives.ReadUInt32BigEndian(content.AsSpan(4 + 4 * axis));
            if (length is 0 or > int.MaxValue || count * length > Array.MaxLength)
            {
                throw Damaged(path, $"its header gives axis {axis} a length of {length}");
            }

            shape[axis] = (int)length;
            count *= length;
        }

        return content.Length == header + count
            ? new IdxFile(path, shape, content[header..])
            : throw Damaged(path, $"its header promises {string.Join(" x ", shape)} = {count} elements, but {content.Length - header} follow");
    }

    private static byte[] ReadContent(string path)
    {
        try
        {
            var bytes = File.ReadAllBytes(path);
            if (!bytes.AsSpan().StartsWith(GzipMagic))
            {
                return bytes;
            }

            using var content = new MemoryStream();
            using var gzip = new GZipStream(new MemoryStream(bytes), CompressionMode.Decompress);
            gzip.CopyTo(content);
            return content.ToArray();
        }
        catch (InvalidDataException e)
        {
            throw Damaged(path, $"gzip can't decompress it ({e.Message})", e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new TenonException("TEN9002", $"Can't read the digits file '{path}': {e.Message}", e);
        }
    }

    private static TenonException Damaged(string path, string evidence, Exception? inner = null) =>
        new("TEN9003", $"The digits file '{path}' is truncated or not an IDX file: {evidence}. Get the file again, or give the folder of an intact copy with --data.", inner);
}
