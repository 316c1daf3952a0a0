using System.IO.Compression;
using Tenon.Data;
using Tenon.State;
using Tenon.Tests.Shared;

namespace Tenon.Cli.Tests.Mnist;

public sealed class IdxFileTests
{
    // Two pictures of 2 x 3.
    private static readonly byte[] Valid = [0, 0, 8, 3, 0, 0, 0, 2, 0, 0, 0, 2, 0, 0, 0, 3, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12];

    private TemporaryFolder _folder = null!;

    [SetUp]
    public void SetUp() => _folder = new TemporaryFolder();

    [TearDown]
    public void TearDown() => _folder.Dispose();

    [Test]
    public void ReadsPlainFile()
    {
        var file = IdxFile.Read(_folder.Write("a", Valid), 3);
        Assert.That(file.Shape, Is.EqualTo(new[] { 2, 2, 3 }));
        Assert.That(file.Data, Is.EqualTo(Enumerable.Range(1, 12).Select(i => (byte)i)));
    }

    [Test]
    public void ReadsCompressedFileWhateverItsName()
    {
        var file = IdxFile.Read(_folder.Write("a", Compress(Valid)), 3);
        Assert.That(file.Data, Has.Length.EqualTo(12));
    }

    [Test]
    public void RefusesEveryTruncation([Values] bool compressed)
    {
        for (var length = 0; length < Valid.Length; length++)
        {
            var bytes = compressed ? Compress(Valid[..length]) : Valid[..length];
            var path = _folder.Write("a", bytes);
            Assert.That(() => IdxFile.Read(path, 3), Throws.TypeOf<TenonFormatException>().With.Property("Code").EqualTo("TEN3268"), $"{length} bytes");
        }
    }

    [Test]
    public void RefusesTruncatedGzip()
    {
        var whole = Compress(Valid);
        for (var length = 2; length < whole.Length / 2; length++)
        {
            var path = _folder.Write("a", whole[..length]);
            Assert.That(() => IdxFile.Read(path, 3), Throws.TypeOf<TenonFormatException>().With.Property("Code").EqualTo("TEN3268"), $"{length} bytes");
        }
    }

    [Test]
    public void RefusesBytesAfterTheEnd()
    {
        var path = _folder.Write("a", [.. Valid, 0]);
        Assert.That(() => IdxFile.Read(path, 3), Throws.TypeOf<TenonFormatException>().With.Message.Contains("2 x 2 x 3 = 12 elements, but 13 follow"));
    }

    [TestCase(0, 1, TestName = "Magic isn't zero")]
    [TestCase(2, 0x0D, TestName = "Elements are floats")]
    [TestCase(3, 1, TestName = "Another number of axes")]
    [TestCase(4, 0xFF, TestName = "Axis of 4 billion")]
    [TestCase(7, 0, TestName = "Empty axis")]
    [TestCase(4, 0x70, TestName = "More elements than an array holds")]
    public void RefusesWrongHeader(int at, byte value)
    {
        var bytes = Valid.ToArray();
        bytes[at] = value;
        var path = _folder.Write("a", bytes);
        Assert.That(() => IdxFile.Read(path, 3), Throws.TypeOf<TenonFormatException>().With.Property("Code").EqualTo("TEN3268").And.Message.Contains(path));
    }

    [Test]
    public void SaysWhenTheFileIsMissing() =>
        Assert.That(() => IdxFile.Read(Path.Combine(_folder.Path, "none"), 3), Throws.TypeOf<TenonException>().With.Property("Code").EqualTo("TEN3267"));

    [Test]
    public void DamagedFilesAreRefused()
    {
        var path = _folder.Write("a", Valid);
        var fuzzer = new FileFuzzer("idx", path, [Valid, Compress(Valid), [.. Valid[..7], 100, 0, 0, 0, 10, 0, 0, 0, 10, .. new byte[10000]]], () => IdxFile.Read(path, 3));
        Assert.That(fuzzer.Run(2000 * LongRun.Factor), Is.GreaterThan(500));
    }

    private static byte[] Compress(byte[] bytes)
    {
        using var stream = new MemoryStream();
        using (var gzip = new GZipStream(stream, CompressionLevel.Optimal))
        {
            gzip.Write(bytes);
        }

        return stream.ToArray();
    }
}
