using Tenon.Onnx.Graph;

namespace Tenon.Onnx.Run;

/// <summary>
/// Runs a model whose graph follows from the kinds of its inputs, and perhaps from the values of small whole numbers among them: it is
/// captured once for each, and replayed. A model that asks for other values while it runs can't be.
/// </summary>
internal sealed class TracedRun
{
    private const int MostDeciding = 16;

    // Numbers that are different in each run are data.
    private const int MostValues = 8;

    private readonly GraphPlan _plan;
    private readonly RunContext _context;
    private readonly string[] _inputs;
    private readonly Lock _lock = new();
    private readonly Dictionary<string, Func<Tensor[], Tensor[]>> _functions = [];
    private readonly AsyncLocal<CancellationToken> _cancellation = new();
    private volatile Mode _mode = Mode.ByKind;

    public TracedRun(GraphPlan plan, RunContext context, IEnumerable<string> inputs) => (_plan, _context, _inputs) = (plan, context, [.. inputs]);

    private enum Mode
    {
        ByKind,
        ByWholeNumbers,
        Impossible,
    }

    /// <summary>The outputs by name; null if the model has to run step by step.</summary>
    public IReadOnlyDictionary<string, OnnxValue>? TryRun(IReadOnlyDictionary<string, OnnxValue> inputs, CancellationToken cancellationToken)
    {
        if (inputs.Count != _inputs.Length || Array.Exists(_inputs, name => inputs.GetValueOrDefault(name) is not TensorValue))
        {
            return null;
        }

        _cancellation.Value = cancellationToken;
        for (var mode = _mode; mode != Mode.Impossible; mode++)
        {
            try
            {
                return Run(inputs, mode);
            }
            catch (TenonException e) when (AsksForValues(e))
            {
                _mode = mode + 1;
            }
        }

        return null;
    }

    private OrderedDictionary<string, OnnxValue>? Run(IReadOnlyDictionary<string, OnnxValue> inputs, Mode mode)
    {
        var deciding = new Dictionary<string, HostTensor>();
        var arguments = new List<(string Name, Tensor Value)>();
        foreach (var name in _inputs)
        {
            if (inputs[name] is TensorValue { IsLiteral: true, Host: { } literal })
            {
                deciding[name] = literal;
                continue;
            }

            var tensor = inputs[name].Tensor;
            if (mode == Mode.ByWholeNumbers && inputs[name] is TensorValue { HasElements: true } && (tensor.DType.IsInteger || tensor.DType.IsBool) && tensor.Count <= MostDeciding)
            {
                deciding[name] = HostTensor.Read(tensor);
            }
            else
            {
                arguments.Add((name, tensor));
            }
        }

        string[] names = [.. arguments.Select(a => a.Name)];
        if (FunctionFor(deciding, names) is not { } function)
        {
            _mode = Mode.Impossible;
            return null;
        }

        var outputs = function([.. arguments.Select(a => a.Value)]);
        var named = new OrderedDictionary<string, OnnxValue>();
        for (var i = 0; i < outputs.Length; i++)
        {
            named[_plan.Outputs[i].Name] = new TensorValue(outputs[i]);
        }

        return named;
    }

    private Func<Tensor[], Tensor[]>? FunctionFor(Dictionary<string, HostTensor> deciding, string[] names)
    {
        var key = string.Join(';', deciding.Select(d => $"{d.Key}: {d.Value.DType} [{string.Join(',', d.Value.Shape)}] {string.Join(',', d.Value.Elements)}"));
        lock (_lock)
        {
            if (!_functions.TryGetValue(key, out var function) && _functions.Count < MostValues)
            {
                _functions[key] = function = Jit.Capture((Tensor[] arguments) => Body(names.Zip(arguments), deciding));
            }

            return function;
        }
    }

    private Tensor[] Body(IEnumerable<(string Name, Tensor Value)> arguments, Dictionary<string, HostTensor> deciding)
    {
        var given = arguments.ToDictionary(a => a.Name, OnnxValue (a) => new TensorValue(a.Value));
        foreach (var (name, host) in deciding)
        {
            given[name] = new TensorValue(host, _context.Device);
        }

        var bound = InputBinding.Bind(_plan, given, _context);
        var outputs = InputBinding.Outputs(_plan, new GraphRunner(_context, _cancellation.Value).Run(_plan, bound, null), _context);
        return [.. outputs.Values.Select(v => v is TensorValue tensor ? tensor.Tensor : throw new TenonException(TensorFunction.ValueCode, $"An output is {v.Description}, which no traced function gives."))];
    }

    private static bool AsksForValues(Exception? e)
    {
        for (; e is TenonException error; e = e.InnerException)
        {
            if (error.Code is CapturedFunction.ValueCode or TensorFunction.ValueCode)
            {
                return true;
            }
        }

        return false;
    }
}
