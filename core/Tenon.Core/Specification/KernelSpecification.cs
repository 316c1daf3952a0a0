namespace Tenon.Core;

/// <summary>What a kernel may be made of, between the scheduler and the code generator's list.</summary>
public static class KernelSpecification
{
    private static readonly Specification Rules = new(
        "kernel",
        static u => u is { Op: Ops.Param, Arg: ParamArg { Device: null } } && u.Src.Length == 0,
        static u => u is { Op: Ops.Local, Arg: LocalArg } && u.Src.Length == 0,
        static u => u.Op == Ops.After && u[0].Op is Ops.Local or Ops.After && u.DType == u[0].DType && Specification.AreEndsOrRanges(u.Src[1..]),
        static u => u is { Op: Ops.Const, Arg: Scalar },
        static u => u is { Op: Ops.Variable, Arg: VariableArg } && u.Src.Length == 0,
        static u => u is { Op: Ops.Range, Arg: RangeArg } && u.DType == DType.Index && u.Src.Length == 1,
        static u => u.Op == Ops.Index && u.Src.Length == 2 && u[0].Op is Ops.Param or Ops.Local or Ops.After && u[1].DType == DType.Index && u.DType == u[0].DType,
        static u => u.Op == Ops.Load && u[0].Op == Ops.Index && (u.Src.Length == 1 || (u.Src.Length == 3 && u[1].DType.IsBool && u[2].DType == u.DType)),
        static u => u.Op == Ops.Store && u[0].Op == Ops.Index && u[1].DType == u[0].DType && (u.Src.Length == 2 || (u.Src.Length == 3 && u[2].DType.IsBool)),
        static u => u is { Op: Ops.LaneXor, Arg: > 0 } && u.Src.Length == 1 && u[0].DType == u.DType,
        static u => u is { Op: Ops.Reduce, Arg: ReduceArg { Op: Ops.Add or Ops.Mul or Ops.Max, Axes.Count: 0 } } && u[0].DType == u.DType && AreSummed(u.Src[1..]),
        static u => u is { Op: Ops.Scan, Arg: ReduceArg { Op: Ops.Add or Ops.Mul or Ops.Max } } && u.Src.Length > 1 && u[0].DType == u.DType && Specification.AreRanges(u.Src[1..]),
        static u => u is { Op: Ops.Wmma, Arg: string } && u.Src.Length >= 4 && u[2].Op == Ops.Range && u[3].DType == DType.Index && Specification.AreRanges(u.Src[4..]),
        static u => u.Op == Ops.End && u[0].Op == Ops.Store && Specification.AreRanges(u.Src[1..]),
        static u => u is { Op: Ops.Sink } && AreEnds(u.Src),
        static u => u is { Op: Ops.Special, Arg: SpecialArg } && u.DType == DType.Index,
        Specification.IsElementwise);

    /// <summary>Checks a kernel.</summary>
    /// <exception cref="TenonException">A node is illegal.</exception>
    public static void Check(UOp kernel, string where) => Rules.Check(kernel.TopologicalOrder(), where);

    // Loops over results are others.
    private static bool AreSummed(ReadOnlySpan<UOp> nodes)
    {
        foreach (var n in nodes)
        {
            if (n is not { Op: Ops.Range, Arg: RangeArg { Kind: not (RangeKind.Loop or RangeKind.Global) } })
            {
                return false;
            }
        }

        return true;
    }

    private static bool AreEnds(ReadOnlySpan<UOp> nodes)
    {
        foreach (var n in nodes)
        {
            if (n.Op != Ops.End)
            {
                return false;
            }
        }

        return nodes.Length > 0;
    }
}
