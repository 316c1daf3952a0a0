using Tenon.Runtime;

namespace Tenon;

/// <summary>
/// What is kept of a function that <see cref="Jit"/> captures: for each kind of arguments what it does. Calls from several threads follow one
/// another.
/// </summary>
public sealed class CapturedFunction : IDisposable
{
    /// <summary>The code of the error that says that a function which is being captured reads a value that may be another at the next call.</summary>
    public const string ValueCode = "TEN5300";

    // The first calls may do something once, such as making a cache.
    private const int MostDisagreements = 2;

    private readonly Func<object?[], object?> _body;
    private readonly JitOptions _options;
    private readonly Lock _lock = new();
    private readonly OrderedDictionary<JitSignature, List<Entry>> _entries = [];
    private TenonRuntime? _runtime;
    private bool _isDisposed;

    internal CapturedFunction(Func<object?[], object?> body, JitOptions? options) => (_body, _options) = (body, options ?? JitOptions.Default);

    /// <summary>How many kinds of calls are known.</summary>
    public int Captures
    {
        get
        {
            lock (_lock)
            {
                return _entries.Values.Sum(e => e.Count);
            }
        }
    }

    /// <summary>How often the function itself has run.</summary>
    public int Traces { get; private set; }

    /// <summary>How often it was replayed instead.</summary>
    public long Replays { get; private set; }

    /// <summary>Bytes of the arenas in which all captures have their temporaries while they run; of the largest.</summary>
    public long PeakBytes
    {
        get
        {
            lock (_lock)
            {
                return _entries.Values.SelectMany(e => e).Select(e => e.Capture.Schedule.ArenaBytes.Values.Sum()).DefaultIfEmpty().Max();
            }
        }
    }

    /// <summary>
    /// Bytes of what all captures keep from call to call, because it follows from tensors that don't change; see <see cref="JitOptions.MaxKeptBytes"/>.
    /// </summary>
    public long KeptBytes
    {
        get
        {
            lock (_lock)
            {
                return _entries.Values.SelectMany(e => e).SelectMany(e => e.Capture.Kept).Distinct().Sum(k => k.Bytes);
            }
        }
    }

    /// <summary>Forgets everything: the next call runs the function itself.</summary>
    public void Reset()
    {
        lock (_lock)
        {
            _entries.Clear();
        }
    }

    /// <summary>Forgets everything, and takes no calls any more.</summary>
    public void Dispose()
    {
        _isDisposed = true;
        Reset();
    }

    internal object? Invoke(object?[] arguments)
    {
        ObjectDisposedException.ThrowIf(_isDisposed, this);

        // Within another capture, or a traced function, it is a part of that.
        if (CaptureTrace.Current is not null || FunctionTrace.Current is not null)
        {
            return _body(arguments);
        }

        lock (_lock)
        {
            var call = new JitCall(arguments);
            if (TensorExecutor.Current.CanRecord && _runtime != TenonRuntime.Default)
            {
                _entries.Clear();
                _runtime = TenonRuntime.Default;
            }

            var entry = Find(call);
            if (entry is { IsConfirmed: true } && !_options.Verify)
            {
                Replays++;
                return entry.Capture.Replay(call);
            }

            return Trace(call, entry);
        }
    }

    private Entry? Find(JitCall call)
    {
        if (_entries.TryGetValue(call.Signature, out var entries))
        {
            foreach (var entry in entries)
            {
                if (entry.Capture.Holds(call))
                {
                    return entry;
                }
            }
        }

        return null;
    }

    private object? Trace(JitCall call, Entry? entry)
    {
        Traces++;
        var capture = Capture.Of(_body, call, _options, out var result);
        if (capture is null)
        {
            return result;
        }

        if (entry is null)
        {
            Add(call.Signature, new Entry(capture));
        }
        else if (capture.DifferenceFrom(entry.Capture) is not { } difference)
        {
            entry.IsConfirmed = true;
        }
        else if (!entry.IsConfirmed && ++entry.Disagreements < MostDisagreements)
        {
            entry.Capture = capture;
        }
        else
        {
            _entries.Remove(call.Signature);
            throw new TenonException("TEN5310", $"A captured function does not do the same at each call with arguments of one kind: {difference}. What decides that must be among its arguments (a plain value there is part of the kind), or a tensor; what it only closes over is frozen when it is captured.");
        }

        return result;
    }

    private void Add(JitSignature signature, Entry entry)
    {
        if (!_entries.TryGetValue(signature, out var entries))
        {
            if (_entries.Count >= _options.MaxSignatures)
            {
                _entries.RemoveAt(0);
            }

            _entries.Add(signature, entries = []);
        }

        // What held once and doesn't any more mostly won't again.
        if (entries.Count >= _options.MaxSignatures)
        {
            entries.RemoveAt(0);
        }

        entries.Add(entry);
    }

    private sealed class Entry(Capture capture)
    {
        public Capture Capture { get; set; } = capture;

        public bool IsConfirmed { get; set; }

        public int Disagreements { get; set; }
    }
}
