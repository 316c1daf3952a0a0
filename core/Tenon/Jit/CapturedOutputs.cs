using Tenon.Core;

namespace Tenon;

/// <summary>Finds out how later calls make the tensors that a traced call returned or left.</summary>
internal sealed class CapturedOutputs(CaptureTrace trace)
{
    private readonly List<UOp> _buffers = [];
    private readonly List<int> _slots = [];

    /// <summary>The storage of what is stored, each once.</summary>
    public UOp[] Buffers => [.. _buffers];

    /// <summary>Its slots in the recording.</summary>
    public List<int> Slots => _slots;

    /// <summary>Whether a value has to be computed before the trace ends.</summary>
    public bool NeedsStorage(Tensor tensor) => tensor.Born == trace.Id && MovesOf(tensor) is null && !tensor.IsLiteral;

    /// <summary>Whether a tensor from before was given other storage.</summary>
    public bool HasMoved(Tensor tensor)
    {
        var slot = trace.Recording.SlotOf(tensor.StoredBuffer!);
        return !trace.States.Exists(s => s.Slot == slot && s.Source == trace.SourceOf(tensor));
    }

    /// <summary>How a tensor that was returned is made.</summary>
    public CapturedResult Of(Tensor tensor) => Of(tensor, isState: false);

    /// <summary>How a tensor is made.</summary>
    /// <param name="tensor">The tensor; realised, if it needs storage.</param>
    /// <param name="isState">Whether it is a tensor from before of which the value is wanted.</param>
    public CapturedResult Of(Tensor tensor, bool isState)
    {
        if (tensor.Born != trace.Id && !isState)
        {
            return new CapturedResult.Same(trace.SourceOf(tensor));
        }

        if (MovesOf(tensor) is { } moves)
        {
            return new CapturedResult.View(trace.SourceOf(tensor.Whole), moves);
        }

        if (tensor.IsLiteral)
        {
            return new CapturedResult.Literal(tensor.Node, tensor.DeviceOrNull);
        }

        var buffer = tensor.StoredBuffer!;
        var slot = trace.Recording.SlotOf(buffer);
        var at = _slots.IndexOf(slot);
        if (at < 0)
        {
            at = _slots.Count;
            _slots.Add(slot);
            _buffers.Add(buffer);
        }

        return new CapturedResult.Stored(at, tensor.Node.Shape, tensor.Device);
    }

    // Of a view of a tensor from before, if later calls can make it in the same way.
    private UOp[]? MovesOf(Tensor tensor)
    {
        if (tensor.Born != trace.Id || tensor.Whole is not { } whole || whole == tensor || whole.Born == trace.Id)
        {
            return null;
        }

        var moves = Moves.Between(whole.Node, tensor.Node);
        return Array.TrueForAll(moves, m => Array.TrueForAll(m.Src[1..].ToArray(), s => s.TopologicalOrder().TrueForAll(u => u.Op != Ops.Variable))) ? moves : null;
    }
}
