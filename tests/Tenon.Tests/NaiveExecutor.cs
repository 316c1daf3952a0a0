using System.Runtime.CompilerServices;
using Tenon.Core;
using Tenon.Tests.Shared;

namespace Tenon.Tests;

/// <summary>Runs the graphs of tensors by the naive evaluator, on devices that are nothing but names.</summary>
internal sealed class NaiveExecutor : TensorExecutor
{
    private readonly ConditionalWeakTable<UOp, Scalar[]> _storage = [];
    private readonly ConditionalWeakTable<UOp, UOp> _realized = [];
    private long _nextId = 1_000_000_000;

    public override string DefaultDevice => "CPU";

    /// <summary>How often graphs were run.</summary>
    public int Runs { get; private set; }

    public override string Canonicalize(string device) => device.ToUpperInvariant();

    public override UOp CreateBuffer(DType dtype, long size, string device)
    {
        var buffer = UOp.New(Ops.Buffer, dtype, [], new BufferArg(Interlocked.Increment(ref _nextId), size, device));
        _storage.Add(buffer, new Scalar[size]);
        return buffer;
    }

    public override void CopyIn(UOp buffer, ReadOnlySpan<byte> data)
    {
        buffer = Base(buffer);
        var values = _storage.GetOrCreateValue(buffer);
        var bytes = buffer.DType.Bytes;
        for (var i = 0; i < data.Length / bytes; i++)
        {
            ulong bits = 0;
            for (var b = bytes - 1; b >= 0; b--)
            {
                bits = bits << 8 | data[i * bytes + b];
            }

            values[i] = NaiveEvaluator.FromBits(buffer.DType, bits);
        }
    }

    public override void CopyOut(UOp buffer, Span<byte> data)
    {
        buffer = Base(buffer);
        var values = Read(buffer);
        var bytes = buffer.DType.Bytes;
        for (var i = 0; i < data.Length / bytes; i++)
        {
            var bits = NaiveEvaluator.ToBits(buffer.DType, values[i]);
            for (var b = 0; b < bytes; b++)
            {
                data[i * bytes + b] = (byte)(bits >> (8 * b));
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

    private Scalar[] Read(UOp buffer) =>
        _storage.TryGetValue(buffer, out var values) ? values : throw new InvalidOperationException($"{buffer} was overwritten by an assignment.");
}
