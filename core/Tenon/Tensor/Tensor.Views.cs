using Tenon.Core;

namespace Tenon;

/// <content>
/// Movement gives views: a view and its tensor are the same elements. The tensor's node is what they are at this moment; a view
/// keeps its movement, and follows when its tensor gets another node.
/// </content>
public sealed partial class Tensor
{
    private UOp _node;

    // Of a view: the tensor whose elements it shows, which is no view itself, and its node when this one was made.
    private Tensor? _base;
    private UOp? _baseNode;

    // The storage of a value whose node is its history.
    private UOp? _kept;

    private Tensor View(UOp node, string operation)
    {
        if (node == Node)
        {
            return this;
        }

        var view = Result(node, operation, this);
        view._base = _base ?? this;
        view._baseNode = _base is null ? _node : _baseNode;
        return view;
    }

    /// <summary>The same value as what no other tensor has a part in: for results that happen to end in movement.</summary>
    internal Tensor AsValue() => _base is null ? this : new Tensor(Node, _device) { _requiresGrad = _requiresGrad };

    private void FollowBase()
    {
        var node = _base!.Node;
        if (node == _baseNode)
        {
            return;
        }

        // A node without its history, or one that was made while no gradients were recorded, stays so.
        var passesGradient = true;
        for (var n = _node; n != _baseNode; n = n[0])
        {
            passesGradient &= n.Op != Ops.Detach;
        }

        _node = _node.Substitute(new NodeMap<UOp> { [_baseNode!] = node });
        (_baseNode, _kept) = (node, null);
        _device ??= _base._device;
        _requiresGrad = passesGradient && _base._requiresGrad;
    }

    // From now on the elements are this tensor's alone.
    private void LeaveBase()
    {
        if (_base is not null)
        {
            FollowBase();
            (_base, _baseNode) = (null, null);
            if (Stored(_node) is { } storage)
            {
                StorageOwners.Claim(storage, this);
            }
        }
    }

    private static bool ShowsAll(UOp view, UOp whole)
    {
        while (view != whole && view.Op is Ops.Reshape or Ops.Detach)
        {
            view = view[0];
        }

        return view == whole;
    }
}
