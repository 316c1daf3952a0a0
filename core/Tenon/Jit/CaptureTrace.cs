using System.Buffers.Binary;
using Tenon.Core;
using Tenon.NN;
using Tenon.Runtime;

namespace Tenon;

/// <summary>
/// One run of a function that is being captured: beside what the runtime records, every tensor from outside that it uses or changes, every
/// gradient that it reads or leaves, and the modes of modules that it asked for.
/// </summary>
internal sealed class CaptureTrace : IDisposable
{
    private static readonly AsyncLocal<CaptureTrace?> Running = new();
    private static int _open;
    private static int _lastId;

    private readonly JitCall _call;
    private readonly HashSet<Tensor> _touched = new(ReferenceEqualityComparer.Instance);
    private readonly Dictionary<Tensor, TensorSource> _gradients = new(ReferenceEqualityComparer.Instance);
    private readonly Dictionary<object, Tensor> _hostValues = [];
    private readonly HashSet<Tensor> _gradientsRead = new(ReferenceEqualityComparer.Instance);
    private volatile bool _isDisposed;

    private CaptureTrace(JitCall call, Recording recording)
    {
        (_call, Recording) = (call, recording);
        Id = Interlocked.Increment(ref _lastId);
        for (var i = 0; i < call.Given.Count; i++)
        {
            _touched.Add(call.Given[i]);
            var slot = recording.SlotOf(call.Buffers[i]);
            recording.Vary(slot);
            States.Add(new CapturedState(new TensorSource(i, null), slot, call.Given[i].Kind));
        }

        Interlocked.Increment(ref _open);
        Running.Value = this;
    }

    /// <summary>The trace that runs in this flow of control. What a trace has started may go on after it.</summary>
    public static CaptureTrace? Current => Volatile.Read(ref _open) == 0 || Running.Value is not { _isDisposed: false } trace ? null : trace;

    /// <summary>Distinguishes tensors that were made in it.</summary>
    public int Id { get; }

    /// <summary>What the runtime records.</summary>
    public Recording Recording { get; }

    /// <summary>The tensors with storage that were there before: arguments, then those from outside.</summary>
    public List<CapturedState> States { get; } = [];

    /// <summary>Tensors from outside that are literals, with what they are.</summary>
    public List<(Tensor Tensor, UOp Node)> Literals { get; } = [];

    /// <summary>Tensors from before that were written to.</summary>
    public HashSet<Tensor> Written { get; } = new(ReferenceEqualityComparer.Instance);

    /// <summary>Tensors from before of which the gradient was set.</summary>
    public HashSet<Tensor> GradientsSet { get; } = new(ReferenceEqualityComparer.Instance);

    /// <summary>Tensors whose gradient was asked for before it was set, and whether there was none.</summary>
    public List<(TensorSource Tensor, bool IsNull)> GradientsFound { get; } = [];

    /// <summary>The modes of modules that were asked for.</summary>
    public List<(Module Module, bool IsTraining)> Modes { get; } = [];

    /// <summary>Begins a trace; null where nothing can be recorded.</summary>
    public static CaptureTrace? Begin(JitCall call) => TensorExecutor.Current.Record() is { } recording ? new CaptureTrace(call, recording) : null;

    /// <summary>Throws if something would happen only while the function is traced.</summary>
    public static void Refuse(string what, string remedy)
    {
        if (Current is not null)
        {
            throw new TenonException("TEN5307", $"A captured function {what}, which would happen while it is traced, not at each call. {remedy}");
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _isDisposed = true;
        Interlocked.Decrement(ref _open);
        Running.Value = null;
        Recording.Dispose();
    }

    /// <summary>Sees to it that a tensor from outside has storage before it is used.</summary>
    public void Touch(Tensor tensor)
    {
        if (tensor.Born == Id)
        {
            return;
        }

        var whole = tensor.Whole;
        if (whole.Born == Id || !_touched.Add(whole))
        {
            return;
        }

        using (Pause())
        {
            if (whole.IsLiteral)
            {
                Literals.Add((whole, whole.Node));
                return;
            }

            whole.Realize();
        }

        if (whole.HasHistory)
        {
            throw new TenonException("TEN5304", $"A captured function uses a tensor of shape {whole.Node.Shape} whose gradient goes on outside of it, where no later call would find it. Detach() it, compute it inside, or take the gradient outside.");
        }

        States.Add(new CapturedState(_gradients.GetValueOrDefault(whole, new TensorSource(-1, whole)), Recording.SlotOf(whole.StoredBuffer!), whole.Kind));
    }

    /// <summary>Notes a tensor that is written to.</summary>
    public void NoteWrite(Tensor target)
    {
        if (target.Born == Id)
        {
            return;
        }

        _call.CheckMayWrite(target);
        Touch(target);
        Written.Add(target);
    }

    /// <summary>Notes a gradient that is asked for.</summary>
    public void NoteGradient(Tensor leaf, Tensor? gradient)
    {
        if (leaf.Born == Id || GradientsSet.Contains(leaf) || !_gradientsRead.Add(leaf))
        {
            return;
        }

        var source = SourceOf(leaf);
        GradientsFound.Add((source, gradient is null));
        if (gradient is not null)
        {
            _gradients.TryAdd(gradient, source with { IsGradient = true });
        }
    }

    /// <summary>Notes a gradient that is set.</summary>
    public void NoteGradientSet(Tensor leaf)
    {
        if (leaf.Born != Id)
        {
            GradientsSet.Add(leaf);
        }
    }

    /// <summary>Notes how a module behaves.</summary>
    public void NoteMode(Module module, bool isTraining)
    {
        if (!Modes.Exists(m => m.Module == module))
        {
            Modes.Add((module, isTraining));
        }
    }

    /// <summary>Numbers of the host that each call reads anew.</summary>
    /// <param name="key">What they are.</param>
    /// <param name="make">Makes a tensor of what they are now.</param>
    /// <param name="fill">Gives what they are then.</param>
    public Tensor HostValues(object key, Func<Tensor> make, Action<Span<byte>> fill)
    {
        if (!_hostValues.TryGetValue(key, out var tensor))
        {
            _hostValues.Add(key, tensor = make());
            Recording.FillAtEachRun(tensor.StoredBuffer!, fill);
        }

        return tensor;
    }

    /// <summary>Random numbers are drawn anew by each call.</summary>
    /// <param name="state">Key and counter.</param>
    /// <param name="count">How many numbers are drawn.</param>
    public void NoteDraw(Tensor state, long count)
    {
        if (!RandomStream.IsOwn)
        {
            Recording.FillAtEachRun(state.StoredBuffer!, bytes =>
            {
                var (key, counter) = RandomStream.Take(count);
                BinaryPrimitives.WriteUInt64LittleEndian(bytes, key);
                BinaryPrimitives.WriteUInt64LittleEndian(bytes[8..], counter);
            });
        }
    }

    /// <summary>Where each call finds a tensor from before.</summary>
    public TensorSource SourceOf(Tensor tensor)
    {
        for (var i = 0; i < _call.Given.Count; i++)
        {
            if (_call.Given[i] == tensor)
            {
                return new TensorSource(i, null);
            }
        }

        return _gradients.GetValueOrDefault(tensor, new TensorSource(-1, tensor));
    }

    private Paused Pause()
    {
        Running.Value = null;
        return new Paused(this, Recording.Pause());
    }

    private sealed class Paused(CaptureTrace trace, IDisposable recording) : IDisposable
    {
        public void Dispose()
        {
            recording.Dispose();
            Running.Value = trace;
        }
    }
}

/// <summary>A tensor with storage from before a capture.</summary>
/// <param name="Source">Where a call finds it.</param>
/// <param name="Slot">Its storage in the recording.</param>
/// <param name="Kind">What it must be.</param>
internal readonly record struct CapturedState(TensorSource Source, int Slot, (Shape Shape, DType DType, string? Device, bool RequiresGrad) Kind);
