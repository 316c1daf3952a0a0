using Tenon.Core;

namespace Tenon.Compiler;

/// <summary>
/// Assignments to a view that the next assignment to the same view overwrites. What they write is no state of storage but a
/// value, and so never written, if nobody but the next one has to find it there.
/// </summary>
internal static class LostWrites
{
    public static UOp Remove(UOp sink)
    {
        var order = sink.TopologicalOrder();
        var lost = Find(order, out var shown);
        if (lost.Count == 0)
        {
            return sink;
        }

        var (done, states) = (new NodeMap<UOp>(), new NodeMap<UOp>());
        foreach (var u in order)
        {
            if (shown.TryGetValue(u, out var value))
            {
                done[u] = TensorRules.Reshape(done[value], u.Shape);
            }
            else if (u.Op == Ops.After && states.TryGetValue(StorageState.Unshaped(u[0]), out var before))
            {
                var state = TensorRules.Reshape(before, u.Shape);
                done[u] = UOp.New(Ops.After, u.DType, [state, UOp.New(Ops.Store, DType.Void, [Moved(u[1][0], u[0], state), done[u[1][1]]])]);
            }
            else
            {
                done[u] = u.MapSources(done);
            }

            if (lost.Contains(u))
            {
                states[u] = done[u][0];
                done[u] = StorageState.IsWhole(u) ? TensorRules.Reshape(done[u[1][1]], u.Shape) : done[u];
            }
        }

        // What is lost may have been alone in reading another assignment, which is made all the same.
        var roots = done[sink].Src.ToArray().ToList();
        var kept = new NodeSet();
        done[sink].TopologicalOrder().ForEach(u => kept.Add(u));
        foreach (var u in order)
        {
            if (u.Op == Ops.After && !lost.Contains(u) && !kept.Contains(done[u]))
            {
                roots.Add(done[u]);
            }
        }

        return done[sink].WithSources([.. roots]);
    }

    // The assignments; and which nodes show nothing but the value of one of them.
    private static NodeSet Find(List<UOp> order, out NodeMap<UOp> shown)
    {
        (var lost, shown) = (new NodeSet(), new NodeMap<UOp>());
        NodeMap<int>? users = null;
        foreach (var u in order)
        {
            if (u.Op != Ops.After || StorageState.Unshaped(u[0]) is not { Op: Ops.After } before)
            {
                continue;
            }

            if (StorageState.IsWhole(u) && StorageState.IsWhole(before))
            {
                lost.Add(before);
            }
            else if (u[0] == before && AreSame(u[1][0], u[0], before[1][0], before[0]) && IsSeenOnlyBy(u, users ??= CountUsers(order)))
            {
                lost.Add(before);
                shown[u[1][0]] = before[1][1];
            }
        }

        return lost;
    }

    // Whether the state before an assignment is used by it, and else only to show the view that it writes.
    private static bool IsSeenOnlyBy(UOp after, NodeMap<int> users)
    {
        var view = after[1][0];
        while (view[0] != after[0])
        {
            view = view[0];
            if (users[view] != 1)
            {
                return false;
            }
        }

        return users[after[0]] == 2;
    }

    private static NodeMap<int> CountUsers(List<UOp> order)
    {
        var users = new NodeMap<int>();
        foreach (var u in order)
        {
            for (var i = 0; i < u.Src.Length; i++)
            {
                if (!u.Src[..i].Contains(u[i]))
                {
                    users[u[i]] = users.GetValueOrDefault(u[i]) + 1;
                }
            }
        }

        return users;
    }

    private static bool AreSame(UOp view, UOp from, UOp other, UOp otherFrom)
    {
        while (view != from && other != otherFrom)
        {
            if (!OpSet.Movement.Contains(view.Op) || view.Op != other.Op || !Equals(view.Arg, other.Arg) || !view.Src[1..].SequenceEqual(other.Src[1..]))
            {
                return false;
            }

            (view, other) = (view[0], other[0]);
        }

        return view == from && other == otherFrom;
    }

    private static UOp Moved(UOp view, UOp from, UOp to) =>
        view == from ? to : view.WithSources([Moved(view[0], from, to), .. view.Src[1..]]);
}
