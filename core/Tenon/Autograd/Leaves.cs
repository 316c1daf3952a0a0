using Tenon.Core;

namespace Tenon;

/// <summary>
/// Which tensors a node is the value of, for those that gradients are accumulated in; and which storage a node was
/// realised as. Both tables hold nothing alive.
/// </summary>
internal static class Leaves
{
    private static readonly NodeTable<List<WeakReference<Tensor>>> ByNode = new();
    private static readonly NodeTable<UOp> RealizedAs = new();
    private static readonly NodeTable<UOp> RealizedFastAs = new();
    private static int _nextMark;

    /// <summary>A node of the same value that no other tensor shares: equal values are equal nodes.</summary>
    public static UOp Marked(UOp value) => UOp.New(Ops.Detach, value.DType, [value], Interlocked.Increment(ref _nextMark));

    public static void Add(UOp node, Tensor leaf)
    {
        var tensors = ByNode.GetOrAdd(node, static _ => [], 0);
        lock (tensors)
        {
            tensors.RemoveAll(r => !r.TryGetTarget(out var t) || t == leaf);
            tensors.Add(leaf.Self);
        }
    }

    public static void RememberRealized(UOp node, UOp storage)
    {
        if (node != storage)
        {
            // An assignment has happened, by whatever maths.
            (TensorExecutor.Current.IsFastMath && node.Op != Ops.After ? RealizedFastAs : RealizedAs).Set(node, storage);
        }
    }

    /// <summary>The storage of a node that was realised, else the node.</summary>
    public static UOp Storage(UOp node) =>
        RealizedAs.TryGetValue(node, out var storage) || (TensorExecutor.Current.IsFastMath && RealizedFastAs.TryGetValue(node, out storage)) ? storage : node;

    /// <summary>The leaves of which a node is the value; null for most nodes.</summary>
    public static List<Tensor>? Find(UOp node)
    {
        if (!ByNode.TryGetValue(node, out var tensors))
        {
            return null;
        }

        lock (tensors)
        {
            List<Tensor>? found = null;
            foreach (var reference in tensors)
            {
                if (reference.TryGetTarget(out var t) && t.RequiresGrad)
                {
                    (found ??= []).Add(t);
                }
            }

            return found;
        }
    }
}
