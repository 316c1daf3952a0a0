using Tenon.Core;

namespace Tenon;

/// <content>What captured functions need.</content>
public sealed partial class Tensor
{
    private Tensor? _grad;

    /// <summary>Stands for a gradient that a captured function computed, used, and did not keep.</summary>
    internal static Tensor LostGradient { get; } = new(UOp.Const(DType.Float32, double.NaN), null);

    /// <summary>The gradient that <see cref="Backward"/> accumulated; null before.</summary>
    /// <exception cref="TenonException">A captured function computed the gradient and did not keep it.</exception>
    public Tensor? Grad
    {
        get
        {
            CaptureTrace.Current?.NoteGradient(this, _grad);
            return _grad != LostGradient ? _grad : throw new TenonException(
                "TEN5306", $"The gradient of a tensor of shape {Shape} was computed by a captured function, which used it and did not keep it. Forget it first (ZeroGrad), or realise it inside the function: Tensor.Realize(parameter.Grad).");
        }

        set
        {
            CaptureTrace.Current?.NoteGradientSet(this);
            _grad = value;
        }
    }

    /// <summary>The trace in which this tensor was made; 0 if in none.</summary>
    internal int Born { get; }

    /// <summary>The tensor of which this is a view; itself if it is none.</summary>
    internal Tensor Whole => _base ?? this;

    /// <summary>The gradient, lost or not.</summary>
    internal Tensor? GradientOrLost => _grad;

    /// <summary>Whether the value is made of literals only.</summary>
    internal bool IsLiteral => Stored(Node) is null && Node.TopologicalOrder().TrueForAll(static u => u.Op is not (Ops.Buffer or Ops.Param or Ops.After) && u is not { Op: Ops.Detach, Arg: not null });

    /// <summary>Whether gradients go on from here to what this was computed from.</summary>
    internal bool HasHistory => RequiresGrad && !_isLeaf;

    /// <summary>The buffer of the elements, if the value is stored.</summary>
    internal UOp? StoredBuffer => Storage;

    /// <summary>This tensor, realised; or, for views and literals, one that has storage of its own.</summary>
    internal Tensor AsArgument()
    {
        if (HasHistory)
        {
            return !GradientMode.IsEnabled ? OfStorage(Realize().Storage!, Shape, Device) : throw new TenonException(
                "TEN5304", $"An argument of shape {Shape} of a captured function has a gradient that goes on outside of it, where no later call would find it. Detach() it, or compute it inside.");
        }

        if (_base is null && (Stored(_node) is not null || !IsLiteral))
        {
            return Realize();
        }

        return new Tensor(Node, Device).Realize();
    }

    /// <summary>A value that lies in a buffer.</summary>
    internal static Tensor OfStorage(UOp buffer, Shape shape, string device)
    {
        var tensor = new Tensor(TensorGraph.Reshape(buffer, shape), device);
        StorageOwners.Claim(buffer, tensor);
        return tensor;
    }

    /// <summary>Moves of this tensor as a view of it.</summary>
    internal Tensor ViewBy(UOp[] moves) => View(Moves.Apply(moves, Node), nameof(Jit));

    /// <summary>This tensor's value lies in another buffer now.</summary>
    internal void SetStorage(UOp buffer) => SetStorage(buffer, _node.Shape, Device);

    /// <summary>This tensor's value lies in another buffer now, and is of another shape.</summary>
    internal void SetStorage(UOp buffer, Shape shape, string device)
    {
        LeaveBase();
        _device = device;
        StorageOwners.Claim(buffer, this);
        SetNode(TensorGraph.Reshape(buffer, shape));
    }

    /// <summary>Sees to it that no other tensor lies in the buffer of this one.</summary>
    internal void MakeExclusive()
    {
        var buffer = StoredBuffer!;
        if (!StorageOwners.IsExclusive(buffer, this))
        {
            var copy = TensorExecutor.Current.CreateBuffer(DType, buffer.ArgAs<BufferArg>().Size, Device);
            TensorExecutor.Current.Copy(buffer, copy);
            SetStorage(copy);
        }
    }
}
