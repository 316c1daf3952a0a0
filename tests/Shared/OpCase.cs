using Tenon.Core;
using Tenon.Core.Backend;

namespace Tenon.Tests.Shared;

/// <summary>A program of elementwise ops on the corner values of one dtype: what its buffers hold before and after.</summary>
internal sealed class OpCase
{
    private readonly List<(DType DType, object[] Values)> _buffers = [];
    private readonly List<Expectation> _outputs = [];
    private readonly List<UOp> _stores = [];
    private readonly int _lanes;
    private readonly int _count;
    private readonly UOp _offset;

    public OpCase(string name, int count, int lanes)
    {
        Name = name;
        _lanes = lanes;
        _count = count;
        _offset = UOp.Alu(Ops.Mul, Kernels.Special(count / lanes), Kernels.Int(lanes));
    }

    public string Name { get; }

    public LinearProgram Program => Kernels.Program(Name, _count / _lanes, [.. _stores]);

    /// <summary>The buffers as a kernel gets them: inputs filled, outputs zero.</summary>
    public byte[][] Buffers => _buffers.Select(b => b.Values.Length > 0 ? Elements.ToBytes(b.DType, b.Values) : new byte[_count * b.DType.Bytes]).ToArray();

    /// <summary>Adds an input; gives the lanes of this work item.</summary>
    public UOp Input(DType dtype, object[] values) => Kernels.Load(Address(dtype, values), _lanes);

    /// <summary>Adds an output: the value, and what each element must be.</summary>
    public void Output(string name, UOp value, Func<int, object> expected, bool anyZero = false)
    {
        _outputs.Add(new Expectation(name, value.DType.Scalar, _buffers.Count, expected, anyZero));
        _stores.Add(Kernels.Store(Address(value.DType.Scalar, []), value));
    }

    /// <summary>Compares what a run left in the buffers; each difference is a line.</summary>
    public IEnumerable<string> Differences(byte[][] buffers)
    {
        foreach (var o in _outputs)
        {
            for (var i = 0; i < _count; i++)
            {
                var (got, expected) = (Elements.Read(o.DType, buffers[o.Slot].AsSpan(i * o.DType.Bytes)), o.Expected(i));
                if (!Elements.Same(expected, got, o.AnyZero))
                {
                    var inputs = string.Join(", ", _buffers.Where(b => b.Values.Length > 0).Select(b => $"{b.Values[i]:R}"));
                    yield return $"{Name} {o.Name} [{i}] of ({inputs}): expected {expected:R}, got {got:R}";
                }
            }
        }
    }

    /// <inheritdoc/>
    public override string ToString() => Name;

    private UOp Address(DType dtype, object[] values)
    {
        _buffers.Add((dtype, values));
        return Kernels.At(Kernels.Param(_buffers.Count - 1, dtype, _count), _offset);
    }

    private sealed record Expectation(string Name, DType DType, int Slot, Func<int, object> Expected, bool AnyZero);
}
