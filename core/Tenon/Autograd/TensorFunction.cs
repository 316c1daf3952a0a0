using Tenon.Core;

namespace Tenon;

/// <summary>
/// A function of tensors whose graph is built once for arguments of one kind, and then used again at each call: for the layers of
/// a deep model, or the steps of a long loop. It may use other tensors than its arguments, such as weights: each call sees what
/// they are at that time, and gradients reach them. Random numbers are new at each call.
/// </summary>
/// <remarks>
/// Of one kind are tensors of the same shape, dtype and device that both require a gradient or both don't. The function runs on
/// placeholders, so it can't read values (<see cref="Tensor.Item{T}"/>); what it decides in C# is decided once for each kind.
/// </remarks>
/// <example><code>var block = new TensorFunction((x, w) => (x.MatMul(w) + x).Relu());
/// foreach (var w in weights) x = block.Invoke(x, w);</code></example>
public sealed class TensorFunction
{
    /// <summary>The code of the error that says that a function which is being traced asks for a value.</summary>
    public const string ValueCode = "TEN5015";

    // Who calls with ever new shapes would otherwise keep all their graphs.
    private const int MostKinds = 64;

    private readonly Func<Tensor[], Tensor[]> _body;
    private readonly Dictionary<Signature, FunctionTrace> _traces = [];
    private readonly Lock _lock = new();

    /// <summary>A function from several tensors to several.</summary>
    public TensorFunction(Func<Tensor[], Tensor[]> body)
    {
        ArgumentNullException.ThrowIfNull(body);
        _body = body;
    }

    /// <summary>A function of one tensor.</summary>
    public TensorFunction(Func<Tensor, Tensor> body) : this(x => [body(x[0])])
    {
    }

    /// <summary>A function of two tensors.</summary>
    public TensorFunction(Func<Tensor, Tensor, Tensor> body) : this(x => [body(x[0], x[1])])
    {
    }

    /// <summary>How often the function has run: once for each kind of arguments.</summary>
    public int TraceCount { get; private set; }

    /// <summary>The first result.</summary>
    /// <inheritdoc cref="InvokeAll"/>
    public Tensor Invoke(params ReadOnlySpan<Tensor> arguments) => InvokeAll(arguments)[0];

    /// <summary>The results, as lazy as those of any operation.</summary>
    /// <exception cref="TenonException">The function assigns to an argument or to a tensor from outside, or asks for a value.</exception>
    public Tensor[] InvokeAll(params ReadOnlySpan<Tensor> arguments)
    {
        FunctionTrace? trace;
        var signature = new Signature(arguments);
        lock (_lock)
        {
            if (!_traces.TryGetValue(signature, out trace) || !trace.Holds)
            {
                trace = new FunctionTrace(_body, arguments);
                if (_traces.Count >= MostKinds)
                {
                    _traces.Clear();
                }

                _traces[signature] = trace;
                TraceCount++;
            }
        }

        return trace.Apply(arguments);
    }

    private readonly struct Signature : IEquatable<Signature>
    {
        private readonly (Shape Shape, DType DType, string? Device, bool RequiresGrad)[] _arguments;
        private readonly bool _recordsGradients;

        public Signature(ReadOnlySpan<Tensor> arguments)
        {
            _recordsGradients = GradientMode.IsEnabled;
            _arguments = new (Shape, DType, string?, bool)[arguments.Length];
            for (var i = 0; i < arguments.Length; i++)
            {
                _arguments[i] = arguments[i].Kind;
            }
        }

        public bool Equals(Signature other) => _recordsGradients == other._recordsGradients && _arguments.AsSpan().SequenceEqual(other._arguments);

        public override bool Equals(object? obj) => obj is Signature other && Equals(other);

        public override int GetHashCode()
        {
            var hash = new HashCode();
            foreach (var a in _arguments)
            {
                hash.Add((a.Shape.Rank, a.DType, a.Device, a.RequiresGrad));
            }

            return hash.ToHashCode();
        }
    }
}
