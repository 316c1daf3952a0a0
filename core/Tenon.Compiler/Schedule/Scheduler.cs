using Tenon.Core;

namespace Tenon.Compiler;

/// <summary>Turns a tensor graph into an ordered list of kernels and copies.</summary>
public static class Scheduler
{
    private static readonly PatternMatcher Rules = TensorRules.Rules + ReduceSplitting.Rules;

    /// <summary>The schedule of a graph.</summary>
    /// <param name="sink">
    /// A sink of <c>Store(Param(slot), value)</c>, which fills a slot, and <c>After(state, Store(view, value))</c>, which
    /// overwrites a view of what a slot holds: the state before is a parameter or another such node. All storage is named by
    /// parameters 0, 1, ….
    /// </param>
    /// <param name="options">What to know of the machine.</param>
    /// <exception cref="TenonException">The graph mixes devices, or assigns to what is not storage.</exception>
    public static Schedule Create(UOp sink, SchedulerOptions options)
    {
        using var stage = Tracing.Begin("schedule", sink);
        TensorSpecification.Check(sink, "Schedule");
        sink = DTypeLowering.Apply(sink);
        var rewritten = GraphRewrite.Apply(sink, Rules, options, "schedule/tensor rules");
        var graph = OutputAliasing.Apply(LostWrites.Remove(rewritten), out var outputs);
        if (options.CheckSteps)
        {
            TensorSpecification.Check(graph, "Schedule after tensor rules");
        }

        var plan = BufferLimit.Plan(graph.TopologicalOrder(), NewSlots, options, out var slots, out var snapshots);
        var kernels = new KernelBuilder(plan, slots, snapshots).Build();
        var launches = SmallKernels.Join(CallOrder.Of(plan.Groups), kernels, slots, options);
        var calls = launches.ConvertAll(groups => Call(groups, kernels, sink.Arg as KernelArg));
        var memory = MemoryPlan.Of(calls, slots.Slots);
        return new Schedule { Slots = memory.Slots, Calls = memory.Calls, ArenaBytes = memory.ArenaBytes, LeastBytes = memory.LeastBytes, Decisions = plan.Decisions };

        SlotTable NewSlots()
        {
            var slots = new SlotTable(sink.TopologicalOrder());
            outputs.ForEach(slots.MarkOutput);
            return slots;
        }
    }

    private static ScheduledCall Call(List<KernelGroup> groups, Dictionary<KernelGroup, UOp> kernels, KernelArg? maths)
    {
        var device = groups[0].Device;
        if (groups[0].CopySource is { } source)
        {
            return new ScheduledCall(null, [groups[0].Outputs[0].Slot, source], device);
        }

        var (plain, loops) = SmallKernels.Combine(groups, kernels);
        plain = maths is { FastMath: true } ? GraphRewrite.Apply(UOp.Sink(plain.Src, maths), FastMathRules.Rules, stage: "schedule/fast maths") : plain;
        var (kernel, args) = CanonicalKernel.Of(plain, loops);
        return new ScheduledCall(kernel, args, device);
    }
}
