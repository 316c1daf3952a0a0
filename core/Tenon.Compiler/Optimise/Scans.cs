using Tenon.Core;

namespace Tenon.Compiler;

/// <summary>
/// Finds running reductions: for each turn of a loop over results the sum of what the turns so far are given, written as a sum over all turns of
/// which those to come are left out. Each turn then adds its own to what the one before has.
/// </summary>
/// <remarks>Of the innermost loop: what it is given depends on loops around it alone.</remarks>
internal static class Scans
{
    public static UOp Apply(UOp kernel, CodeGeneratorView target)
    {
        if (target.Workgroups is not null)
        {
            return kernel;
        }

        var (order, found) = (kernel.TopologicalOrder(), new NodeMap<UOp>());
        foreach (var u in order)
        {
            if (u is { Op: Ops.Reduce, Src: [{ Op: Ops.Where } body, var range] } && body[0] is { Op: Ops.CmpLt, Src: [var turn, var over] } && Number(over) == range
                && Number(turn) is var loop && loop.Op == Ops.Range && loop.ArgAs<RangeArg>().Kind == RangeKind.Loop && loop[0] == range[0] && range[0].Op == Ops.Const
                && IsNeutral(u.ArgAs<ReduceArg>().Op, body[1], body[2]) && !body[2].DependsOn(loop) && IsInnermost(order, loop)
                && Array.TrueForAll(body[2].Ranges.ToArray(), r => r == range || r.ArgAs<RangeArg>().Id < loop.ArgAs<RangeArg>().Id))
            {
                found[u] = UOp.New(Ops.Scan, u.DType, [body[2].Substitute(new NodeMap<UOp> { [range] = loop }), loop], u.Arg);
            }
        }

        return found.Count == 0 ? kernel : GraphRewrite.Apply(kernel.Substitute(found), Simplifier.Rules, stage: "lower/optimise/running sums");
    }

    private static UOp Number(UOp value) => value.Op == Ops.Cast && value[0].DType == DType.Index && value.DType.Bytes >= 4 ? value[0] : value;

    private static bool IsInnermost(List<UOp> order, UOp loop) => order.TrueForAll(u => u.Op != Ops.End || u.Src[^1] == loop || !u.Src[1..].Contains(loop));

    // Of the last turn nothing is left out.
    private static bool IsNeutral(Ops op, UOp left, UOp value) => left.IsConst(out var number)
        && (number.Equals(Reductions.Neutral(op, left.DType)) || (op == Ops.Max && !left.DType.IsFloat && value.Min >= left.Min));
}
