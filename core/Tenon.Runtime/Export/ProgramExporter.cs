using Tenon.Compiler;
using Tenon.Core;
using Tenon.Core.Backend;

namespace Tenon.Runtime;

/// <summary>Schedules and compiles what was recorded for a device that need not be there.</summary>
/// <param name="slots">The storage that was recorded.</param>
/// <param name="contents">For each slot the buffer of its content, if that is known before a run.</param>
/// <param name="inputs">The slots that each run is given.</param>
/// <param name="outputs">The slots whose content is wanted.</param>
/// <param name="device">What the device has.</param>
/// <param name="generator">What makes its code.</param>
/// <param name="realize">Computes values here.</param>
internal sealed class ProgramExporter(
    RecordedSlot[] slots, UOp?[] contents, IReadOnlyList<int> inputs, IReadOnlyList<int> outputs, Capabilities device, CodeGenerator generator, Func<IReadOnlyList<(UOp, string)>, UOp[]> realize)
{
    private readonly TensorCompiler _compiler = new(new CompilerOptions());
    private readonly List<ScheduleSlot> _slots = [];
    private readonly List<UOp?> _contents = [.. contents];
    private readonly List<ScheduledCall> _calls = [];
    private readonly List<RecordedStep?> _stepOf = [];

    /// <summary>The program.</summary>
    public ExportedProgram Export(RecordedStep[] steps)
    {
        _slots.AddRange(slots.Select(s => new ScheduleSlot(KindOf(s), s.DType, s.Size, s.Device)));
        foreach (var slot in slots.Where(s => s.Fill is not null))
        {
            Initialise(slot);
        }

        foreach (var step in steps)
        {
            Add(step);
        }

        var plan = MemoryPlan.Of(_calls, _slots);
        if (plan.ArenaBytes.Count > 1)
        {
            throw new TenonException("TEN6100", $"What is to be exported is computed on {string.Join(" and ", plan.ArenaBytes.Keys)}. Keep its tensors on one device.");
        }

        return Compile(plan);
    }

    private SlotKind KindOf(RecordedSlot slot) =>
        inputs.Contains(slot.Number) || contents[slot.Number] is not null && slot.Fill is null ? SlotKind.Input : outputs.Contains(slot.Number) ? SlotKind.Output : SlotKind.Temporary;

    // Overwritten by the run, which begins with a content: that is copied there.
    private void Initialise(RecordedSlot slot)
    {
        if (slot.Varies)
        {
            throw new TenonException("TEN6101", "What is to be exported draws random numbers, or reads numbers of the host at each run, which an exported program can't. Make them outside and pass them as an input.");
        }

        _calls.Add(new ScheduledCall(null, [slot.Number, AddConstant(slot.DType, slot.Size, slot.Device, contents[slot.Number]!)], slot.Device));
        _stepOf.Add(null);
    }

    private int AddConstant(DType dtype, long size, string device, UOp content)
    {
        _slots.Add(new ScheduleSlot(SlotKind.Input, dtype, size, device));
        _contents.Add(content);
        return _slots.Count - 1;
    }

    private void Add(RecordedStep step)
    {
        var numbers = step.Slots.TakeWhile(s => s is not null).Select(s => s!.Number).ToList();
        var graph = Fold(step.Graph, numbers);
        var schedule = _compiler.Schedule(graph, device, generator.Target);
        for (var i = numbers.Count; i < schedule.Slots.Count; i++)
        {
            numbers.Add(_slots.Count);
            _slots.Add(schedule.Slots[i]);
            _contents.Add(null);
        }

        foreach (var call in schedule.Calls)
        {
            _calls.Add(call with { Slots = [.. call.Slots.Select(s => numbers[s])] });
            _stepOf.Add(step);
        }
    }

    // Values that follow from constants alone are computed here, and are constants.
    private UOp Fold(UOp graph, List<int> numbers)
    {
        var found = ConstantFolding.Find(graph, slot => IsConstant(numbers[slot]));
        if (found.Count == 0)
        {
            return graph;
        }

        var buffers = new NodeMap<UOp>();
        foreach (var parameter in graph.TopologicalOrder().Where(u => u.Op == Ops.Param && IsConstant(numbers[u.ArgAs<ParamArg>().Slot])))
        {
            buffers[parameter] = _contents[numbers[parameter.ArgAs<ParamArg>().Slot]]!;
        }

        var home = _slots[numbers[0]].Device;
        var values = realize([.. found.Select(f => (f.Substitute(buffers), home))]);
        var map = new NodeMap<UOp>();
        for (var i = 0; i < values.Length; i++)
        {
            var buffer = StorageView.Base(values[i]);
            var size = buffer.ArgAs<BufferArg>().Size;
            map[found[i]] = StorageView.Of(UOp.New(Ops.Param, found[i].DType, [], new ParamArg(numbers.Count, size, home)), found[i].Shape);
            numbers.Add(AddConstant(found[i].DType, size, home, buffer));
        }

        return graph.Substitute(map);
    }

    private bool IsConstant(int slot) => _contents[slot] is not null && (slot >= slots.Length || slots[slot] is { IsWritten: false, Fill: null }) && !inputs.Contains(slot);

    private ExportedProgram Compile(MemoryPlan plan)
    {
        var kernels = new OrderedDictionary<UOp, int>(ReferenceEqualityComparer.Instance as IEqualityComparer<UOp>);
        foreach (var call in plan.Calls.Where(c => c.Kernel is not null))
        {
            kernels.TryAdd(call.Kernel!, kernels.Count);
        }

        var compiled = new ExportedKernel[kernels.Count];
        try
        {
            Parallel.For(0, compiled.Length, i => compiled[i] = Compile(kernels.GetAt(i).Key));
        }
        catch (AggregateException e)
        {
            // The others are mostly the same error again.
            System.Runtime.ExceptionServices.ExceptionDispatchInfo.Throw(e.InnerExceptions[0]);
        }

        // What no step uses any more, such as what constants were computed from, stays here.
        var used = new SortedSet<int>([.. inputs, .. outputs, .. plan.Calls.SelectMany(c => c.Slots)]).ToList();
        var steps = plan.Calls.Select((c, i) => new ExportedStep(c.Kernel is null ? -1 : kernels[c.Kernel], Places(c.Slots), c.Kernel is null ? [] : [.. ScheduledCall.VariablesOf(c.Kernel).Select(v => _stepOf[i]!.Variables[v])]));
        return new ExportedProgram
        {
            Slots = [.. used.Select(s => Exported(s, plan.Slots[s]))],
            Kernels = compiled,
            Steps = [.. steps],
            Inputs = Places(inputs),
            Outputs = Places(outputs),
            ArenaBytes = plan.ArenaBytes.Values.SingleOrDefault(),
        };

        int[] Places(IEnumerable<int> old) => [.. old.Select(s => used.IndexOf(s))];
    }

    private ExportedSlot Exported(int number, ScheduleSlot slot)
    {
        var kind = inputs.Contains(number) ? ExportedSlotKind.Input : slot.Kind switch
        {
            SlotKind.Temporary => ExportedSlotKind.Temporary,
            SlotKind.Output => ExportedSlotKind.Output,
            _ => ExportedSlotKind.Constant,
        };
        return new ExportedSlot(kind, slot.DType, slot.Size, slot.ArenaOffset, kind == ExportedSlotKind.Constant ? _contents[number] : null);
    }

    private ExportedKernel Compile(UOp kernel)
    {
        var program = _compiler.Lower(kernel, device, generator.Target);
        var limit = device.MaxBuffers;
        return program.Parameters.Count <= limit ? new ExportedKernel(generator.Generate(program), program.Parameters) : throw new TenonException(
            "TEN6102", $"Kernel {program.Name} uses {program.Parameters.Count} buffers; what is exported may use {limit} in a kernel. Call Contiguous() on some of its inputs' results, so that it is split.");
    }
}
