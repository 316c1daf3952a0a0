using System.Security.Cryptography;
using Tenon.Compiler;
using Tenon.Core;

namespace Tenon.Runtime;

/// <summary>
/// What one flow of control computes until this is disposed: the schedules of all that it realises, and the storage that they use. It is
/// computed as ever; <see cref="Build"/> then makes a program of it that does the same on other data.
/// </summary>
public sealed class Recording : IDisposable
{
    private static readonly AsyncLocal<Recording?> Running = new();
    private static int _open;
    private readonly Realizer _realizer;
    private readonly BufferTable _buffers;
    private readonly Dictionary<long, RecordedSlot> _byStorage = [];
    private readonly List<RecordedSlot> _slots = [];
    private readonly List<RecordedStep> _steps = [];
    private readonly HashSet<RecordedSlot> _assumed = [];
    private readonly List<UOp> _roots = [];
    private readonly NodeSet _computed = new();
    private volatile bool _isDisposed;

    internal Recording(Realizer realizer, BufferTable buffers)
    {
        if (Current is not null)
        {
            throw new InvalidOperationException("A recording is running in this flow of control.");
        }

        (_realizer, _buffers) = (realizer, buffers);
        Values = new RealizedValues(buffers);
        FastValues = new RealizedValues(buffers, Values);
        Interlocked.Increment(ref _open);
        Running.Value = this;
    }

    /// <summary>The recording that runs in this flow of control.</summary>
    public static Recording? Current => Volatile.Read(ref _open) == 0 || Running.Value is not { _isDisposed: false } recording ? null : recording;

    /// <summary>Storage whose content has decided what was recorded, as nodes: the recording holds as long as all are current.</summary>
    public IReadOnlyList<UOp> Assumed => [.. _assumed.Select(s => s.Buffer)];

    // What was computed before must be computed again by each run.
    internal RealizedValues Values { get; }

    internal RealizedValues FastValues { get; }

    /// <summary>What is computed until the result is disposed is not recorded.</summary>
    public IDisposable Pause()
    {
        Running.Value = null;
        return new Paused(this);
    }

    /// <summary>The number of the storage of a buffer that is current.</summary>
    public int SlotOf(UOp buffer) => Slot(buffer, _buffers.Get(buffer)).Number;

    /// <summary>Whether the recording has made the storage of a slot.</summary>
    public bool IsMade(int slot) => !_slots[slot].IsExternal;

    /// <summary>Whether a graph is part of what was realised.</summary>
    public bool HasComputed(UOp value)
    {
        foreach (var root in _roots)
        {
            foreach (var node in root.TopologicalOrder(n => _computed.Add(n)))
            {
                _computed.Add(node);
            }
        }

        _roots.Clear();
        return _computed.Contains(value);
    }

    /// <summary>Says that storage that is there has another content in each run: values that depend on it can't be read meanwhile.</summary>
    public void Vary(int slot) => _slots[slot].Varies = true;

    /// <summary>Says how the host fills storage, at the beginning of each run.</summary>
    /// <param name="buffer">A buffer made during the recording, which has been filled for now.</param>
    /// <param name="fill">Gets as many bytes as the buffer has.</param>
    public void FillAtEachRun(UOp buffer, Action<Span<byte>> fill)
    {
        var slot = _slots[SlotOf(buffer)];
        (slot.Fill, slot.Varies, slot.Content) = (fill, true, null);
    }

    /// <summary>Makes a program of what was recorded.</summary>
    /// <param name="inputs">Slots that get other storage in each run.</param>
    /// <param name="outputs">Slots whose content is wanted.</param>
    /// <param name="variables">Variables that may have other values in each run, with those that they have now.</param>
    /// <param name="constants">Those inputs that are mostly the same from run to run, as far as no run writes to them.</param>
    /// <param name="maxKeptBytes">Bytes that may be kept of what follows from these.</param>
    /// <exception cref="TenonException">It can't run again; the message says why.</exception>
    public RecordedProgram Build(IReadOnlyList<int> inputs, IReadOnlyList<int> outputs, IReadOnlyDictionary<string, long> variables, IReadOnlyCollection<int> constants, long maxKeptBytes)
    {
        if (_assumed.FirstOrDefault(s => s.IsWritten) is { } read)
        {
            throw Unreadable(read);
        }

        // What is given away may be written to.
        foreach (var output in outputs)
        {
            KeepContent(_slots[output]);
        }

        return new RecordedProgram(_realizer, _buffers, [.. _steps], [.. _slots], [.. inputs], [.. outputs], variables, constants, maxKeptBytes);
    }

    /// <summary>Ends the recording.</summary>
    public void Dispose()
    {
        if (!_isDisposed)
        {
            _isDisposed = true;
            Interlocked.Decrement(ref _open);
            Running.Value = null;
        }
    }

    /// <summary>Notes a realisation that is about to run.</summary>
    internal void Add(RealizeGraph graph, Schedule schedule, Storage?[] storages, (UOp Node, Storage Storage)[] outputs, IEnumerable<UOp> roots)
    {
        _roots.AddRange(roots);
        var slots = new RecordedSlot?[schedule.Slots.Count];
        for (var i = 0; i < graph.Inputs.Count; i++)
        {
            slots[i] = Slot(graph.Inputs[i], storages[i]!);
        }

        var read = slots.OfType<RecordedSlot>().ToArray();
        foreach (var output in graph.Outputs)
        {
            var made = Slot(outputs[output.Index].Node, outputs[output.Index].Storage, isMade: true);
            if (output.Slot is { } slot)
            {
                slots[slot] = made;
                Depend(made, read);
            }
        }

        foreach (var (_, buffer) in graph.Assignments)
        {
            var slot = Slot(buffer, _buffers.Get(buffer));
            KeepContent(slot);
            slot.IsWritten = true;
            Depend(slot, read);
        }

        _steps.Add(new RecordedStep(graph.Sink, schedule, slots, graph.Variables.Names.ToDictionary(n => n, n => graph.Variables[n])));
    }

    /// <summary>Notes storage that is made.</summary>
    internal void Make(UOp buffer, Storage storage) => Slot(buffer, storage, isMade: true);

    /// <summary>Notes what the host puts into storage.</summary>
    internal void Fill(UOp buffer, Storage storage, ReadOnlySpan<byte> data)
    {
        var slot = Slot(buffer, storage);
        if (slot.IsExternal)
        {
            throw new TenonException("TEN5308", $"A captured function writes from the host into a buffer from outside ({slot.Size} × {slot.DType}), which would happen once, not at each call. Pass the data as an argument and assign it.");
        }

        slot.Storage = storage;
        slot.Content = Convert.ToHexStringLower(SHA256.HashData(data));
    }

    /// <summary>Sees to it that values are read only if they would be the same in each run.</summary>
    internal void Read(UOp buffer, Storage storage)
    {
        var slot = Slot(buffer, storage);
        if (slot.Varies || (slot.IsExternal && slot.IsWritten))
        {
            throw Unreadable(slot);
        }

        _assumed.UnionWith(slot.IsExternal ? [slot] : slot.Sources);
    }

    private static TenonException Unreadable(RecordedSlot slot) => new(
        "TEN5300", $"A captured function asks for a value that may be another at the next call: {slot.Size} × {slot.DType}, computed from an argument, from random numbers or from what the function changes. "
        + "A capture would freeze it. Read values (Item, ToArray, CopyTo) outside, decide on the device (Tensor.Where), or pass a plain value as an argument.");

    private static void Depend(RecordedSlot slot, RecordedSlot[] sources)
    {
        foreach (var source in sources)
        {
            slot.Varies |= source.Varies || (source.IsExternal && source.IsWritten);
            slot.Sources.UnionWith(source.IsExternal ? [source] : source.Sources);
        }
    }

    private RecordedSlot Slot(UOp buffer, Storage storage, bool isMade = false)
    {
        if (!_byStorage.TryGetValue(storage.Id, out var slot))
        {
            slot = new RecordedSlot(_slots.Count, buffer) { IsExternal = !isMade, Storage = isMade ? null : storage };
            _slots.Add(slot);
            _byStorage.Add(storage.Id, slot);
        }

        return slot;
    }

    // What the host has put there is overwritten now: each run begins with it.
    private void KeepContent(RecordedSlot slot)
    {
        if (slot is { Content: not null, IsWritten: false, Fill: null, Storage: { } storage })
        {
            using var use = _buffers.Users.Enter();
            var bytes = new byte[storage.Bytes];
            storage.Device.Device.Allocator.CopyOut(storage.View, bytes);
            slot.Fill = b => bytes.CopyTo(b);
        }
    }

    private sealed class Paused(Recording recording) : IDisposable
    {
        public void Dispose() => Running.Value = recording;
    }
}
