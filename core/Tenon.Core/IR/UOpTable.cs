using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Tenon.Core;

/// <summary>
/// The weak table that makes nodes unique. It is cut into stripes with a lock each; entries of collected nodes are dropped
/// when a stripe grows.
/// </summary>
internal static class UOpTable
{
    private const int StripeCount = 64;
    private static readonly Stripe[] Stripes = CreateStripes();

    public static UOp Intern(Ops op, DType dtype, ReadOnlySpan<UOp> src, object? arg)
    {
        var hash = Hash(op, dtype, src, arg);
        return Stripes[(uint)hash % StripeCount].Intern(hash, op, dtype, src, arg);
    }

    public static int CountLive() => Stripes.Sum(s => s.CountLive());

    public static int Hash(Ops op, DType dtype, ReadOnlySpan<UOp> src, object? arg)
    {
        var h = (uint)op * 0x9E3779B1u ^ (uint)dtype.Id * 0x85EBCA77u;
        if (arg is not null)
        {
            h = (h ^ (uint)arg.GetHashCode()) * 0xC2B2AE3Du;
        }

        foreach (var s in src)
        {
            h = (uint)((h ^ (uint)s.Hash) * 0x27D4EB2Fu) + (h >> 15);
        }

        h ^= h >> 15;
        h *= 0x2C1B3C6Du;
        return (int)(h ^ (h >> 13));
    }

    private static Stripe[] CreateStripes()
    {
        var stripes = new Stripe[StripeCount];
        for (var i = 0; i < stripes.Length; i++)
        {
            stripes[i] = new Stripe();
        }

        return stripes;
    }

    private sealed class Stripe
    {
        private readonly Lock _lock = new();
        private Entry[] _entries = new Entry[128];
        private readonly Stack<WeakGCHandle<UOp>> _spare = new();
        private int _count;
        private int _version;

        public UOp Intern(int hash, Ops op, DType dtype, ReadOnlySpan<UOp> src, object? arg)
        {
            int free, version;
            lock (_lock)
            {
                if (Find(hash, op, dtype, src, arg, out free) is { } known)
                {
                    return known;
                }

                version = _version;
            }

            // Made outside the lock: deriving its shape may make other nodes, in this stripe or another.
            var made = new UOp(op, dtype, src.ToArray(), arg, hash);
            lock (_lock)
            {
                if (version != _version && Find(hash, op, dtype, src, arg, out free) is { } first)
                {
                    return first;
                }

                _version++;
                if (_entries[free].Node.IsAllocated)
                {
                    // A node of that content was there, and is collected.
                    _entries[free].Node.SetTarget(made);
                    return made;
                }

                _entries[free] = new Entry(hash, NewHandle(made));
                if (++_count > _entries.Length / 2)
                {
                    DropCollectedAndGrow();
                }

                return made;
            }
        }

        public int CountLive()
        {
            lock (_lock)
            {
                return _entries.Count(e => e.Node.IsAllocated && e.Node.TryGetTarget(out _));
            }
        }

        private UOp? Find(int hash, Ops op, DType dtype, ReadOnlySpan<UOp> src, object? arg, out int slot)
        {
            var (entries, mask, collected) = (_entries, _entries.Length - 1, -1);
            slot = Slot(hash, mask);
            while (entries[slot].Node.IsAllocated)
            {
                if (entries[slot].Hash == hash)
                {
                    if (!entries[slot].Node.TryGetTarget(out var node))
                    {
                        collected = slot;
                    }
                    else if (Same(node, op, dtype, src, arg))
                    {
                        return node;
                    }
                }

                slot = (slot + 1) & mask;
            }

            slot = collected >= 0 ? collected : slot;
            return null;
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private static bool Same(UOp node, Ops op, DType dtype, ReadOnlySpan<UOp> src, object? arg) =>
            node.Op == op && ReferenceEquals(node.DType, dtype) && UOp.SameNodes(node.Src, src)
            && (ReferenceEquals(node.Arg, arg) || (arg is not null && arg.Equals(node.Arg)));

        // The low bits chose the stripe.
        private static int Slot(int hash, int mask) => (int)((uint)hash / StripeCount) & mask;

        // Handles are used again: to make and to free one costs more than the rest of a node.
        private WeakGCHandle<UOp> NewHandle(UOp node)
        {
            if (!_spare.TryPop(out var handle))
            {
                return new WeakGCHandle<UOp>(node);
            }

            handle.SetTarget(node);
            return handle;
        }

        private void DropCollectedAndGrow()
        {
            var live = 0;
            for (var i = 0; i < _entries.Length; i++)
            {
                var node = _entries[i].Node;
                if (node.IsAllocated && node.TryGetTarget(out _))
                {
                    live++;
                }
                else if (node.IsAllocated)
                {
                    _spare.Push(node);
                    _entries[i] = default;
                }
            }

            // As many may come again as went: to give up room and handles, and make them anew, takes longer than all else.
            var size = Math.Max(128, _entries.Length / 2);
            while (size < live * 4)
            {
                size *= 2;
            }

            // No more are wanted before the next time.
            while (_spare.Count > size / 2)
            {
                _spare.Pop().Dispose();
            }

            _spare.TrimExcess();
            var (entries, mask) = (new Entry[size], size - 1);
            foreach (var entry in _entries)
            {
                if (entry.Node.IsAllocated)
                {
                    var at = Slot(entry.Hash, mask);
                    while (entries[at].Node.IsAllocated)
                    {
                        at = (at + 1) & mask;
                    }

                    entries[at] = entry;
                }
            }

            (_entries, _count) = (entries, live);
        }

        private readonly record struct Entry(int Hash, WeakGCHandle<UOp> Node);
    }
}
