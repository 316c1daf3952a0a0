using System.Runtime.CompilerServices;
using Tenon.Core;

namespace Tenon.Runtime;

/// <summary>
/// Which values have been computed, and where each lies, so that graphs that contain such a value read it instead. Both are
/// held weakly.
/// </summary>
/// <param name="buffers">What is stored.</param>
/// <param name="others">Values that will do as well.</param>
internal sealed class RealizedValues(BufferTable buffers, RealizedValues? others = null)
{
    private static readonly OpSet Free = OpSet.Movement | new OpSet(Ops.Const, Ops.Iota, Ops.Cast, Ops.Bitcast, Ops.Contiguous, Ops.Detach);
    private static readonly OpSet SameContent = new(Ops.Reshape, Ops.Contiguous, Ops.Detach);
    private readonly ConditionalWeakTable<UOp, Entry> _entries = [];

    /// <summary>Remembers that a value lies in a buffer.</summary>
    /// <param name="value">The value.</param>
    /// <param name="buffer">Its storage.</param>
    /// <param name="isPlaced">Whether the value itself says on which device it is.</param>
    public void Add(UOp value, UOp buffer, bool isPlaced)
    {
        // What is made of literals alone belongs to many graphs, and is better written out than read.
        if (!isPlaced && value.TopologicalOrder().TrueForAll(u => Free.Contains(u.Op)))
        {
            return;
        }

        // Storage is where it is, whatever copies there are of it.
        for (var v = value; StorageView.Base(v).Op != Ops.Buffer; v = v[0])
        {
            _entries.AddOrUpdate(v, new Entry(StorageView.Of(buffer, v.Shape), buffer, isPlaced));
            if (!SameContent.Contains(v.Op))
            {
                return;
            }
        }
    }

    /// <summary>The storage of a value, if it has been computed and not been overwritten.</summary>
    /// <param name="value">The value.</param>
    /// <param name="device">Where values that don't say it themselves are computed; null for nowhere.</param>
    public UOp? Find(UOp value, string? device) =>
        _entries.TryGetValue(value, out var e) && (e.IsPlaced || e.Buffer.ArgAs<BufferArg>().Device == device) && buffers.IsCurrent(e.Buffer) ? e.View : others?.Find(value, device);

    private sealed record Entry(UOp View, UOp Buffer, bool IsPlaced);
}
