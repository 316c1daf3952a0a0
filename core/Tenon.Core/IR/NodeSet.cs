using System.Runtime.CompilerServices;

namespace Tenon.Core;

/// <summary>
/// A set of nodes that numbers them in the order in which they come. Nodes are unique, so that their hash is known and
/// equality is identity: much faster than a general hash table.
/// </summary>
public sealed class NodeSet
{
    private const int FirstCapacity = 8;

    // Many sets stay empty. Nothing but zero is written here: the first node finds no room and makes some.
    private static readonly int[] OneFreeSlot = [0];
    private UOp[] _nodes = [];
    private int[] _slots = OneFreeSlot;

    /// <summary>How many nodes there are.</summary>
    public int Count { get; private set; }

    /// <summary>The nodes in order.</summary>
    public ReadOnlySpan<UOp> Nodes => _nodes.AsSpan(0, Count);

    /// <summary>The node of a number.</summary>
    public UOp this[int number] => _nodes[number];

    /// <summary>Whether the node is in the set.</summary>
    public bool Contains(UOp node) => IndexOf(node) >= 0;

    /// <summary>The number of a node; -1 if it is not in the set.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int IndexOf(UOp node) => _slots[SlotOf(node)] - 1;

    /// <summary>Adds a node; false if it was there.</summary>
    public bool Add(UOp node)
    {
        var slot = SlotOf(node);
        if (_slots[slot] != 0)
        {
            return false;
        }

        if (Count == _nodes.Length)
        {
            Grow();
            slot = SlotOf(node);
        }

        _nodes[Count++] = node;
        _slots[slot] = Count;
        return true;
    }

    /// <summary>Removes all nodes, and keeps the room that they took.</summary>
    public void Clear()
    {
        Array.Clear(_nodes, 0, Count);
        Array.Clear(_slots);
        Count = 0;
    }

    // Where the node is, or the free slot where it would be. Numbers are kept plus one: 0 is a free slot.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private int SlotOf(UOp node)
    {
        var slots = _slots;
        var slot = node.Hash & (slots.Length - 1);
        while (slots[slot] is > 0 and var number && !ReferenceEquals(_nodes[number - 1], node))
        {
            slot = (slot + 1) & (slots.Length - 1);
        }

        return slot;
    }

    private void Grow()
    {
        var capacity = Math.Max(FirstCapacity, 2 * Count);
        Array.Resize(ref _nodes, capacity);
        _slots = new int[2 * capacity];
        for (var i = 0; i < Count; i++)
        {
            _slots[SlotOf(_nodes[i])] = i + 1;
        }
    }
}
