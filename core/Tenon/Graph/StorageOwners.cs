using Tenon.Core;

namespace Tenon;

/// <summary>
/// Which tensor storage belongs to. Equal values are equal nodes, so that several tensors may come to lie in one storage; then
/// none of them may write to it.
/// </summary>
internal static class StorageOwners
{
    private static readonly NodeTable<Owner> ByBuffer = new();

    /// <summary>Notes that a tensor's value lies in a buffer.</summary>
    public static void Claim(UOp buffer, Tensor tensor)
    {
        var owner = ByBuffer.GetOrAdd(buffer, static t => new Owner(t.Self), tensor);
        if (owner.First == tensor.Self)
        {
            return;
        }

        owner.IsShared |= owner.First.TryGetTarget(out var first);
        if (first is null)
        {
            owner.First = tensor.Self;
        }
    }

    /// <summary>Whether no other tensor lies in the buffer.</summary>
    public static bool IsExclusive(UOp buffer, Tensor tensor) =>
        !ByBuffer.TryGetValue(buffer, out var owner) || (!owner.IsShared && (!owner.First.TryGetTarget(out var first) || first == tensor));

    private sealed class Owner(WeakReference<Tensor> first)
    {
        public WeakReference<Tensor> First { get; set; } = first;

        public bool IsShared { get; set; }
    }
}
