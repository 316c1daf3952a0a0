using Tenon.Core;

namespace Tenon.Compiler;

/// <summary>A value that gets storage.</summary>
/// <param name="Node">The tensor node.</param>
/// <param name="Slot">Its storage.</param>
/// <param name="Home">The use at which its kernel computes and stores it.</param>
internal sealed record StoredValue(UOp Node, int Slot, Access Home)
{
    /// <summary>The place in the slot of the element that the home's index names.</summary>
    public UOp Offset { get; } = Node.Op == Ops.After ? StorageState.OffsetOf(Node[1][0], Home.Index) : MovementIndex.Flatten(Node.Shape, Home.Index);
}
