using Tenon.Core;

namespace Tenon;

public sealed partial class Tensor
{
    /// <summary>Whether the value is stored.</summary>
    public bool IsRealized => IsStorage(Leaves.Storage(Node));

    /// <summary>Computes the value and stores it.</summary>
    public Tensor Realize()
    {
        Realize(this);
        return this;
    }

    /// <summary>Computes and stores the values of several tensors, as one schedule.</summary>
    public static void Realize(params ReadOnlySpan<Tensor> tensors)
    {
        var pending = new List<Tensor>(tensors.Length);
        var roots = new List<(UOp, string)>(tensors.Length);
        foreach (var t in tensors)
        {
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
            pending[i].Adopt(storage[i], roots[i].Item2);
        }
    }

    /// <summary>Computes the value and stores it, on another thread.</summary>
    public async Task<Tensor> RealizeAsync(CancellationToken cancellationToken = default)
    {
        await Task.Run(() => Realize(this), cancellationToken).ConfigureAwait(false);
        return this;
    }

    /// <summary>
    /// Gives this tensor a new value, in the storage that it has if no other tensor has it too. The value is broadcast and
    /// converted; no gradient passes. What was computed from the old value must be realised before this tensor is.
    /// </summary>
    /// <exception cref="TenonException">The value doesn't broadcast to this shape, or is on another device.</exception>
    public Tensor Assign(Tensor value)
    {
        if (value._device is not null && _device is not null && value._device != _device)
        {
            throw new TenonException("TEN3015", $"Assign: the value is on {value._device}, the tensor on {_device}. Move the value with To(\"{_device}\").");
        }

        var node = Detached(value.Cast(DType).Expand(Shape).Node);
        _device ??= value._device;
        if (Node.Op == Ops.After)
        {
            // An assignment that has not run yet: its value goes into this one, so that storage is written once.
            var (target, pending) = (Node[0], Node[1][1]);
            SetNode(Assignment(target, node.Substitute(new NodeMap<UOp> { [Node] = pending })));
        }
        else
        {
            var isOwn = IsStorage(Node) && StorageOwners.IsExclusive(StorageOf(Node), this);
            SetNode(isOwn ? Assignment(Node, node) : UOp.New(Ops.Contiguous, DType, [node]));
        }

        return this;
    }

    /// <summary>This value on another device.</summary>
    public Tensor To(string device)
    {
        var target = TensorExecutor.Current.Canonicalize(device);
        if (_device is null || _device == target)
        {
            return target == _device ? this : new Tensor(Node, target) { _requiresGrad = _requiresGrad };
        }

        var moved = With(UOp.New(Ops.Copy, DType, [Node], target), nameof(To));
        moved._device = target;
        return moved;
    }

    /// <summary>The same value, stored in order: nothing is fused across it.</summary>
    public Tensor Contiguous() => With(UOp.New(Ops.Contiguous, DType, [Node]), nameof(Contiguous));

    /// <summary>Sees to it that this tensor is realised in storage of its own, however many have the same value.</summary>
    internal Tensor WithOwnStorage()
    {
        Node = IsStorage(Node) ? Node : Leaves.Marked(Node);
        return this;
    }

    private static UOp Assignment(UOp target, UOp value) =>
        UOp.New(Ops.After, target.DType, [target, UOp.New(Ops.Store, DType.Void, [target, value])]);

    private static bool IsStorage(UOp node)
    {
        while (node.Op == Ops.Reshape)
        {
            node = node[0];
        }

        return node.Op == Ops.Buffer;
    }

    // The history of a value is kept only where a gradient may go through it.
    private void Adopt(UOp storage, string device)
    {
        _device = device;
        Leaves.RememberRealized(Node, storage);
        if (_isLeaf || !_requiresGrad)
        {
            StorageOwners.Claim(StorageOf(storage), this);
            SetNode(storage);
        }
    }

    private void SetNode(UOp node)
    {
        if (_isLeaf)
        {
            SetLeafNode(node);
        }
        else
        {
            Node = node;
        }
    }
}
