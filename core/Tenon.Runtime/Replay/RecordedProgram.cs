using Tenon.Compiler;
using Tenon.Core;
using Tenon.Core.Backend;

namespace Tenon.Runtime;

/// <summary>
/// A recording as one schedule, whose temporaries share one arena a device: what was realised within and isn't wanted is a temporary too. It
/// may run in several threads at once.
/// </summary>
public sealed class RecordedProgram
{
    private readonly Realizer _realizer;
    private readonly BufferTable _buffers;
    private readonly RecordedStep[] _steps;
    private readonly RecordedSlot[] _slots;
    private readonly int[] _inputs;
    private readonly int[] _outputs;
    private readonly Lock _lock = new();
    private readonly Func<int, string, string> _keyOf;
    private readonly HashSet<int> _constants;
    private readonly long _maxKeptBytes;
    private readonly (int Slot, Storage Storage)[] _fixed;
    private readonly RecordedSlot[] _filled;

    // What runs, and for each variable of its kernels the number of a variable of the program, or -1 and a value. Null until it is asked for.
    private volatile Executable? _executable;

    internal RecordedProgram(
        Realizer realizer, BufferTable buffers, RecordedStep[] steps, RecordedSlot[] slots, int[] inputs, int[] outputs, IReadOnlyDictionary<string, long> variables, IReadOnlyCollection<int> constants, long maxKeptBytes)
    {
        (_realizer, _buffers, _steps, _slots, _inputs, _outputs) = (realizer, buffers, steps, slots, inputs, outputs);
        _filled = Array.FindAll(slots, s => s.Fill is not null);
        _fixed = [.. slots.Where(s => s.Storage is not null && s.Fill is null && !inputs.Contains(s.Number)).Select(s => (s.Number, s.Storage!))];
        if (_fixed.FirstOrDefault(f => slots[f.Slot].IsWritten) is { Storage: not null } written)
        {
            var slot = slots[written.Slot];
            throw new TenonException("TEN5301", $"A captured function overwrites storage of {slot.Size} × {slot.DType} that no tensor outside of it holds, so that a later call can't find it. Keep the tensor, or create it inside.");
        }

        WritesAny = Array.Exists(inputs, i => slots[i].IsWritten);
        var names = variables.Keys.ToList();
        Variables = names;

        // Files may be written to by others.
        _constants = [.. constants.Where(i => !slots[i].IsWritten && slots[i].Storage is not { IsFile: true }), .. _fixed.Where(f => !f.Storage.IsFile).Select(f => f.Slot)];
        _maxKeptBytes = maxKeptBytes;
        _keyOf = Key;
        if (Array.Exists(steps, s => s.Variables.Count > 0))
        {
            // What can't be bound is to be said at once.
            _executable = Whole();
        }

        string Key(int step, string name) => !variables.TryGetValue(name, out var value) ? $"{step}:{name}"
            : steps[step].Variables[name] == value ? name
            : throw new TenonException("TEN5302", $"Variable {name} is bound to {value} by an argument of a captured function, and to {steps[step].Variables[name]} within it. A later call can't tell what it would be bound to there: compute it as an expression of the argument, or bind another variable and pass that too.");
    }

    /// <summary>The variables of which a run gets values, in order.</summary>
    public IReadOnlyList<string> Variables { get; }

    /// <summary>The whole as one schedule.</summary>
    public Schedule Schedule
    {
        get
        {
            lock (_lock)
            {
                return (_executable ??= Whole()).Program.Schedule;
            }
        }
    }

    /// <summary>What is kept from run to run, of what follows from storage that doesn't change: bytes by a number that programs which share it have in common.</summary>
    public IEnumerable<(long Id, long Bytes)> Kept => _executable?.Kept?.Storages.Select(s => (s.Id, s.Bytes)) ?? [];

    /// <summary>Whether a run overwrites an input.</summary>
    public bool Writes(int input) => _slots[_inputs[input]].IsWritten;

    /// <summary>Whether a run overwrites any input.</summary>
    public bool WritesAny { get; }

    /// <summary>Whether storage that is no input, but was there before, is what it was.</summary>
    public bool Holds()
    {
        foreach (var (slot, _) in _fixed)
        {
            if (_slots[slot].IsExternal && !_buffers.IsCurrent(_slots[slot].Buffer))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Queues everything.</summary>
    /// <param name="inputs">The buffers of the inputs; those that are overwritten are replaced by nodes of their new content.</param>
    /// <param name="variables">The values of <see cref="Variables"/>.</param>
    /// <returns>Nodes of the outputs' storage, which is new, unless its content never changes.</returns>
    public UOp[] Run(Span<UOp> inputs, ReadOnlySpan<long> variables)
    {
        var executable = _executable is { IsFinal: true } known ? known : Split();
        using var use = _buffers.Users.Enter();
        var storages = new Storage?[executable.Program.Schedule.Slots.Count];
        for (var i = 0; i < inputs.Length; i++)
        {
            storages[_inputs[i]] = _buffers.Get(inputs[i]);
        }

        foreach (var (slot, storage) in _fixed)
        {
            storages[slot] = storage;
        }

        foreach (var slot in _filled)
        {
            storages[slot.Number] = Filled(slot);
        }

        var outputs = new UOp[_outputs.Length];
        for (var i = 0; i < outputs.Length; i++)
        {
            var slot = _slots[_outputs[i]];
            storages[slot.Number] ??= new Storage(_realizer.Open(slot.Device), slot.DType.BytesOf(slot.Size));
            var at = Array.IndexOf(_inputs, slot.Number);
            outputs[i] = at >= 0 ? inputs[at] : _buffers.Add(slot.DType, slot.Size, storages[slot.Number]!);
        }

        Span<long> values = stackalloc long[executable.Values.Length];
        for (var i = 0; i < values.Length; i++)
        {
            values[i] = executable.Values[i].Variable < 0 ? executable.Values[i].Value : variables[executable.Values[i].Variable];
        }

        executable.Kept?.Bring(storages);
        _realizer.Run(executable.Program, storages, values);
        for (var i = 0; i < inputs.Length; i++)
        {
            if (_slots[_inputs[i]].IsWritten)
            {
                inputs[i] = _buffers.Overwrite(inputs[i]);
                for (var o = 0; o < outputs.Length; o++)
                {
                    outputs[o] = _outputs[o] == _inputs[i] ? inputs[i] : outputs[o];
                }
            }
        }

        return outputs;
    }

    /// <summary>Compiles everything for a device that need not be there.</summary>
    /// <param name="constants">For each input the buffer that it always is, or null if each run is given another. None of these may be written to.</param>
    /// <param name="device">What the device has.</param>
    /// <param name="generator">What makes its code.</param>
    /// <exception cref="TenonException">It does in each run what an exported program can't, or a kernel can't be compiled.</exception>
    public ExportedProgram Export(IReadOnlyList<UOp?> constants, Capabilities device, CodeGenerator generator)
    {
        var contents = new UOp?[_slots.Length];
        for (var i = 0; i < contents.Length; i++)
        {
            var (slot, at) = (_slots[i], Array.IndexOf(_inputs, i));
            contents[i] = at >= 0 ? constants[at]
                : slot is { Fill: not null, Varies: false } ? _buffers.Add(slot.DType, slot.Size, Filled(slot))
                : slot.Storage is not null || slot.IsExternal ? slot.Buffer : null;
        }

        return new ProgramExporter(_slots, contents, [.. _inputs.Where((_, i) => constants[i] is null)], _outputs, device, generator, _realizer.Realize).Export(_steps);
    }

    /// <summary>What another program does differently; null if nothing.</summary>
    public string? DifferenceFrom(RecordedProgram other)
    {
        if (_steps.Length != other._steps.Length)
        {
            return $"{other._steps.Length} realisations, then {_steps.Length}";
        }

        for (var i = 0; i < _steps.Length; i++)
        {
            if (_steps[i].Graph != other._steps[i].Graph)
            {
                return $"realisation {i + 1} of {_steps.Length}: {GraphDifference.Describe(other._steps[i].Graph, _steps[i].Graph)}";
            }

            if (!_steps[i].Slots.Select(s => s?.Number).SequenceEqual(other._steps[i].Slots.Select(s => s?.Number)))
            {
                return $"realisation {i + 1} of {_steps.Length} works on other storage";
            }

            foreach (var (name, value) in _steps[i].Variables)
            {
                if (!Variables.Contains(name) && other._steps[i].Variables[name] != value)
                {
                    return $"variable {name}, which no argument binds, was bound to {other._steps[i].Variables[name]}, then to {value}";
                }
            }
        }

        if (!_inputs.AsSpan().SequenceEqual(other._inputs) || !_outputs.AsSpan().SequenceEqual(other._outputs) || _slots.Length != other._slots.Length)
        {
            return "it uses or returns other storage";
        }

        for (var i = 0; i < _slots.Length; i++)
        {
            if (!_slots[i].Equals(other._slots[i], _inputs.Contains(i)))
            {
                return _slots[i].Content != other._slots[i].Content ? $"{_slots[i].Size} × {_slots[i].DType} from the host have other values"
                    : $"it uses other storage of {_slots[i].Size} × {_slots[i].DType}";
            }
        }

        return null;
    }

    private Storage Filled(RecordedSlot slot)
    {
        var storage = new Storage(_realizer.Open(slot.Device), slot.DType.BytesOf(slot.Size));
        var bytes = storage.Bytes <= 256 ? stackalloc byte[(int)storage.Bytes] : new byte[storage.Bytes];
        slot.Fill!(bytes);
        storage.Device.Device.Allocator.CopyIn(storage.View, bytes);
        return storage;
    }

    // What follows from constants is computed apart. Only by what runs again: the first run of a model is not to take longer.
    private Executable Split()
    {
        lock (_lock)
        {
            if (_executable is { IsFinal: true } known)
            {
                return known;
            }

            if (_maxKeptBytes == 0 || _constants.Count == 0)
            {
                return _executable = (_executable ?? Whole()) with { IsFinal = true };
            }

            var (calls, slots, stepOf) = Merge();
            var apart = new KeptCalls(slots, [.. _constants], _maxKeptBytes);
            var left = apart.Take(calls);
            stepOf = [.. left.Select(i => stepOf[i])];
            var plan = MemoryPlan.Of([.. left.Select(i => calls[i])], slots);
            slots.Clear();
            slots.AddRange(plan.Slots);
            var packed = apart.Pack(plan.Calls, _realizer.Pack);
            if (apart.Calls.Count == 0)
            {
                return _executable = (_executable ?? Whole()) with { IsFinal = true };
            }

            var program = Prepare(plan with { Calls = packed, Slots = slots }, stepOf);
            var kept = _realizer.Prepare(new Schedule { Slots = slots, Calls = apart.Calls, ArenaBytes = new Dictionary<string, long>() }, static (_, name) => name);
            return _executable = program with { Kept = new KeptValues(_realizer, _buffers.Users, kept, packed.SelectMany(c => c.Slots).ToHashSet()), IsFinal = true };
        }
    }

    private Executable Whole()
    {
        var (calls, slots, stepOf) = Merge();
        return Prepare(MemoryPlan.Of(calls, slots), stepOf);
    }

    private Executable Prepare(MemoryPlan plan, List<int> stepOf)
    {
        var program = _realizer.Prepare(new Schedule { Slots = plan.Slots, Calls = plan.Calls, ArenaBytes = plan.ArenaBytes, LeastBytes = plan.LeastBytes }, (call, name) => _keyOf(stepOf[call], name));
        return new Executable(program, [.. program.Variables.Select(Value)]);

        (int, long) Value(string key) => Variables.ToList().IndexOf(key) is var at and >= 0 ? (at, 0)
            : (-1, _steps[int.Parse(key[..key.IndexOf(':')], System.Globalization.CultureInfo.InvariantCulture)].Variables[key[(key.IndexOf(':') + 1)..]]);
    }

    // The steps one after the other, on slots of the recording followed by the temporaries of each step.
    private (List<ScheduledCall> Calls, List<ScheduleSlot> Slots, List<int> StepOf) Merge()
    {
        var (calls, stepOf) = (new List<ScheduledCall>(), new List<int>());
        var slots = _slots.Select(s => new ScheduleSlot(KindOf(s), s.DType, s.Size, s.Device)).ToList();
        for (var step = 0; step < _steps.Length; step++)
        {
            var (schedule, known) = (_steps[step].Schedule, _steps[step].Slots);
            var numbers = new int[known.Length];
            for (var i = 0; i < numbers.Length; i++)
            {
                numbers[i] = known[i]?.Number ?? slots.Count;
                if (known[i] is null)
                {
                    slots.Add(schedule.Slots[i]);
                }
            }

            foreach (var call in schedule.Calls)
            {
                calls.Add(call with { Slots = [.. call.Slots.Select(s => numbers[s])] });
                stepOf.Add(step);
            }
        }

        return (calls, slots, stepOf);
    }

    private SlotKind KindOf(RecordedSlot slot) =>
        slot.IsExternal || slot.Storage is not null || slot.Fill is not null ? SlotKind.Input : _outputs.Contains(slot.Number) ? SlotKind.Output : SlotKind.Temporary;

    private sealed record Executable(ExecutableSchedule Program, (int Variable, long Value)[] Values)
    {
        public KeptValues? Kept { get; init; }

        // Whether it has been looked at what can be kept.
        public bool IsFinal { get; init; }
    }
}
