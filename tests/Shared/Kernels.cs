using Tenon.Core;
using Tenon.Core.Backend;

namespace Tenon.Tests.Shared;

/// <summary>Builds linear programs by hand.</summary>
internal static class Kernels
{
    public static UOp Param(int slot, DType dtype, long size) => UOp.New(Ops.Param, dtype, [], new ParamArg(slot, size));

    public static UOp Special(long size) => UOp.New(Ops.Special, DType.Int32, [], new SpecialArg("gid", size));

    public static UOp Special(string name, long size, SpecialKind kind, int dimension) =>
        UOp.New(Ops.Special, DType.Int32, [], new SpecialArg(name, size) { Kind = kind, Dimension = dimension });

    public static UOp Group(long size) => Special("gid0", size, SpecialKind.Group, 0);

    public static UOp Lane(long size) => Special("lid0", size, SpecialKind.Lane, 0);

    public static UOp Local(DType dtype, long size) => UOp.New(Ops.Local, dtype, [], new LocalArg(0, size));

    public static UOp Barrier(int number = 0) => UOp.New(Ops.Barrier, DType.Void, [], number);

    public static UOp Int(long value) => UOp.Const(DType.Int32, value);

    public static UOp At(UOp param, UOp offset) => UOp.New(Ops.Index, param.DType, [param, offset]);

    public static UOp Load(UOp address, int lanes = 1) => UOp.New(Ops.Load, address.DType.Vec(lanes), [address]);

    public static UOp LoadIf(UOp address, UOp gate, UOp other) => UOp.New(Ops.Load, other.DType, [address, gate, other]);

    public static UOp Store(UOp address, UOp value) => UOp.New(Ops.Store, DType.Void, [address, value]);

    public static UOp StoreIf(UOp address, UOp value, UOp gate) => UOp.New(Ops.Store, DType.Void, [address, value, gate]);

    public static UOp Extract(UOp vector, int lane) => UOp.New(Ops.Extract, vector.DType.Scalar, [vector], lane);

    public static UOp Splat(UOp scalar, int lanes) => UOp.New(Ops.Splat, scalar.DType.Vec(lanes), [scalar]);

    public static UOp Stack(params UOp[] lanes) => UOp.New(Ops.Stack, lanes[0].DType.Vec(lanes.Length), lanes);

    public static UOp Accumulator(UOp first, int number) => UOp.New(Ops.Accumulator, first.DType, [first], number);

    public static UOp Assign(UOp accumulator, UOp value) => UOp.New(Ops.Assign, accumulator.DType, [accumulator, value]);

    public static UOp Range(UOp size, int id) => UOp.New(Ops.Range, size.DType, [size], new RangeArg(id, RangeKind.Loop));

    public static UOp End(UOp range) => UOp.New(Ops.End, DType.Void, [range]);

    /// <summary>The program whose statements are these, with the values that each needs before it.</summary>
    public static LinearProgram Program(string name, long globalSize, params UOp[] statements) => Program(name, new GridSize(globalSize), lanes: null, statements);

    /// <summary>The program of a device with workgroups.</summary>
    public static LinearProgram WithLanes(GridSize groups, GridSize lanes, params UOp[] statements) => Program("lanes", groups, lanes, statements);

    private static LinearProgram Program(string name, GridSize groups, GridSize? lanes, UOp[] statements)
    {
        var seen = new HashSet<UOp>(ReferenceEqualityComparer.Instance);
        var ops = new List<UOp>();
        foreach (var statement in statements)
        {
            ops.AddRange(statement.TopologicalOrder().Where(seen.Add));
        }

        var parameters = ops.Where(o => o.Op == Ops.Param).OrderBy(o => o.ArgAs<ParamArg>().Slot)
            .Select(o => new KernelParameter { DType = o.DType, Size = o.ArgAs<ParamArg>().Size, IsRead = true, IsWritten = true });
        long LanesAlong(int dimension) => ops.Select(o => o.Arg).OfType<SpecialArg>().FirstOrDefault(a => a.Kind == SpecialKind.Lane && a.Dimension == dimension)?.Size ?? 1;
        return new LinearProgram
        {
            Name = name,
            Ops = ops,
            Parameters = parameters.ToArray(),
            Variables = ops.Where(o => o.Op == Ops.Variable).Select(o => o.ArgAs<VariableArg>().Name).ToArray(),
            GlobalSize = groups.Count,
            Groups = groups,
            Lanes = lanes ?? new GridSize(LanesAlong(0), LanesAlong(1), LanesAlong(2)),
            LocalBytes = ops.Where(o => o.Op == Ops.Local).Select(o => o.ArgAs<LocalArg>().Offset + o.ArgAs<LocalArg>().Size * o.DType.Bytes).DefaultIfEmpty().Max(),
        };
    }
}
