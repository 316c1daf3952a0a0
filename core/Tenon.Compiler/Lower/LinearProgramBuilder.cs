using Tenon.Core;
using Tenon.Core.Backend;

namespace Tenon.Compiler;

/// <summary>The last step: a list of nodes as a program, with its parameters and what it costs.</summary>
internal static class LinearProgramBuilder
{
    public static LinearProgram Build(string name, UOp kernel, List<UOp> list, GridSize groups, GridSize lanes, CodeGeneratorView target, IReadOnlyDictionary<int, ImageSize> images)
    {
        var map = new NodeMap<UOp>();
        var ops = new List<UOp>(list.Count);
        var trips = new Stack<long>([groups.Count * lanes.Count]);
        var locals = LocalArrays.Place(list);
        var arrays = list.Where(u => u.Op == Ops.Local).Select(u => u.ArgAs<LocalArg>().Number).DefaultIfEmpty(0).Max();
        long operations = 0;
        var written = new Dictionary<int, long>();
        foreach (var u in list)
        {
            // These have ordered the list. What an array holds then is another value: its loads are nodes of their own.
            if (u.Op == Ops.After)
            {
                map[u] = UOp.New(Ops.Local, u.DType, [], u.MapSources(map)[0].ArgAs<LocalArg>() with { Number = ++arrays });
                ops.Add(map[u]);
                continue;
            }

            if (u.Op == Ops.End && u[0].Op == Ops.Store)
            {
                continue;
            }

            // The loops that accumulators belong to have done their work: they have ordered the list.
            var node = u.MapSources(map);
            node = node.Op switch
            {
                Ops.Accumulator => node.WithSources(node.Src[..1]),
                Ops.Assign => node.WithSources(node.Src[..2]),
                Ops.Local => UOp.New(Ops.Local, node.DType, [], node.ArgAs<LocalArg>() with { Offset = locals.Offsets[node] }),
                _ => node,
            };
            if (node != u)
            {
                map[u] = node;
            }

            ops.Add(node);
            if (node.Op == Ops.Store && LinearProgram.BaseOf(node[0]) is { Op: Ops.Param, Arg: ParamArg { Slot: var slot } })
            {
                written[slot] = written.GetValueOrDefault(slot) + trips.Peek() * node[1].DType.Bytes;
            }

            if (node.Op == Ops.Range)
            {
                trips.Push(trips.Peek() * node[0].Max);
            }
            else if (node.Op == Ops.End)
            {
                trips.Pop();
            }
            else if (node.Op == Ops.Wmma)
            {
                var core = target.Core(node);
                operations += trips.Peek() * 2 * core.M * core.N * core.K / core.Lanes;
            }
            else if (OpSet.Elementwise.Contains(node.Op) && node.Op is not (Ops.Cast or Ops.Bitcast))
            {
                operations += trips.Peek() * node.DType.Lanes * (node.Op switch { Ops.MulAcc => 2, Ops.Dot4 => 8, _ => 1 });
            }
        }

        var streamed = written.Where(w => target.LastCacheBytes > 0 && w.Value >= target.LastCacheBytes).Select(w => w.Key).ToHashSet();
        var parameters = Parameters(kernel, images, streamed);
        return new LinearProgram
        {
            Name = name,
            Ops = lanes.Count > 1 ? Barriers.Insert(ops, name) : ops,
            Parameters = parameters,
            GlobalSize = groups.Count,
            Groups = groups,
            Lanes = lanes,
            LocalBytes = locals.Bytes,
            Operations = operations,
            MemoryBytes = parameters.Sum(p => p.Size * p.DType.Bytes * ((p.IsRead ? 1 : 0) + (p.IsWritten ? 1 : 0))),
            Variables = ScheduledCall.VariablesOf(kernel),
        };
    }

    private static KernelParameter[] Parameters(UOp kernel, IReadOnlyDictionary<int, ImageSize> images, HashSet<int> streamed)
    {
        var order = kernel.TopologicalOrder();
        var read = order.Where(u => u.Op == Ops.Load).Select(u => u[0][0]).ToHashSet();
        var written = order.Where(u => u.Op == Ops.Store).Select(u => u[0][0]).ToHashSet();
        return [.. order.Where(u => u.Op == Ops.Param).OrderBy(u => u.ArgAs<ParamArg>().Slot).Select(u => new KernelParameter
        {
            DType = u.DType,
            Size = u.ArgAs<ParamArg>().Size,
            IsRead = read.Contains(u),
            IsWritten = written.Contains(u),
            IsStreamed = !read.Contains(u) && streamed.Contains(u.ArgAs<ParamArg>().Slot),
            Image = images.TryGetValue(u.ArgAs<ParamArg>().Slot, out var image) ? image : null,
        })];
    }
}
