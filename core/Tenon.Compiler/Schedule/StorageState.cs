using Tenon.Core;

namespace Tenon.Compiler;

/// <summary>
/// States of storage. A parameter is the first; <c>After(state, Store(view of state, value))</c> is the one that differs from
/// another in the elements of a view. What reads a state reads that one and no other, whenever it runs.
/// </summary>
internal static class StorageState
{
    /// <summary>The state that a view shows: the node under its movement.</summary>
    public static UOp Under(UOp view)
    {
        while (OpSet.Movement.Contains(view.Op))
        {
            view = view[0];
        }

        return view;
    }

    /// <summary>Whether an assignment writes every element, in order, so that nothing of the state before remains.</summary>
    public static bool IsWhole(UOp after) => Unshaped(after[1][0]) == Unshaped(after[0]);

    /// <summary>The place in storage of an element of a view.</summary>
    /// <exception cref="TenonException">The view shows more than storage.</exception>
    public static UOp OffsetOf(UOp view, UOp[] index)
    {
        var at = view;
        while (at.Op != Ops.Param)
        {
            if (at.Op == Ops.After)
            {
                at = at[0];
                continue;
            }

            if (!OpSet.Movement.Contains(at.Op) || (at.Op == Ops.Expand && !at.Shape.Equals(at[0].Shape)))
            {
                throw new TenonException("TEN3021", $"Only elements of storage can be assigned to, each once; the view of shape {view.Shape} shows {at.Op} of shape {at.Shape}. Assign to a part of storage, and broadcast the value instead.");
            }

            (index, var valid) = MovementIndex.Through(at, index);
            if (MovementIndex.And(valid, null) is { } condition)
            {
                throw new TenonException("TEN3021", $"Only elements of storage can be assigned to; the view of shape {view.Shape} also shows padding, where {condition} is false. Shrink it to what is stored.");
            }

            at = at[0];
        }

        return index[0];
    }

    /// <summary>The node under reshapes.</summary>
    public static UOp Unshaped(UOp view)
    {
        while (view.Op == Ops.Reshape)
        {
            view = view[0];
        }

        return view;
    }
}
