using Tenon.Compiler;
using Tenon.Core;
using Tenon.Core.Backend;

namespace Tenon.Runtime.Tests;

/// <summary>Makes one kernel of each root, and a copy of each root that is one. Kernels are tensor graphs.</summary>
internal sealed class FakeCompiler : ICompiler
{
    private int _scheduled;
    private int _lowered;

    public string Fingerprint { get; init; } = "fake";

    public CompilerOptions Options { get; } = new();

    public int Scheduled => _scheduled;

    public int Lowered => _lowered;

    public Schedule Schedule(UOp sink, Capabilities device, CodeGeneratorTarget? target)
    {
        Interlocked.Increment(ref _scheduled);
        var all = sink.TopologicalOrder().Where(u => u.Op == Ops.Param).OrderBy(u => u.ArgAs<ParamArg>().Slot).ToList();
        Assert.That(all.Select(p => p.ArgAs<ParamArg>().Slot), Is.EqualTo(Enumerable.Range(0, all.Count)), "slots have no gaps");
        var outputs = sink.Src.ToArray().Where(s => s.Op == Ops.Store).Select(s => s[0]).ToList();
        return new Schedule
        {
            Slots = [.. all.Select(p => new ScheduleSlot(outputs.Contains(p) ? SlotKind.Output : SlotKind.Input, p.DType, p.Shape[0], p.ArgAs<ParamArg>().Device!))],
            Calls = [.. sink.Src.ToArray().Select(Call)],
            ArenaBytes = new Dictionary<string, long>(),
        };
    }

    public PackedKernel? Pack(UOp kernel, IReadOnlySet<int> constants, Capabilities device, CodeGeneratorTarget target) => null;

    public LinearProgram Lower(UOp kernel, Capabilities device, CodeGeneratorTarget target, IReadOnlyList<Opt>? opts = null)
    {
        Interlocked.Increment(ref _lowered);
        var parameters = kernel.TopologicalOrder().Where(u => u.Op == Ops.Param).Select(p => new KernelParameter { DType = p.DType, Size = p.Shape[0] });
        return new LinearProgram { Name = "fake", Ops = kernel.TopologicalOrder(), Parameters = [.. parameters], GlobalSize = 1 };
    }

    private static ScheduledCall Call(UOp root)
    {
        var target = StorageView.Base(root[0]).ArgAs<ParamArg>();
        if (root is { Op: Ops.Store } && root[1].Op == Ops.Copy)
        {
            return new ScheduledCall(null, [target.Slot, StorageView.Base(root[1][0]).ArgAs<ParamArg>().Slot], target.Device!);
        }

        // A kernel numbers its parameters by itself.
        var slots = root.TopologicalOrder().Where(u => u.Op == Ops.Param).Select(p => p.ArgAs<ParamArg>().Slot).ToList();
        var map = new Dictionary<UOp, UOp>(ReferenceEqualityComparer.Instance);
        foreach (var u in root.TopologicalOrder())
        {
            map[u] = u.Op == Ops.Param
                ? UOp.New(Ops.Param, u.DType, [], u.ArgAs<ParamArg>() with { Slot = slots.IndexOf(u.ArgAs<ParamArg>().Slot), Device = null })
                : u.WithSources([.. u.Src.ToArray().Select(s => map[s])]);
        }

        return new ScheduledCall(UOp.Sink([map[root]]), slots, target.Device!);
    }
}
