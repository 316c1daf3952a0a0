using Tenon.Core;

namespace Tenon.Compiler;

/// <summary>Builds the loops and values of each kernel that a <see cref="FusionPlan"/> chose, from the inputs to the results.</summary>
internal sealed class KernelBuilder(FusionPlan plan, SlotTable slots, Dictionary<(int Slot, KernelGroup Reader), int> snapshots)
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
            var address = Address(output.Slot, MovementIndex.Flatten(output.Node.Shape, home.Index));
            var store = UOp.New(Ops.Store, DType.Void, [address, home.Value!]);
            stores.Add(UOp.New(Ops.End, DType.Void, [store, .. loops.Where(home.Ranges.Contains)]));
        }

        return KernelSimplifier.Simplify(UOp.Sink([.. stores]));
    }

    private UOp Leaf(UOp node, Access use) => node.Op switch
    {
        Ops.Const => node,
        _ when node.DType == DType.Index => node,
        Ops.Iota => use.Index[0].Cast(node.DType),
        Ops.Param => Load(OldState(node.ArgAs<ParamArg>().Slot, use.Group), node.Shape, use),
        _ when plan.StorageOf(node) is { } stored => Load(stored.Slot, node.Shape, use),
        _ => throw new InvalidOperationException($"{node.Op} has neither storage nor a value in its kernel."),
    };

    private int OldState(int slot, KernelGroup reader) => snapshots.GetValueOrDefault((slot, reader), slot);

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

    private UOp Load(int slot, Shape shape, Access use)
    {
        var address = Address(slot, MovementIndex.Flatten(shape, use.Index));
        return use.Valid is { } gate
            ? UOp.New(Ops.Load, address.DType, [address, gate, UOp.Const(address.DType, 0)])
            : UOp.New(Ops.Load, address.DType, [address]);
    }

    private UOp Address(int slot, UOp offset)
    {
        var param = UOp.New(Ops.Param, slots[slot].DType, [], new ParamArg(slot, slots[slot].Size));
        return UOp.New(Ops.Index, param.DType, [param, offset]);
    }
}
