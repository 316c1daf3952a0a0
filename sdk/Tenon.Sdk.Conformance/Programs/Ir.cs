using Tenon.Core;

namespace Tenon.Sdk.Conformance;

/// <summary>Nodes of linear programs, written by hand.</summary>
internal static class Ir
{
    public static UOp Int(long value) => UOp.Const(DType.Int32, value);

    public static UOp Long(long value) => UOp.Const(DType.Int64, value);

    /// <summary>A literal; of a vector the same in each lane.</summary>
    public static UOp Const(DType dtype, Scalar value) => UOp.New(Ops.Const, dtype, [], value.To(dtype.Scalar));

    public static UOp Add(UOp x, UOp y) => UOp.Alu(Ops.Add, x, y);

    public static UOp Mul(UOp x, UOp y) => UOp.Alu(Ops.Mul, x, y);

    public static UOp At(UOp array, UOp offset) => UOp.New(Ops.Index, array.DType, [array, offset]);

    public static UOp At(UOp array, long offset) => At(array, Int(offset));

    public static UOp Load(UOp address, int lanes = 1) => UOp.New(Ops.Load, address.DType.Vec(lanes), [address]);

    public static UOp LoadIf(UOp address, UOp gate, UOp other) => UOp.New(Ops.Load, other.DType, [address, gate, other]);

    public static UOp Store(UOp address, UOp value) => UOp.New(Ops.Store, DType.Void, [address, value]);

    public static UOp StoreIf(UOp address, UOp value, UOp gate) => UOp.New(Ops.Store, DType.Void, [address, value, gate]);

    public static UOp Extract(UOp vector, int lane) => vector.DType.IsVector ? UOp.New(Ops.Extract, vector.DType.Scalar, [vector], lane) : vector;

    public static UOp Splat(UOp scalar, int lanes) => lanes == 1 ? scalar : UOp.New(Ops.Splat, scalar.DType.Vec(lanes), [scalar]);

    public static UOp Stack(params UOp[] lanes) => lanes.Length == 1 ? lanes[0] : UOp.New(Ops.Stack, lanes[0].DType.Vec(lanes.Length), lanes);

    public static UOp Accumulator(UOp first, int number) => UOp.New(Ops.Accumulator, first.DType, [first], number);

    public static UOp Assign(UOp accumulator, UOp value) => UOp.New(Ops.Assign, accumulator.DType, [accumulator, value]);

    public static UOp Range(UOp size, int id) => UOp.New(Ops.Range, size.DType, [size], new RangeArg(id, RangeKind.Loop));

    public static UOp End(UOp range) => UOp.New(Ops.End, DType.Void, [range]);

    public static UOp Variable(string name, DType dtype, long min, long max) => UOp.New(Ops.Variable, dtype, [], new VariableArg(name, min, max));

    public static UOp Local(DType dtype, int number, long size, long offset = 0) => UOp.New(Ops.Local, dtype, [], new LocalArg(number, size, offset));

    public static UOp Barrier { get; } = UOp.New(Ops.Barrier, DType.Void, []);

    public static UOp LaneXor(UOp value, int mask) => UOp.New(Ops.LaneXor, value.DType, [value], mask);
}
