using Tenon.Onnx.Format;
using Tenon.Onnx.Graph;
using Tenon.Onnx.Run;

namespace Tenon.Onnx;

/// <summary>
/// A model in the ONNX format. Everything in it is checked when it is loaded; <see cref="Run(IReadOnlyDictionary{string, OnnxValue}, CancellationToken)"/> then
/// builds a graph of tensors, as code written by hand would, and computes the outputs; what it does is captured, and replayed for inputs of the same kind.
/// </summary>
public sealed class OnnxModel
{
    private readonly GraphPlan _plan;
    private readonly RunContext _context;
    private readonly TracedRun _traced;

    private OnnxModel(ModelProto model, ModelSource source, OnnxOptions options)
    {
        var reader = new TensorReader(source, options.Device, options.FloatDType);
        _plan = new PlanBuilder(source, model, reader).Build();
        _context = new RunContext(options.Device, reader, options.FloatDType);
        Inputs = [.. _plan.Inputs.Where(i => !_plan.Constants.ContainsKey(i.Name))];
        _traced = new TracedRun(_plan, _context, Inputs.Select(i => i.Name));
    }

    /// <summary>What the model must be given.</summary>
    public IReadOnlyList<OnnxValueInfo> Inputs { get; }

    /// <summary>What the model gives.</summary>
    public IReadOnlyList<OnnxValueInfo> Outputs => _plan.Outputs;

    /// <summary>Reads a model from a file.</summary>
    /// <param name="path">The file. Data that is stored outside of it must lie in its folder.</param>
    /// <param name="options">Where and in which type to compute.</param>
    /// <exception cref="State.TenonFormatException">The file is damaged or no model.</exception>
    /// <exception cref="TenonException">It can't be read, or needs an operator that Tenon doesn't have.</exception>
    public static OnnxModel Load(string path, OnnxOptions? options = null) =>
        new(ModelFile.Read<ModelProto>(path), new ModelSource(path, Path.GetDirectoryName(Path.GetFullPath(path))), options ?? new OnnxOptions());

    /// <summary>Reads a model from a stream. It can't have data outside of it.</summary>
    /// <param name="stream">The stream.</param>
    /// <param name="name">What to call the model in errors.</param>
    /// <param name="options">Where and in which type to compute.</param>
    public static OnnxModel Load(Stream stream, string name, OnnxOptions? options = null) =>
        new(ModelFile.Read<ModelProto>(stream, name), new ModelSource(name, null), options ?? new OnnxOptions());

    /// <summary>The outputs for some inputs, by name.</summary>
    /// <param name="inputs">A value for each of <see cref="Inputs"/>; initializers that are inputs may be given too.</param>
    /// <param name="cancellationToken">Ends the run before its next node; a model may hold a loop that never ends.</param>
    /// <exception cref="TenonException">An input is missing, unknown, or of another type or shape than the model asks for.</exception>
    /// <exception cref="OperationCanceledException">The run was ended.</exception>
    public IReadOnlyDictionary<string, OnnxValue> Run(IReadOnlyDictionary<string, OnnxValue> inputs, CancellationToken cancellationToken = default)
    {
        using var noGrad = Tensor.NoGrad();
        if (_traced.TryRun(inputs, cancellationToken) is { } result)
        {
            return result;
        }

        var bound = InputBinding.Bind(_plan, inputs, _context);
        var outputs = new GraphRunner(_context, cancellationToken).Run(_plan, bound, null);
        return InputBinding.Outputs(_plan, outputs, _context);
    }

    /// <summary>The outputs for some tensors, by name.</summary>
    /// <param name="inputs">The tensors.</param>
    public IReadOnlyDictionary<string, OnnxValue> Run(params (string Name, Tensor Value)[] inputs) =>
        Run(inputs.ToDictionary(i => i.Name, i => (OnnxValue)i.Value));
}
