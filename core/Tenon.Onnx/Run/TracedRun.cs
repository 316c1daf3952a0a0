using Tenon.Onnx.Graph;

namespace Tenon.Onnx.Run;

/// <summary>
/// Runs a model whose graph follows from the kinds of its inputs alone: the graph is built once for each kind, and used again. A model
/// that asks for values while it runs, for sizes or branches, has no such graph.
/// </summary>
internal sealed class TracedRun
{
    private readonly GraphPlan _plan;
    private readonly RunContext _context;
    private readonly string[] _inputs;
    private readonly TensorFunction _function;
    private readonly AsyncLocal<CancellationToken> _cancellation = new();
    private volatile bool _isPossible = true;

    public TracedRun(GraphPlan plan, RunContext context, IEnumerable<string> inputs)
    {
        (_plan, _context, _inputs) = (plan, context, [.. inputs]);
        _function = new TensorFunction(Body);
    }

    /// <summary>The outputs by name; null if the model has to run step by step.</summary>
    public IReadOnlyDictionary<string, OnnxValue>? TryRun(IReadOnlyDictionary<string, OnnxValue> inputs, CancellationToken cancellationToken)
    {
        if (!_isPossible || inputs.Count != _inputs.Length || Array.Exists(_inputs, name => inputs.GetValueOrDefault(name) is not TensorValue))
        {
            return null;
        }

        _cancellation.Value = cancellationToken;
        try
        {
            var outputs = _function.InvokeAll([.. _inputs.Select(name => inputs[name].Tensor)]);
            var named = new OrderedDictionary<string, OnnxValue>();
            for (var i = 0; i < outputs.Length; i++)
            {
                named[_plan.Outputs[i].Name] = new TensorValue(outputs[i]);
            }

            return named;
        }
        catch (TenonException e) when (AsksForValues(e))
        {
            _isPossible = false;
            return null;
        }
    }

    private Tensor[] Body(Tensor[] arguments)
    {
        var given = _inputs.Zip(arguments).ToDictionary(p => p.First, OnnxValue (p) => new TensorValue(p.Second));
        var bound = InputBinding.Bind(_plan, given, _context);
        var outputs = InputBinding.Outputs(_plan, new GraphRunner(_context, _cancellation.Value).Run(_plan, bound, null), _context);
        return [.. outputs.Values.Select(v => v is TensorValue tensor ? tensor.Tensor : throw new TenonException(TensorFunction.ValueCode, $"An output is {v.Description}, which no traced function gives."))];
    }

    private static bool AsksForValues(Exception? e)
    {
        for (; e is TenonException error; e = e.InnerException)
        {
            if (error.Code == TensorFunction.ValueCode)
            {
                return true;
            }
        }

        return false;
    }
}
