using Tenon.Core;

namespace Tenon.Compiler;

/// <summary>
/// Keeps kernels within the buffers that the device allows them. Until it is known what becomes of a value that a kernel uses, it counts as
/// a buffer: so what is computed inside can't turn out to need too many.
/// </summary>
internal sealed partial class FusionPlan
{
    private readonly Dictionary<KernelGroup, HashSet<UOp>> _buffers = [];

    private bool HasLimit => _options.MaxBuffers < int.MaxValue;

    // Whether a value can be computed in all kernels that use it.
    private bool HaveRoom(UOp node) =>
        !HasLimit || !IsBuffer(node) || OpSet.Movement.Contains(node.Op) && node.Op != Ops.Pad || UsesOf(node).TrueForAll(u => HasRoom(node, u.Group, isStored: false));

    // Whether a kernel can compute a value, and store it.
    private bool HasRoom(UOp node, KernelGroup group, bool isStored)
    {
        if (!HasLimit)
        {
            return true;
        }

        var all = new HashSet<UOp>(BuffersOf(group));
        all.UnionWith(SourcesOf(node).Select(Storage).Where(IsBuffer));
        return (isStored ? all.Union([node]) : all.Except([node])).Count() <= _options.MaxBuffers;
    }

    private bool HasRoom(KernelGroup a, KernelGroup b) => !HasLimit || BuffersOf(a).Union(BuffersOf(b)).Count() <= _options.MaxBuffers;

    private void JoinBuffers(KernelGroup a, KernelGroup b)
    {
        if (HasLimit)
        {
            BuffersOf(a).UnionWith(BuffersOf(b));
        }
    }

    private void AddBuffer(UOp node, KernelGroup group)
    {
        if (HasLimit && Storage(node) is var storage && IsBuffer(storage))
        {
            BuffersOf(group).Add(storage);
        }
    }

    private void RemoveBuffer(UOp node)
    {
        if (HasLimit)
        {
            UsesOf(node).ForEach(u => BuffersOf(u.Group).Remove(node));
        }
    }

    private HashSet<UOp> BuffersOf(KernelGroup group)
    {
        if (!_buffers.TryGetValue(group, out var buffers))
        {
            _buffers[group] = buffers = [];
        }

        return buffers;
    }

    private bool IsBuffer(UOp node) => node.Op is not (Ops.Const or Ops.Iota) && node.DType != DType.Index && !_cost.FollowsIndex(node);

    private static IEnumerable<UOp> SourcesOf(UOp node) => node.Op switch
    {
        Ops.After => [node[1][1]],
        Ops.Reduce or Ops.Pad => [node[0]],
        _ => node.Src.ToArray(),
    };

    // What only says where elements are is in the memory of what it moves.
    private static UOp Storage(UOp node)
    {
        while (OpSet.Movement.Contains(node.Op) && node.Op != Ops.Pad)
        {
            node = node[0];
        }

        return node;
    }
}
