using Tenon.Core;

namespace Tenon;

public sealed partial class Tensor
{
    // So many parts of a value are replaced where it is computed, before it gets storage to write parts to.
    private const int MostReplacements = 4;
    private int _replacements;

    /// <summary>
    /// Gives the elements of this tensor new values, in the storage that they have if no other tensor has it too. If this is a
    /// view, the elements are those of the tensor that it shows. The value is broadcast and converted; no gradient passes. What
    /// was computed from the old values must be realised before the assignment is, or with it.
    /// </summary>
    /// <exception cref="TenonException">
    /// The value doesn't broadcast to this shape, or is on another device; or elements occur several times in this tensor.
    /// </exception>
    public Tensor Assign(Tensor value)
    {
        Write(value, passesGradient: false, nameof(Assign));
        return this;
    }

    private void Write(Tensor value, bool passesGradient, string operation)
    {
        if (value._device is not null && _device is not null && value._device != _device)
        {
            throw new TenonException("TEN3015", $"{operation}: the value is on {value._device}, the tensor on {_device}. Move the value with To(\"{_device}\").");
        }

        var target = _base ?? this;
        FunctionTrace.Current?.CheckMayWrite(target, operation);
        CaptureTrace.Current?.NoteWrite(target);
        var moves = Moves.Between(target.Node, Node);
        if (Moves.Repeats(moves))
        {
            throw new TenonException("TEN3052", $"{operation}: in the view of shape {Shape} elements of the tensor of shape {target.Shape} occur several times. Assign to the tensor itself, or to Contiguous() of the view.");
        }

        passesGradient &= GradientMode.IsEnabled && (target._requiresGrad || value.RequiresGrad);
        if (passesGradient && target._isLeaf)
        {
            throw new TenonException("TEN3053", $"{operation}: the tensor of shape {target.Shape} is a leaf that requires a gradient, which is of what it was. Assign under Tensor.NoGrad(), or to a tensor that was computed from it.");
        }

        var node = value.Cast(DType).Expand(Shape).Node;
        if (Shape.MaxElements > 0)
        {
            target.Write(moves, passesGradient ? node : Detached(node), value._device, passesGradient);
        }
    }

    private void Write(UOp[] moves, UOp value, string? device, bool passesGradient)
    {
        _device ??= device;
        if (passesGradient)
        {
            _requiresGrad = IsDifferentiable(DType);
            (_node, _kept) = (Moves.Replace(_node, moves, value), null);
        }
        else if (CanWriteInPlace(moves))
        {
            SetNode(Assignment(_node, moves, value));
        }
        else if (Moves.KeepOrder(moves))
        {
            SetNode(UOp.New(Ops.Contiguous, DType, [TensorGraph.Reshape(value, Shape)]));
        }
        else if (++_replacements <= MostReplacements || _requiresGrad || DType.IsPacked)
        {
            SetNode(Moves.Replace(_node, moves, value));
        }
        else
        {
            var buffer = TensorExecutor.Current.CreateBuffer(DType, Shape.MaxElements, Device);
            StorageOwners.Claim(buffer, this);
            SetNode(Assignment(Assignment(TensorGraph.Reshape(buffer, Shape), [], Detached(_node)), moves, value));
            _replacements = 0;
        }
    }

    // Of packed storage whole bytes are written: all of it.
    private bool CanWriteInPlace(UOp[] moves) =>
        (_node.Op == Ops.After || (Stored(_node) is { } storage && StorageOwners.IsExclusive(storage, this))) && (!DType.IsPacked || Moves.KeepOrder(moves));

    private static UOp Assignment(UOp state, UOp[] moves, UOp value)
    {
        var view = Moves.Apply(moves, state);
        return UOp.New(Ops.After, state.DType, [state, UOp.New(Ops.Store, DType.Void, [view, value])]);
    }
}
