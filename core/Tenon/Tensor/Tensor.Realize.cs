using Tenon.Core;

namespace Tenon;

public sealed partial class Tensor
{
    /// <summary>Whether the value is stored.</summary>
    public bool IsRealized => Storage is not null;

    /// <summary>Computes the value and stores it.</summary>
    public Tensor Realize()
    {
        if (_base is not null || !IsRealized)
        {
            Realize(this);
        }

        return this;
    }

    /// <summary>
    /// Computes and stores the values of several tensors, as one schedule. A view gets storage of its own, and is a view no more,
    /// unless it shows all elements of its tensor in order: then that one is stored.
    /// </summary>
    public static void Realize(params ReadOnlySpan<Tensor> tensors)
    {
        var pending = new List<Tensor>(tensors.Length);
        var roots = new List<(UOp, string)>(tensors.Length);
        foreach (var tensor in tensors)
        {
            var t = tensor._base is { } whole && ShowsAll(tensor.Node, whole.Node) ? whole : tensor;
            if (!t.IsRealized)
            {
                pending.Add(t);
                roots.Add((t.Node, t.Device));
            }
        }

        if (roots.Count == 0)
        {
            return;
        }

        var storage = TensorExecutor.Current.Realize(roots);
        for (var i = 0; i < pending.Count; i++)
        {
            pending[i].Adopt(roots[i].Item1, storage[i], roots[i].Item2);
        }
    }

    /// <summary>Computes the value on another thread; the task ends when it is stored.</summary>
    /// <param name="cancellationToken">Cancels before the work begins; what a device has begun runs to its end.</param>
    public async Task<Tensor> RealizeAsync(CancellationToken cancellationToken = default)
    {
        await RealizeAsync([this], cancellationToken).ConfigureAwait(false);
        return this;
    }

    /// <summary>Computes several values, as one schedule, on another thread; the task ends when they are stored.</summary>
    /// <param name="tensors">The tensors.</param>
    /// <param name="cancellationToken">Cancels before the work begins; what a device has begun runs to its end.</param>
    public static Task RealizeAsync(IReadOnlyCollection<Tensor> tensors, CancellationToken cancellationToken = default) => Task.Run(
        () =>
        {
            Realize([.. tensors]);
            cancellationToken.ThrowIfCancellationRequested();
            TensorExecutor.Current.Synchronize();
        },
        cancellationToken);

    /// <summary>This value on another device.</summary>
    public Tensor To(string device)
    {
        var target = TensorExecutor.Current.Canonicalize(device);
        if (_device is null && target == TensorExecutor.Current.FileDevice)
        {
            // Literals are computed wherever they are used; not in files.
            return new Tensor(Node, TensorExecutor.Current.DefaultDevice).Realize().To(target);
        }

        if (_device is null || _device == target)
        {
            return target == _device ? this : new Tensor(Node, target) { _requiresGrad = _requiresGrad };
        }

        var moved = With(Copied(target), nameof(To));
        moved._device = target;
        return moved;
    }

    /// <summary>The same value, stored in order: nothing is fused across it.</summary>
    public Tensor Contiguous() => With(UOp.New(Ops.Contiguous, DType, [Node]), nameof(Contiguous));

    /// <summary>Sees to it that this tensor is realised in storage of its own, however many have the same value.</summary>
    internal Tensor WithOwnStorage()
    {
        if (_base is not null || Stored(Node) is null)
        {
            var node = _base is null ? _node : UOp.New(Ops.Contiguous, DType, [Node]);
            (_base, _baseNode) = (null, null);
            _node = Leaves.Marked(node);
        }

        return this;
    }

    /// <summary>Makes this tensor another value, dtype and device included, in storage of its own; who holds it sees the change.</summary>
    internal void Become(Tensor value)
    {
        var node = Leaves.Marked(value.Node);
        CaptureTrace.Current?.NoteWrite(this);
        LeaveBase();
        (_device, Grad) = (value.Device, null);
        SetNode(node);
    }

    // The buffer in which the elements lie, in order.
    private UOp? Storage => Stored(Node) ?? _kept ?? (_base is { } whole && ShowsAll(_node, whole._node) ? whole.Storage : null);

    private static UOp? Stored(UOp node)
    {
        while (node.Op == Ops.Reshape)
        {
            node = node[0];
        }

        return node.Op == Ops.Buffer ? node : null;
    }

    // The history of a value is kept only where a gradient may go through it.
    private void Adopt(UOp value, UOp storage, string device)
    {
        _device = device;
        Leaves.RememberRealized(value, storage);
        StorageOwners.Claim(StorageOf(storage), this);
        if (_isLeaf || !_requiresGrad)
        {
            (_base, _baseNode) = (null, null);
            SetNode(storage);
        }
        else
        {
            _kept = StorageOf(storage);
        }
    }

    private void SetNode(UOp node)
    {
        _kept = null;
        if (_isLeaf)
        {
            SetLeafNode(node);
        }
        else
        {
            _node = node;
        }
    }
}
