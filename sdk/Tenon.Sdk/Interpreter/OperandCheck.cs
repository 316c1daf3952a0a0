using Tenon.Core;

namespace Tenon.Sdk.Interpreter;

/// <summary>Divisors and shift counts that the host guarantees not to be in a program.</summary>
internal static class OperandCheck
{
    /// <summary>Adds the step that looks for them in the lanes that are on, if the op has any and they are not literal.</summary>
    public static void Add(Site site, Register[] sources, Lockstep lockstep, List<Step> steps)
    {
        var u = site.Op;
        if (u.Op is not (Ops.IntDiv or Ops.IntMod or Ops.Shl or Ops.Shr) || u[1].Op == Ops.Const)
        {
            return;
        }

        var (type, count) = (ElementType.Of(u.DType), u.DType.Lanes);
        var (x, y) = (type.CreateWide(lockstep.Width * count), type.CreateWide(lockstep.Width * count));
        steps.Add(new ActionStep(() =>
        {
            type.Widen(sources[0], x);
            type.Widen(sources[1], y);
            for (var i = 0; i < y.Integers.Length; i++)
            {
                if (lockstep.IsOn[i / count] && IsExcluded(u, x.Integers[i], y.Integers[i]))
                {
                    throw lockstep.Fault("TEN4210", site, i / count, $"the operands are {x.Integers[i]} and {y.Integers[i]}, which no program has: divisors are not 0, quotients don't overflow, and shifts are by less than the width.");
                }
            }
        }));
    }

    private static bool IsExcluded(UOp u, long x, long y) => u.Op is Ops.IntDiv or Ops.IntMod
        ? y == 0 || (y == -1 && u.DType.IsSigned && x == u.DType.MinInteger)
        : y < 0 || y >= u.DType.Bits;
}
