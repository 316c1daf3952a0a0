using Tenon.Core;

namespace Tenon.Compiler;

internal sealed partial class FusionPlan
{
    private void Store(UOp node, int slot)
    {
        var uses = UsesOf(node);
        var part = _parts.GetValueOrDefault(node);
        var home = uses.Find(u => u.Group.Part == part && CanComputeAndStoreAt(node, u)) ?? BesideUser(node, part);
        if (home is null)
        {
            var group = NewGroup(_slots.DeviceOf(slot), part);
            home = new Access(group, group.OpenOutput(node.Op == Ops.After ? node[1][0].Shape : node.Shape), null, Enclosing.Nothing);
            if (node.Op == Ops.Reduce)
            {
                group.TryAddScope(home.Ranges);
            }
        }

        Keep(node, slot, home);
        UseSources(node, home);
        foreach (var use in uses)
        {
            if (use != home && use.Group == home.Group)
            {
                UseSources(node, use);
            }
        }
    }

    // Whether a kernel that computes the value for itself, once for each element, can store it as well.
    private bool CanComputeAndStoreAt(UOp node, Access use) =>
        use.Valid is null && CoversInOrder(node.Shape, use)
            && CanRepeat(node, use.Group, use)
            && IsLast(node, use.Group)
            && (node.Op == Ops.Reduce ? CanReduceIn(node, use) : Fits(node, use));

    // A kernel over the same elements that computes the value at other places can compute it for all of them as well.
    private Access? BesideUser(UOp node, int part)
    {
        KernelGroup? group = null;
        foreach (var use in UsesOf(node))
        {
            group = group is null || use.Group.Number > group.Number ? use.Group : group;
        }

        if (group is null || group.Part != part || node.Op == Ops.Reduce || !_cost.IsWorthMerging(node, group, group) || !IsLast(node, group)
            || !CanRepeat(node, group, null) || group.Find(node.Shape) is not { } index)
        {
            return null;
        }

        return new Access(group, index, null, Enclosing.Nothing);
    }

    // Of the kernels that need a value the one that was made last: none waits for one that waits for it.
    private bool IsLast(UOp node, KernelGroup group) =>
        (node.Op != Ops.After || (StorageState.IsWhole(node) && !(_nextWrites.TryGetValue(_slots.SlotOf(node), out var next) && next.Home.Group.Number >= group.Number)))
            && UsesOf(node).TrueForAll(u => u.Group.Number <= group.Number)
            && (_wholeReaders.GetValueOrDefault(node)?.TrueForAll(r => r.Number <= group.Number) ?? true);

    // Whether the other uses in the kernel may compute the value again.
    private bool CanRepeat(UOp node, KernelGroup group, Access? home)
    {
        var evaluations = 0.0;
        foreach (var use in UsesOf(node))
        {
            evaluations += use != home && use.Group == group ? use.Evaluations : 0;
        }

        return node.Op switch
        {
            Ops.Reduce => evaluations == 0,
            Ops.After => evaluations == 0 || _cost.CanRepeat(node[1][1], evaluations),
            Ops.Contiguous => evaluations == 0 || _cost.CanRepeat(node[0], evaluations),
            _ => evaluations == 0 || home is not null || _cost.CanRepeat(node, evaluations),
        };
    }

    private static bool CoversInOrder(Shape shape, Access use)
    {
        var seen = 0UL;
        for (var i = 0; i < shape.Rank; i++)
        {
            var (at, size) = (use.Index[i], shape.Dim(i));
            if (size.IsInteger(1) ? at.IsInteger(0) : at.Op == Ops.Range && at[0] == size)
            {
                var bits = use.Group.RangesOf(at);
                if ((bits & ~use.Group.Output) == 0 && (bits & seen) == 0)
                {
                    seen |= bits;
                    continue;
                }
            }

            return false;
        }

        return true;
    }

    private void StoreByCopy(UOp node, UOp source, int slot)
    {
        var group = NewGroup(_slots.DeviceOf(slot), isCopy: true);
        var storage = StorageUnder(source);
        if (storage.Op == Ops.Param)
        {
            group.CopySource = _slots.SlotOf(storage);
        }

        _wholeReaders.TryAdd(storage, []);
        _wholeReaders[storage].Add(group);

        Keep(node, slot, new Access(group, group.OpenOutput(node.Shape), null, Enclosing.Nothing));
    }

    private void Keep(UOp node, int slot, Access home)
    {
        var stored = new StoredValue(node, slot, home);
        _stored[node] = stored;
        home.Group.Outputs.Add(stored);
        if (node.Op == Ops.After)
        {
            if (_nextWrites.TryGetValue(slot, out var next))
            {
                next.Home.Group.WaitFor(home.Group);
            }

            _nextWrites[slot] = stored;
        }

        foreach (var reader in _wholeReaders.GetValueOrDefault(node) ?? [])
        {
            reader.CopySource = slot;
            reader.WaitFor(home.Group);
        }

        foreach (var use in UsesOf(node))
        {
            use.Group.WaitFor(home.Group);
        }
    }

    private int NewTemporary(UOp node)
    {
        var device = _devices[node] ?? UsesOf(node).Select(u => u.Group.Device).FirstOrDefault()
            ?? throw new InvalidOperationException($"No device is known for {node}.");
        return _slots.AddTemporary(node.DType, node.Shape.MaxElements, device);
    }

    private static UOp? CopyUnder(UOp value)
    {
        while (value.Op == Ops.Reshape)
        {
            value = value[0];
        }

        return value.Op == Ops.Copy ? value[0] : null;
    }

    private static UOp StorageUnder(UOp value)
    {
        while (value.Op == Ops.Reshape)
        {
            value = value[0];
        }

        return value;
    }
}
