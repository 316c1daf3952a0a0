using Tenon.Core;

namespace Tenon.Compiler;

/// <summary>
/// Makes every result an assignment to its slot, so that whoever else needs the value reads it from there, and gives every
/// copy between devices storage to copy from.
/// </summary>
internal static class OutputAliasing
{
    private static readonly OpSet Leaves = OpSet.Movement | new OpSet(Ops.Const, Ops.Iota, Ops.Param, Ops.After);

    public static UOp Apply(UOp sink, out List<int> outputs)
    {
        using var stage = Tracing.Begin("schedule/alias outputs", sink);
        var slotOf = new NodeMap<UOp>();
        outputs = [];
        foreach (var root in sink.Src)
        {
            if (root.Op == Ops.Store)
            {
                outputs.Add(root[0].ArgAs<ParamArg>().Slot);
                var value = Unshaped(root[1]);
                if (!Leaves.Contains(value.Op))
                {
                    slotOf.TryAdd(value, root[0]);
                }
            }
        }

        var done = new NodeMap<UOp>();
        foreach (var u in sink.TopologicalOrder())
        {
            var rebuilt = u.MapSources(done);
            done[u] = u switch
            {
                { Op: Ops.Copy } when Unshaped(rebuilt[0]).Op is not (Ops.Param or Ops.After or Ops.Contiguous) => Alias(rebuilt.WithSources([UOp.New(Ops.Contiguous, rebuilt.DType, rebuilt.Src)])),
                { Op: Ops.Sink } => UOp.Sink(Roots(rebuilt)),
                _ => Alias(rebuilt),
            };

            UOp Alias(UOp value) => slotOf.TryGetValue(u, out var slot) ? Assign(slot, value) : value;
        }

        return done[sink];
    }

    private static UOp[] Roots(UOp sink)
    {
        var roots = new UOp[sink.Src.Length];
        for (var i = 0; i < roots.Length; i++)
        {
            var root = sink[i];

            // Store(slot, After(slot, …)) was aliased; anything else is filled by a kernel of its own.
            roots[i] = root.Op != Ops.Store ? root
                : Unshaped(root[1]) is { Op: Ops.After } after && Unshaped(after[0]) == root[0] ? after
                : Assign(root[0], root[1]);
        }

        return roots;
    }

    private static UOp Assign(UOp slot, UOp value)
    {
        var view = TensorRules.Reshape(slot, value.Shape);
        return UOp.New(Ops.After, value.DType, [view, UOp.New(Ops.Store, DType.Void, [view, value])]);
    }

    private static UOp Unshaped(UOp u)
    {
        while (u.Op == Ops.Reshape)
        {
            u = u[0];
        }

        return u;
    }
}
