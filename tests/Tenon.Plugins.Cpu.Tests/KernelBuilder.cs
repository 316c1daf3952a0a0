using Tenon.Core;
using Tenon.Core.Backend;

namespace Tenon.Plugins.Cpu.Tests;

/// <summary>Writes linear programs by hand.</summary>
internal sealed class KernelBuilder
{
    private static int s_count;

    private readonly List<UOp> _ops = [];
    private readonly HashSet<UOp> _listed = new(ReferenceEqualityComparer.Instance);
    private readonly List<KernelParameter> _parameters = [];
    private readonly List<string> _variables = [];
    private int _ranges;
    private int _accumulators;

    public long GlobalSize { get; set; } = 1;

    public long Operations { get; set; }

    public UOp Add(UOp node)
    {
        if (_listed.Add(node))
        {
            _ops.Add(node);
        }

        return node;
    }

    public UOp Param(DType dtype, long size)
    {
        _parameters.Add(new KernelParameter { DType = dtype, Size = size, IsRead = true, IsWritten = true });
        return Add(UOp.New(Ops.Param, dtype, [], new ParamArg(_parameters.Count - 1, size)));
    }

    public UOp Variable(string name, DType dtype)
    {
        _variables.Add(name);
        return Add(UOp.New(Ops.Variable, dtype, [], new VariableArg(name, 0, 1 << 20)));
    }

    public UOp Special(long size, DType? dtype = null)
    {
        GlobalSize = size;
        return Add(UOp.New(Ops.Special, dtype ?? DType.Int32, [], new SpecialArg("gid", size)));
    }

    public UOp Const(DType dtype, Scalar value) => Add(UOp.New(Ops.Const, dtype, [], value.To(dtype.Scalar)));

    public UOp Int(long value) => Const(DType.Int32, value);

    public UOp Range(UOp size) => Add(UOp.New(Ops.Range, size.DType, [size], new RangeArg(_ranges++, RangeKind.Loop)));

    public UOp End(UOp range) => Add(UOp.New(Ops.End, DType.Void, [range]));

    public UOp Index(UOp address, UOp offset) => Add(UOp.New(Ops.Index, address.DType, [address, offset]));

    public UOp Index(UOp address, long offset) => Index(address, Int(offset));

    public UOp Load(UOp address, int lanes = 1) => Add(UOp.New(Ops.Load, address.DType.Vec(lanes), [address]));

    public UOp Load(UOp address, UOp gate, UOp other) => Add(UOp.New(Ops.Load, other.DType, [address, gate, other]));

    public UOp Store(UOp address, UOp value) => Add(UOp.New(Ops.Store, DType.Void, [address, value]));

    public UOp Store(UOp address, UOp value, UOp gate) => Add(UOp.New(Ops.Store, DType.Void, [address, value, gate]));

    public UOp Accumulator(UOp first) => Add(UOp.New(Ops.Accumulator, first.DType, [first], _accumulators++));

    public UOp Assign(UOp accumulator, UOp value) => Add(UOp.New(Ops.Assign, accumulator.DType, [accumulator, value]));

    public UOp Alu(Ops op, params ReadOnlySpan<UOp> sources) => Add(UOp.New(op, Result(op, sources), sources));

    public UOp Cast(UOp value, DType dtype) => Add(UOp.New(Ops.Cast, dtype.Vec(value.DType.Lanes), [value]));

    public UOp Bitcast(UOp value, DType dtype) => Add(UOp.New(Ops.Bitcast, dtype.Vec(value.DType.Lanes), [value]));

    public UOp Splat(UOp value, int lanes) => Add(UOp.New(Ops.Splat, value.DType.Vec(lanes), [value]));

    public UOp Extract(UOp vector, int lane) => Add(UOp.New(Ops.Extract, vector.DType.Scalar, [vector], lane));

    public UOp Stack(params ReadOnlySpan<UOp> lanes) => Add(UOp.New(Ops.Stack, lanes[0].DType.Vec(lanes.Length), lanes));

    public LinearProgram Build() => new()
    {
        Name = $"test_{Interlocked.Increment(ref s_count)}",
        Ops = _ops,
        Parameters = _parameters,
        Variables = _variables,
        GlobalSize = GlobalSize,
        Operations = Operations,
    };

    private static DType Result(Ops op, ReadOnlySpan<UOp> sources) =>
        OpSet.Comparison.Contains(op) ? DType.Bool.WithLanesOf(sources[0].DType) : op == Ops.Where ? sources[1].DType : sources[0].DType;
}
