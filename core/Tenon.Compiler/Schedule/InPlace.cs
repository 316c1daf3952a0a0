using System.Runtime.CompilerServices;
using Tenon.Core;

namespace Tenon.Compiler;

/// <summary>
/// Which parameters of a kernel may be one memory: an output, and an input of which every element is read only to compute the element
/// of the output at the same place.
/// </summary>
internal static class InPlace
{
    private static readonly ConditionalWeakTable<UOp, List<(int Output, int Input)>> Known = [];

    /// <summary>The pairs of parameters of a canonical kernel, by number.</summary>
    public static List<(int Output, int Input)> PairsOf(UOp kernel) => Known.GetValue(kernel, Find);

    /// <summary>A call with other slots; parameters that come to be one slot become one parameter.</summary>
    public static ScheduledCall Unify(ScheduledCall call, int[] slots)
    {
        if (call.Kernel is not { } kernel || slots.Distinct().Count() == slots.Length)
        {
            return slots.AsSpan().SequenceEqual([.. call.Slots]) ? call : call with { Slots = slots };
        }

        var map = new NodeMap<UOp>();
        var order = kernel.TopologicalOrder();
        foreach (var u in order)
        {
            if (u.Op == Ops.Param)
            {
                map[u] = UOp.New(Ops.Param, u.DType, [], u.ArgAs<ParamArg>() with { Slot = slots[u.ArgAs<ParamArg>().Slot] });
            }
        }

        var unified = kernel.Substitute(map);
        var loops = unified.TopologicalOrder().FindAll(static u => u.Op == Ops.Range && u.ArgAs<RangeArg>().Kind == RangeKind.Loop);
        loops.Sort(static (a, b) => a.ArgAs<RangeArg>().Id.CompareTo(b.ArgAs<RangeArg>().Id));
        var (canonical, arguments) = CanonicalKernel.Of(unified, [.. loops]);
        return call with { Kernel = canonical, Slots = arguments };
    }

    private static List<(int Output, int Input)> Find(UOp kernel)
    {
        var reads = new Dictionary<UOp, Reads>(ReferenceEqualityComparer.Instance);
        var stored = new Dictionary<UOp, int>(ReferenceEqualityComparer.Instance);
        for (var i = 0; i < kernel.Src.Length; i++)
        {
            var store = StoreOf(kernel[i]);
            stored[store[0][0]] = stored.GetValueOrDefault(store[0][0]) + 1;
            foreach (var u in store.TopologicalOrder())
            {
                if (u.Op == Ops.Load)
                {
                    var (array, offset) = (u[0][0], u[0][1]);
                    if (!reads.TryAdd(array, new Reads(i, offset)))
                    {
                        reads[array] = reads[array].With(i, offset);
                    }
                }
            }
        }

        var pairs = new List<(int, int)>();
        for (var i = 0; i < kernel.Src.Length; i++)
        {
            var (output, offset) = (StoreOf(kernel[i])[0][0], StoreOf(kernel[i])[0][1]);
            foreach (var (input, read) in reads)
            {
                if (read.Store == i && read.Offset == offset && input.DType == output.DType && input.ArgAs<ParamArg>().Size == output.ArgAs<ParamArg>().Size && stored[output] == 1 && !stored.ContainsKey(input) && !reads.ContainsKey(output))
                {
                    pairs.Add((output.ArgAs<ParamArg>().Slot, input.ArgAs<ParamArg>().Slot));
                }
            }
        }

        return pairs;
    }

    private static UOp StoreOf(UOp root) => root.Op == Ops.End ? root[0] : root;

    // By which store, and where, a parameter is read; null of several.
    private readonly record struct Reads(int? Store, UOp? Offset)
    {
        public Reads With(int store, UOp offset) => new(Store == store ? Store : null, Offset == offset ? Offset : null);
    }
}
