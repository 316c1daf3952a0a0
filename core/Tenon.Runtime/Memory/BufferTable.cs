using Tenon.Core;

namespace Tenon.Runtime;

/// <summary>Which memory each <see cref="Ops.Buffer"/> node stands for. The memory lives as long as the node.</summary>
internal sealed class BufferTable
{
    private static long _lastId;
    private readonly NodeTable<State> _states = new();

    /// <summary>Those who use memory now.</summary>
    public MemoryUsers Users { get; } = new();

    /// <summary>A new node for this memory.</summary>
    public UOp Add(DType dtype, long size, Storage storage)
    {
        var node = UOp.Unique(Ops.Buffer, dtype, new BufferArg(Interlocked.Increment(ref _lastId), size, storage.Device.Name));
        _states.Set(node, new State(storage));
        return node;
    }

    /// <summary>The memory of a node.</summary>
    /// <exception cref="TenonException">It has been overwritten, or belongs to another runtime.</exception>
    public Storage Get(UOp buffer) => StateOf(buffer).Storage;

    /// <summary>Whether the node has memory that no assignment has overwritten.</summary>
    public bool IsCurrent(UOp buffer) => _states.TryGetValue(buffer, out var state) && state is { IsStale: false, IsClosed: false };

    /// <summary>Sees to it that the memory of a node is used no more.</summary>
    public void Close(UOp buffer)
    {
        _states.TryGetValue(buffer, out var state);
        state!.IsClosed = true;
    }

    /// <summary>Makes a new node for the content that an assignment has put into the memory of this one, which can't be used any more.</summary>
    public UOp Overwrite(UOp buffer)
    {
        var state = StateOf(buffer);
        state.IsStale = true;
        state.Storage.Change();
        return Add(buffer.DType, buffer.ArgAs<BufferArg>().Size, state.Storage);
    }

    private State StateOf(UOp buffer)
    {
        if (!_states.TryGetValue(buffer, out var state))
        {
            throw new TenonException("TEN5005", $"{Describe(buffer)} has no memory in this runtime. It was made by a runtime that is closed, or by another one; copy its content there before.");
        }

        if (state.IsClosed)
        {
            throw new TenonException("TEN3119", $"{Describe(buffer)} was memory lent by Tensor.Over, whose function has returned. Realise inside of the function what is needed after it.");
        }

        return !state.IsStale ? state : throw new TenonException(
            "TEN5001", $"{Describe(buffer)} was overwritten by an assignment after this value was derived from it. Realise the value before assigning, or derive it from the tensor again.");
    }

    private static string Describe(UOp buffer) => buffer.Op == Ops.Buffer && buffer.Arg is BufferArg a
        ? $"Buffer {a.Id} ({a.Size} × {buffer.DType} on {a.Device})"
        : $"{buffer.Op}";

    private sealed class State(Storage storage)
    {
        public Storage Storage { get; } = storage;

        public bool IsStale { get; set; }

        public bool IsClosed { get; set; }
    }
}
