namespace Tenon.Core;

/// <summary>
/// What is legal at a level of the IR, as rules that match legal nodes. A node that no rule matches is an error of the
/// stage that made it.
/// </summary>
internal sealed class Specification(string level, params Func<UOp, bool>[] rules)
{
    /// <summary>Checks every node.</summary>
    /// <exception cref="TenonException">A node is illegal; the message shows it.</exception>
    public void Check(IEnumerable<UOp> nodes, string where)
    {
        foreach (var u in nodes)
        {
            if (!IsLegal(u))
            {
                throw new TenonException("TEN1002", $"{where}: this node is not legal at {level} level: {u} of type {u.DType}. This is an error in Tenon; please report it with the graph.");
            }
        }
    }

    private bool IsLegal(UOp u)
    {
        foreach (var rule in rules)
        {
            if (rule(u))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Whether lanes are taken out of a vector that has them.</summary>
    public static bool IsExtract(UOp u)
    {
        var (from, count, lane) = (u[0].DType, u.DType.Lanes, u.ArgAs<int>());
        return from.IsVector && u.DType.Scalar == from.Scalar && lane >= 0 && lane + count <= from.Lanes && lane % count == 0 && (count == 1 || !from.IsBool);
    }

    /// <summary>Whether all are ranges.</summary>
    public static bool AreRanges(ReadOnlySpan<UOp> nodes)
    {
        foreach (var n in nodes)
        {
            if (n.Op != Ops.Range)
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Whether all are ranges, or ends of some.</summary>
    public static bool AreEndsOrRanges(ReadOnlySpan<UOp> nodes)
    {
        foreach (var n in nodes)
        {
            if (n.Op is not (Ops.End or Ops.Range))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Whether each number names one of so many lanes.</summary>
    public static bool AreLanes(Axes numbers, int lanes)
    {
        foreach (var n in numbers.Span)
        {
            if (n < 0 || n >= lanes)
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Whether a node reads a texel of a parameter.</summary>
    public static bool IsTexel(UOp u, Func<DType, bool> isIndex) =>
        u.Op == Ops.Texel && u.Src.Length == 3 && u.DType == DType.Float32.Vec(Backend.ImageSize.TexelElements) && u[0].Op == Ops.Param && isIndex(u[1].DType) && isIndex(u[2].DType);

    /// <summary>Arithmetic whose sources agree in type and lanes, as far as the op asks.</summary>
    public static bool IsElementwise(UOp u) => u.Op switch
    {
        Ops.Cast => u.Src.Length == 1 && u.DType.Lanes == u[0].DType.Lanes,
        Ops.Bitcast => u.Src.Length == 1 && u.DType.Bytes == u[0].DType.Bytes && u.DType.Lanes == u[0].DType.Lanes,
        Ops.Where => u.Src.Length == 3 && u[0].DType.IsBool && u[0].DType.Lanes == u.DType.Lanes && u[1].DType == u.DType && u[2].DType == u.DType,
        Ops.CmpLt or Ops.CmpEq or Ops.CmpNe => u.Src.Length == 2 && u.DType == DType.Bool.Vec(u[0].DType.Lanes) && u[0].DType == u[1].DType,
        Ops.MulAcc => u.Src.Length == 3 && u[0].DType == u.DType && u[1].DType == u.DType && u[2].DType == u.DType,
        Ops.Dot4 => u.Src.Length == 3 && u.DType.Scalar == DType.Int32 && u[0].DType == DType.UInt32.WithLanesOf(u.DType) && u[1].DType == u.DType && u[2].DType == u.DType,
        Ops.Math => u.Arg is MathFunction f && u.Src.Length == f.Arity() && u.DType.IsFloat && u[0].DType == u.DType && u[u.Src.Length - 1].DType == u.DType,
        var op when OpSet.Unary.Contains(op) => u.Src.Length == 1 && u[0].DType == u.DType,
        var op when OpSet.Binary.Contains(op) => u.Src.Length == 2 && u[0].DType == u.DType && u[1].DType == u.DType,
        _ => false,
    };
}
