namespace Tenon.Core;

/// <summary>
/// What a kernel may be made of between its expansion and its list: stores of scalars and vectors, with accumulators that know
/// their loops.
/// </summary>
public static class ExpandedSpecification
{
    private static readonly Specification WeakIndices = For("expanded", static d => d == DType.Index);
    private static readonly Specification MachineIndices = For("lowered", static d => d == DType.Int32 || d == DType.Int64);

    /// <summary>Checks an expanded kernel.</summary>
    /// <param name="kernel">The sink of its stores.</param>
    /// <param name="isLowered">Whether indices are machine integers already.</param>
    /// <param name="where">For the message.</param>
    /// <exception cref="TenonException">A node is illegal.</exception>
    public static void Check(UOp kernel, bool isLowered, string where) => (isLowered ? MachineIndices : WeakIndices).Check(kernel.TopologicalOrder(), where);

    private static Specification For(string level, Func<DType, bool> isIndex) => new(
        level,
        static u => u is { Op: Ops.Param, Arg: ParamArg { Device: null } },
        static u => u is { Op: Ops.Local, Arg: LocalArg } && u.Src.Length == 0,
        static u => u.Op == Ops.After && u[0].Op is Ops.Local or Ops.After && u.DType == u[0].DType && Specification.AreEndsOrRanges(u.Src[1..]),
        static u => u.Op == Ops.End && u[0].Op == Ops.Store && Specification.AreRanges(u.Src[1..]),
        u => u is { Op: Ops.Const, Arg: Scalar } && (isIndex(DType.Index) || u.DType.Kind != DTypeKind.Index),
        u => u is { Op: Ops.Variable, Arg: VariableArg } && u.Src.Length == 0 && isIndex(u.DType),
        u => u is { Op: Ops.Special, Arg: SpecialArg } && isIndex(u.DType),
        u => u is { Op: Ops.Range, Arg: RangeArg { Kind: RangeKind.Loop or RangeKind.Reduce } } && u.Src.Length == 1 && isIndex(u.DType),
        u => u.Op == Ops.Index && u.Src.Length == 2 && u[0].Op is Ops.Param or Ops.Local or Ops.After or Ops.Index && isIndex(u[1].DType) && u.DType == u[0].DType,
        static u => u.Op == Ops.Load && u[0].Op == Ops.Index && u.DType.Scalar == u[0].DType
            && (u.Src.Length == 1 || (u.Src.Length == 3 && (u[1].DType == DType.Bool || u[1].DType == DType.Bool.WithLanesOf(u.DType)) && u[2].DType == u.DType)),
        static u => u.Op == Ops.Store && u[0].Op == Ops.Index && u[1].DType.Scalar == u[0].DType && (u.Src.Length == 2 || (u.Src.Length == 3 && u[2].DType == DType.Bool)),
        u => Specification.IsTexel(u, isIndex),
        static u => u is { Op: Ops.LaneXor, Arg: > 0 } && u.Src.Length == 1 && u[0].DType == u.DType && !u.DType.IsVector,
        static u => u is { Op: Ops.Accumulator, Arg: int } && u[0].DType == u.DType && Specification.AreRanges(u.Src[1..]),
        static u => u.Op == Ops.Assign && u.Src.Length > 2 && u[0].Op == Ops.Accumulator && u[0].DType == u.DType && u[1].DType == u.DType && Specification.AreRanges(u.Src[2..]),
        static u => u is { Op: Ops.Wmma, Arg: string } && u.Src.Length == 3 && u.DType.Lanes == u[2].DType.Lanes,
        static u => u.Op == Ops.Stack && u.Src.Length == u.DType.Lanes && AllOf(u.Src, u.DType.Scalar),
        static u => u.Op == Ops.Splat && u.Src.Length == 1 && u.DType.IsVector && u[0].DType == u.DType.Scalar,
        static u => u is { Op: Ops.Extract, Arg: int } && Specification.IsExtract(u),
        static u => u is { Op: Ops.Shuffle, Arg: Axes lanes } && u.Src.Length == 2 && u.DType is { IsVector: true, IsBool: false } && u[0].DType == u.DType && u[1].DType == u.DType && lanes.Count == u.DType.Lanes && Specification.AreLanes(lanes, 2 * u.DType.Lanes),
        static u => u.Op == Ops.Sink && u.Src.Length > 0,
        u => Specification.IsElementwise(u) && (isIndex(DType.Index) || u.DType.Kind != DTypeKind.Index));

    private static bool AllOf(ReadOnlySpan<UOp> nodes, DType dtype)
    {
        foreach (var n in nodes)
        {
            if (n.DType != dtype)
            {
                return false;
            }
        }

        return true;
    }
}
