using System.Runtime.CompilerServices;
using System.Text;
using Tenon.Core;

namespace Tenon.Compiler;

/// <summary>
/// Kernels with ranges and parameters numbered by their place, so that equal kernels are the same object wherever they
/// come from.
/// </summary>
internal static class CanonicalKernel
{
    // A model has many equal layers; their kernels are hashed once.
    private static readonly ConditionalWeakTable<UOp, UOp> Named = [];

    /// <summary>The kernel with a name, and the schedule's slot of each of its parameters.</summary>
    /// <param name="kernel">The kernel.</param>
    /// <param name="loops">Its loops over results, outermost first; others keep their kind.</param>
    public static (UOp Kernel, int[] Slots) Of(UOp kernel, UOp[] loops)
    {
        using var stage = Tracing.Begin("schedule/canonicalise", kernel);
        var map = new NodeMap<UOp>();
        var slots = new List<int>();
        var ranges = 0;
        foreach (var loop in loops)
        {
            map[loop] = UOp.Range(loop[0], ranges++, RangeKind.Loop);
        }

        foreach (var u in kernel.TopologicalOrder())
        {
            switch (u.Op)
            {
                case Ops.Param:
                    map[u] = UOp.New(Ops.Param, u.DType, [], new ParamArg(slots.Count, u.ArgAs<ParamArg>().Size));
                    slots.Add(u.ArgAs<ParamArg>().Slot);
                    break;
                case Ops.Range when !map.ContainsKey(u):
                    map[u] = UOp.Range(u[0], ranges++, u.ArgAs<RangeArg>().Kind);
                    break;
            }
        }

        var body = RangeSplitting.Apply(KernelSimplifier.Simplify(kernel.Substitute(map)));
        var named = Named.GetValue(body, static body => UOp.Sink(body.Src, new KernelArg(NameOf(body), body.Arg is KernelArg { FastMath: true })));
        stage?.Result = named;
        return (named, [.. slots]);
    }

    // What it does (r: it reduces; e: elementwise), the sizes of its loops, and the start of the hash of its content.
    private static string NameOf(UOp kernel)
    {
        var order = kernel.TopologicalOrder();
        var ranges = order.FindAll(u => u.Op == Ops.Range);
        ranges.Sort(static (a, b) => a.ArgAs<RangeArg>().Id.CompareTo(b.ArgAs<RangeArg>().Id));
        var name = new StringBuilder(order.Exists(u => u.Op == Ops.Reduce) ? "r_" : "e_");
        foreach (var range in ranges)
        {
            name.Append(range[0].Max).Append('_');
        }

        return name.Append(UOpSerializer.ContentHash(kernel).AsSpan(0, 8)).ToString();
    }
}
