using Tenon.Core;

namespace Tenon.Compiler;

/// <summary>Builds the loops and values of each kernel that a <see cref="FusionPlan"/> chose, from the inputs to the results.</summary>
internal sealed class KernelBuilder(FusionPlan plan, SlotTable slots, Dictionary<Access, Snapshot> snapshots)
{
    /// <summary>The kernel of each group: a sink of stores, each in the loops that it is repeated by.</summary>
    public Dictionary<KernelGroup, UOp> Build()
    {
        using var stage = Tracing.Begin("schedule/build kernels");
        foreach (var node in plan.Order)
        {
            foreach (var use in plan.UsesOf(node))
            {
                use.Value = use.Sources is null ? Leaf(node, use) : Compute(node, use);
            }

            if (plan.StorageOf(node) is { } stored)
            {
                stored.Home.Value ??= stored.Home.Sources is null ? null : Compute(node, stored.Home);
            }
        }

        return plan.Groups.Where(g => g.CopySource is null).ToDictionary(g => g, Kernel);
    }

    private UOp Kernel(KernelGroup group)
    {
        var loops = group.LoopOrder();
        var stores = new List<UOp>();
        foreach (var output in group.Outputs)
        {
            var home = output.Home;
            var address = Address(output.Slot, output.Offset);
            var store = UOp.New(Ops.Store, DType.Void, [address, home.Value!]);
            stores.Add(UOp.New(Ops.End, DType.Void, [store, .. loops.Where(r => (group.RangesOf(r) & home.Ranges) != 0)]));
        }

        return KernelSimplifier.Simplify(UOp.Sink([.. stores]));
    }

    private UOp Leaf(UOp node, Access use) => node.Op switch
    {
        Ops.Const => node,
        _ when node.DType == DType.Index => node,
        Ops.Iota => use.Index[0].Cast(node.DType),
        _ when snapshots.TryGetValue(use, out var old) => Load(old.Slot, old.Offset, use.Valid),
        Ops.Param => Load(node.ArgAs<ParamArg>().Slot, use.Index[0], use.Valid),
        _ when plan.StorageOf(node) is { } stored => Load(stored.Slot, MovementIndex.Flatten(node.Shape, use.Index), use.Valid),
        _ => throw new InvalidOperationException($"{node.Op} has neither storage nor a value in its kernel."),
    };

    private static UOp Compute(UOp node, Access use)
    {
        var first = use.Sources![0].Value!;
        switch (node.Op)
        {
            case Ops.After or Ops.Contiguous:
                return first;
            case Ops.Reduce:
                return use.ReduceRanges.Length == 0
                    ? first
                    : UOp.New(Ops.Reduce, node.DType, [first, .. use.ReduceRanges], new ReduceArg(node.ArgAs<ReduceArg>().Op, Axes.None));
            case Ops.Pad:
                // A gated load is zero outside already.
                return use.Sources[0].Valid is not { } valid || (first.Op == Ops.Load && first.Src.Length == 3 && first[1] == valid)
                    ? first
                    : UOp.Where(valid, first, first.ConstLike(0));
            case var op when OpSet.Movement.Contains(op):
                return first;
            default:
                return UOp.New(node.Op, node.DType, [.. use.Sources.Select(s => s.Value!)], node.Arg);
        }
    }

    private UOp Load(int slot, UOp offset, UOp? valid)
    {
        var address = Address(slot, offset);
        return valid is { } gate
            ? UOp.New(Ops.Load, address.DType, [address, gate, UOp.Const(address.DType, 0)])
            : UOp.New(Ops.Load, address.DType, [address]);
    }

    private UOp Address(int slot, UOp offset) => slots.Address(slot, offset);
}
