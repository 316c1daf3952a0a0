using Tenon.Core;

namespace Tenon.Runtime;

// What overwrites storage.
internal sealed partial class RealizeGraphBuilder
{
    private (UOp Node, string? Device) Assign(UOp after)
    {
        var target = after[0];
        while (StorageView.Base(target) is { Op: not Ops.Buffer } b)
        {
            if (_known.TryGetValue(b, out var storage))
            {
                target = storage;
            }
            else if (b.Op == Ops.After)
            {
                _superseded.Add(b);
                target = b[0];
            }
            else
            {
                throw new TenonException("TEN5009", $"An assignment needs storage to write to, but its target is {b.Op} of shape {b.Shape}. Realise the target first.");
            }
        }

        _assignments.Add((after, StorageView.Base(target)));
        var (state, device) = Done(after[0]);
        var view = Moved(after[1][0], after[0], state);
        return (UOp.New(Ops.After, after.DType, [state, UOp.New(Ops.Store, DType.Void, [view, Done(after[1][1]).Node])]), device);
    }

    // The view of one node as a view of another: what is written to is storage, even if the view was computed as a value.
    private UOp Moved(UOp view, UOp from, UOp to)
    {
        var moves = new Stack<UOp>();
        for (; view != from; view = view[0])
        {
            moves.Push(view);
        }

        foreach (var move in moves)
        {
            var src = move.Src.ToArray();
            src[0] = to;
            for (var i = 1; i < src.Length; i++)
            {
                src[i] = IndexMath.Unbound(src[i]);
            }

            to = move.WithSources(src);
        }

        return to;
    }

    // An assignment to the result of another takes its place; two to one buffer have no order.
    private void FinishAssignments()
    {
        _assignments.RemoveAll(a => _superseded.Contains(a.After));
        foreach (var (_, buffer) in _assignments)
        {
            if (!_written.Add(buffer))
            {
                throw new TenonException("TEN5009", $"{_assignments.Count(a => a.Buffer == buffer)} assignments write to one buffer ({buffer.Arg}) without an order between them. Realise after each, or assign to the result of the one before.");
            }
        }
    }
}
