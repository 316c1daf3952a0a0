using System.Runtime.CompilerServices;

namespace Tenon.Core;

/// <summary>The nodes that a match captured, by slot; lives on the stack. A failed attempt is undone by restoring <see cref="Bound"/>.</summary>
internal struct Captures
{
    /// <summary>The slots that hold a node, as bits.</summary>
    public int Bound;

    private Slots _slots;

    public readonly UOp? this[int slot] => (Bound >> slot & 1) != 0 ? _slots[slot] : null;

    public void Bind(int slot, UOp node)
    {
        _slots[slot] = node;
        Bound |= 1 << slot;
    }

    [InlineArray(Pat.MaxCaptures)]
    private struct Slots
    {
        private UOp? _first;
    }
}
