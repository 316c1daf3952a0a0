using System.Runtime.CompilerServices;
using Tenon.Core;
using Tenon.Tests.Shared;

namespace Tenon.Tests;

/// <summary>Runs the graphs of tensors by the naive evaluator, on devices that are nothing but names.</summary>
internal sealed class NaiveExecutor : TensorExecutor
{
    private readonly ConditionalWeakTable<UOp, Scalar[]> _storage = [];
    private readonly ConditionalWeakTable<UOp, UOp> _realized = [];
    private readonly ConditionalWeakTable<UOp, FilePart> _files = [];
    private long _nextId = 1_000_000_000;

    public override string DefaultDevice => "CPU";

    /// <summary>How often graphs were run.</summary>
    public int Runs { get; private set; }

    public override string Canonicalize(string device) => device.ToUpperInvariant();

    public override string FileDevice => "DISK";

    /// <summary>How many bytes of files were read.</summary>
    public long BytesRead { get; private set; }

    public override UOp OpenFile(string path) => AddFile(path, 0, DType.UInt8, new FileInfo(path).Length);

    public override UOp CreateFile(string path, long bytes)
    {
        try
        {
            File.WriteAllBytes(path, new byte[bytes]);
        }
        catch (IOException e)
        {
            throw new TenonException("TEN5103", e.Message);
        }

        return OpenFile(path);
    }

    public override void CloseFile(UOp file)
    {
    }

    public override bool IsFile(UOp buffer) => _files.TryGetValue(buffer, out _);

    public override UOp PartOfFile(UOp file, long offset, DType dtype, long size)
    {
        Assert.That(_files.TryGetValue(file, out var part), Is.True);
        return AddFile(part!.Path, part.Offset + offset, dtype, size);
    }

    public override void Copy(UOp source, UOp destination)
    {
        var bytes = new byte[source.DType.BytesOf(source.Shape.Elements.Value)];
        CopyOut(source, bytes);
        CopyIn(destination, bytes);
    }

    public override UOp CreateBuffer(DType dtype, long size, string device)
    {
        var buffer = UOp.New(Ops.Buffer, dtype, [], new BufferArg(Interlocked.Increment(ref _nextId), size, device));
        _storage.Add(buffer, new Scalar[size]);
        return buffer;
    }

    public override void CopyIn(UOp buffer, ReadOnlySpan<byte> data)
    {
        buffer = Base(buffer);
        if (_files.TryGetValue(buffer, out var part))
        {
            using var stream = File.OpenWrite(part.Path);
            stream.Position = part.Offset;
            stream.Write(data);
            return;
        }

        Fill(buffer, data);
    }

    private void Fill(UOp buffer, ReadOnlySpan<byte> data)
    {
        var values = _storage.GetOrCreateValue(buffer);
        var width = buffer.DType.Bits;
        for (var i = 0; i < Math.Min(values.Length, 8L * data.Length / width); i++)
        {
            ulong bits = 0;
            for (var b = width - 1; b >= 0; b--)
            {
                var at = i * width + b;
                bits = bits << 1 | ((ulong)data[at / 8] >> (at % 8) & 1);
            }

            values[i] = NaiveEvaluator.FromBits(buffer.DType, bits);
        }
    }

    public override void CopyOut(UOp buffer, Span<byte> data)
    {
        buffer = Base(buffer);
        var values = Read(buffer);
        var width = buffer.DType.Bits;
        data.Clear();
        for (var i = 0; i < Math.Min(values.Length, 8L * data.Length / width); i++)
        {
            var bits = NaiveEvaluator.ToBits(buffer.DType, values[i]);
            for (var b = 0; b < width; b++)
            {
                var at = i * width + b;
                data[at / 8] |= (byte)((bits >> b & 1) << (at % 8));
            }
        }
    }

    public override UOp[] Realize(IReadOnlyList<(UOp Value, string Device)> roots)
    {
        Runs++;
        var evaluator = new NaiveEvaluator(Read);
        var results = new UOp[roots.Count];
        var written = roots.Where(r => r.Value.Op == Ops.After).Select(r => Base(r.Value)).ToHashSet();
        for (var i = 0; i < results.Length; i++)
        {
            var (value, device) = roots[i];
            if (!_realized.TryGetValue(value, out results[i]!) || written.Contains(Base(results[i])) || !_storage.TryGetValue(Base(results[i]), out _))
            {
                var buffer = CreateBuffer(value.DType, value.Shape.MaxElements, device);
                _storage.AddOrUpdate(buffer, evaluator.Evaluate(value));
                results[i] = TensorGraph.Reshape(buffer, value.Shape);
                _realized.AddOrUpdate(value, results[i]);
            }
        }

        // The memory of an assignment's target has another content now: its old node is of no use.
        foreach (var buffer in written)
        {
            _storage.Remove(buffer);
        }

        return results;
    }

    private static UOp Base(UOp state)
    {
        while (state.Op != Ops.Buffer)
        {
            state = state[0];
        }

        return state;
    }

    private UOp AddFile(string path, long offset, DType dtype, long size)
    {
        var buffer = UOp.New(Ops.Buffer, dtype, [], new BufferArg(Interlocked.Increment(ref _nextId), size, FileDevice));
        _files.Add(buffer, new FilePart(path, offset));
        return buffer;
    }

    private Scalar[] Read(UOp buffer)
    {
        if (_files.TryGetValue(buffer, out var part))
        {
            var bytes = new byte[buffer.DType.BytesOf(buffer.ArgAs<BufferArg>().Size)];
            using var stream = File.OpenRead(part.Path);
            stream.Position = part.Offset;
            stream.ReadExactly(bytes);
            BytesRead += bytes.Length;
            _storage.AddOrUpdate(buffer, new Scalar[buffer.ArgAs<BufferArg>().Size]);
            Fill(buffer, bytes);
        }

        return Stored(buffer);
    }

    private Scalar[] Stored(UOp buffer) =>
        _storage.TryGetValue(buffer, out var values) ? values : throw new InvalidOperationException($"{buffer} was overwritten by an assignment.");

    private sealed record FilePart(string Path, long Offset);
}
