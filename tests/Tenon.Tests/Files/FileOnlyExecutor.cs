using System.Runtime.CompilerServices;
using Tenon.Core;

namespace Tenon.Tests.Files;

/// <summary>Keeps bytes and parts of files, and computes nothing.</summary>
internal sealed class FileOnlyExecutor : TensorExecutor
{
    private readonly ConditionalWeakTable<UOp, byte[]> _content = [];
    private readonly ConditionalWeakTable<UOp, FilePart> _files = [];
    private long _nextId = 2_000_000_000;

    public override string DefaultDevice => "CPU";

    public override string FileDevice => "DISK";

    public override string Canonicalize(string device) => device;

    public override UOp CreateBuffer(DType dtype, long size, string device) => New(dtype, size, device);

    public override UOp OpenFile(string path) => AddFile(path, 0, DType.UInt8, new FileInfo(path).Length);

    public override bool IsFile(UOp buffer) => _files.TryGetValue(buffer, out _);

    public override UOp PartOfFile(UOp file, long offset, DType dtype, long size)
    {
        Assert.That(_files.TryGetValue(file, out var part), Is.True);
        Assert.That(offset >= 0 && size >= 0 && dtype.BytesOf(size) <= part!.Bytes - offset, Is.True, "a part leaves its file");
        return AddFile(part!.Path, part.Offset + offset, dtype, size);
    }

    public override void CopyIn(UOp buffer, ReadOnlySpan<byte> data) => _content.AddOrUpdate(Base(buffer), data.ToArray());

    public override UOp CreateFile(string path, long bytes) => throw new NotSupportedException();

    public override void CloseFile(UOp file) => throw new NotSupportedException();

    public override void Copy(UOp source, UOp destination) => throw new NotSupportedException();

    public override void CopyOut(UOp buffer, Span<byte> data) => throw new NotSupportedException();

    public override UOp[] Realize(IReadOnlyList<(UOp Value, string Device)> roots) => throw new NotSupportedException();

    /// <summary>Reads the first and the last bytes of all storage that a tensor stands on, which may not have far more elements than the file.</summary>
    public void Touch(Tensor tensor, long fileBytes)
    {
        Assert.That(tensor.DType.BytesOf(tensor.Count), Is.AtMost((16 << 20) + 1600 * fileBytes));
        foreach (var buffer in tensor.Node.TopologicalOrder().Where(u => u.Op == Ops.Buffer))
        {
            if (_files.TryGetValue(buffer, out var part) && part.Bytes > 0)
            {
                using var stream = File.OpenRead(part.Path);
                stream.Position = part.Offset;
                Assert.That(stream.ReadByte(), Is.Not.Negative, "a part begins beyond its file");
                stream.Position = part.Offset + part.Bytes - 1;
                Assert.That(stream.ReadByte(), Is.Not.Negative, "a part ends beyond its file");
            }
        }
    }

    private static UOp Base(UOp node)
    {
        while (node.Op != Ops.Buffer)
        {
            node = node[0];
        }

        return node;
    }

    private UOp AddFile(string path, long offset, DType dtype, long size)
    {
        var buffer = New(dtype, size, FileDevice);
        _files.Add(buffer, new FilePart(path, offset, dtype.BytesOf(size)));
        return buffer;
    }

    private UOp New(DType dtype, long size, string device) => UOp.New(Ops.Buffer, dtype, [], new BufferArg(Interlocked.Increment(ref _nextId), size, device));

    private sealed record FilePart(string Path, long Offset, long Bytes);
}
