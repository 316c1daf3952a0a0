namespace Tenon.Core;

/// <summary>What a tensor graph may be made of, when the scheduler receives it.</summary>
public static class TensorSpecification
{
    private static readonly Specification Rules = new(
        "tensor",
        static u => u is { Op: Ops.Param, Arg: ParamArg { Device: not null } } or { Op: Ops.Buffer, Arg: BufferArg },
        static u => u is { Op: Ops.Const, Arg: Scalar } or { Op: Ops.Variable, Arg: VariableArg },
        static u => u.Op == Ops.Iota && u.Src.Length == 1 && u[0].DType == DType.Index && u.DType.IsInteger,
        static u => u.Op == Ops.Reshape && HasSizes(u, 1) && HasRoom(u[0], u.Shape),
        static u => u.Op == Ops.Expand && HasSizes(u, 1) && IsBroadcast(u[0].Shape, u.Shape),
        static u => u is { Op: Ops.Permute, Arg: Axes axes } && KeepsType(u) && IsPermutation(axes, u[0].Shape.Rank),
        static u => u is { Op: Ops.Flip, Arg: Axes axes } && KeepsType(u) && AreAxes(axes, u[0].Shape.Rank),
        static u => u.Op is Ops.Pad or Ops.Shrink && HasSizes(u, 1) && u.Src.Length == 1 + 2 * u[0].Shape.Rank && u.Shape.Dims.ToArray().All(d => d.Min >= 0),
        static u => u is { Op: Ops.Reduce, Arg: ReduceArg { Op: Ops.Add or Ops.Mul or Ops.Max } arg } && KeepsType(u) && AreAxes(arg.Axes, u[0].Shape.Rank),
        static u => u.Op == Ops.Contiguous && KeepsType(u),
        static u => u is { Op: Ops.Copy, Arg: string } && KeepsType(u),
        static u => u.Op == Ops.Store && u.Src.Length == 2 && u[0].DType == u[1].DType && u[0].Shape.MaxElements == u[1].Shape.MaxElements,
        static u => u.Op == Ops.After && u.Src.Length == 2 && u.DType == u[0].DType && u[1].Op == Ops.Store && IsPart(u[1][0], u[0]),
        static u => u.Op == Ops.Sink,
        static u => u.Op == Ops.Bitcast && u.DType.IsComplex != u[0].DType.IsComplex && (u.DType.IsComplex ? u[0] : u) is { DType: var parts, Shape: { Rank: > 0 } shape } && parts == DType.Float32 && shape.Dims[^1].IsInteger(2),
        static u => Specification.IsElementwise(u) && HaveOneShape(u));

    /// <summary>Checks a graph.</summary>
    /// <exception cref="TenonException">A node is illegal.</exception>
    public static void Check(UOp root, string where) => Rules.Check(root.TopologicalOrder(), where);

    private static bool KeepsType(UOp u) => u.Src.Length == 1 && u.DType == u[0].DType;

    private static bool HasSizes(UOp u, int from)
    {
        foreach (var size in u.Src[from..])
        {
            if (size.DType != DType.Index)
            {
                return false;
            }
        }

        return u.DType == u[0].DType;
    }

    // The same number of elements. Of symbolic sizes storage has room for the greatest, and the value is what comes first in it.
    private static bool HasRoom(UOp from, Shape to) =>
        from.Shape.Elements == to.Elements || (from.Op is Ops.Param or Ops.Buffer && !to.IsConcrete);

    private static bool IsBroadcast(Shape from, Shape to)
    {
        for (var i = 0; i < from.Rank && from.Rank == to.Rank; i++)
        {
            if (from.Dim(i) != to.Dim(i) && !from.Dim(i).IsInteger(1))
            {
                return false;
            }
        }

        return from.Rank == to.Rank;
    }

    // What is written is the state itself or a view of it, in which no element occurs twice.
    // Rules may have looked through the shape of the state.
    private static bool IsPart(UOp view, UOp state)
    {
        while (state.Op is Ops.Reshape)
        {
            state = state[0];
        }

        while (view != state && OpSet.Movement.Contains(view.Op) && (view.Op != Ops.Expand || view.Shape.Equals(view[0].Shape)))
        {
            view = view[0];
        }

        return view == state;
    }

    private static bool AreAxes(Axes axes, int rank)
    {
        var seen = new HashSet<int>();
        foreach (var axis in axes.Span)
        {
            if (axis < 0 || axis >= rank || !seen.Add(axis))
            {
                return false;
            }
        }

        return true;
    }

    private static bool IsPermutation(Axes axes, int rank) => axes.Count == rank && AreAxes(axes, rank);

    private static bool HaveOneShape(UOp u)
    {
        foreach (var s in u.Src)
        {
            if (!s.Shape.Equals(u.Shape))
            {
                return false;
            }
        }

        return true;
    }
}
