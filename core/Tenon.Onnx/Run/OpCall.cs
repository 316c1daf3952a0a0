using Tenon.Core;
using Tenon.Onnx.Format;
using Tenon.Onnx.Graph;
using static Tenon.Onnx.Format.AttributeProto.Types;

namespace Tenon.Onnx.Run;

/// <summary>One run of a node: its inputs and attributes, as its operator sees them.</summary>
/// <param name="node">The node.</param>
/// <param name="inputs">Its inputs; null where one was left out.</param>
/// <param name="scope">The values around it, which its subgraphs see.</param>
/// <param name="runner">Runs subgraphs.</param>
internal sealed class OpCall(PlannedNode node, OnnxValue?[] inputs, Scope scope, GraphRunner runner)
{
    /// <summary>The version of the operator's domain that the model imports.</summary>
    public int Opset => node.Opset;

    /// <summary>How many inputs were given, with those that were left out before the last.</summary>
    public int InputCount => inputs.Length;

    /// <summary>How many outputs the node has, with those that are left out before the last.</summary>
    public int OutputCount => node.Proto.Output.Count;

    /// <summary>What holds for the whole run.</summary>
    public RunContext Context => runner.Context;

    /// <summary>The tensor that is input <paramref name="i"/>.</summary>
    /// <exception cref="TenonException">It was left out, or is something else.</exception>
    public Tensor this[int i] => Value(i).Tensor;

    /// <summary>Whether input <paramref name="i"/> was given.</summary>
    public bool Has(int i) => i < inputs.Length && inputs[i] is not null && inputs[i] is not OptionalValue { Value: null };

    /// <summary>Whether the node names output <paramref name="i"/>.</summary>
    public bool Wants(int i) => i < OutputCount && node.Proto.Output[i].Length > 0;

    /// <summary>Input <paramref name="i"/>.</summary>
    /// <exception cref="TenonException">It was left out.</exception>
    public OnnxValue Value(int i) => i < inputs.Length && inputs[i] is { } value ? value : throw Error($"input {i} is missing. Expected a value.");

    /// <summary>Input <paramref name="i"/>, or null.</summary>
    public OnnxValue? ValueOrNull(int i) => i < inputs.Length ? inputs[i] : null;

    /// <summary>The tensor that is input <paramref name="i"/>, or null if it was left out.</summary>
    public Tensor? TensorOrNull(int i) => Has(i) ? this[i] : null;

    /// <summary>All inputs as tensors.</summary>
    public Tensor[] Tensors(int from = 0) => [.. Enumerable.Range(from, inputs.Length - from).Select(i => this[i])];

    /// <summary>The shape of input <paramref name="i"/>, whose sizes must be known.</summary>
    public long[] Shape(int i) => Value(i) is StringValue strings ? [.. strings.Shape] : SizesOf(this[i]);

    /// <summary>The sizes of a tensor, which must be known.</summary>
    public static long[] SizesOf(Tensor tensor)
    {
        var sizes = new long[tensor.Rank];
        for (var axis = 0; axis < sizes.Length; axis++)
        {
            sizes[axis] = tensor.Size(axis);
        }

        return sizes;
    }

    /// <summary>The elements of input <paramref name="i"/> on the host.</summary>
    public HostTensor Host(int i) => Value(i) switch
    {
        TensorValue tensor => tensor.Read(),
        OptionalValue { Value: TensorValue tensor } => tensor.Read(),
        _ => HostTensor.Read(this[i]),
    };

    /// <summary>Whether the elements of input <paramref name="i"/> mean something, or it is of a device that runs nothing.</summary>
    public bool HasElements(int i) => Value(i) is not TensorValue { HasElements: false };

    /// <summary>The elements of input <paramref name="i"/> as whole numbers on the host: sizes, axes, pads.</summary>
    public long[] Longs(int i) => Array.ConvertAll(Host(i).Elements, static s => s.AsLong);

    /// <summary>As <see cref="Longs"/>, or null if the input was left out.</summary>
    public long[]? LongsOrNull(int i) => Has(i) ? Longs(i) : null;

    /// <summary>The elements of input <paramref name="i"/> as axes.</summary>
    public int[] Axes(int i) => Array.ConvertAll(Longs(i), static a => checked((int)a));

    /// <summary>The elements of input <paramref name="i"/> as fractions on the host.</summary>
    public double[] Doubles(int i) => Array.ConvertAll(Host(i).Elements, static s => s.AsDouble);

    /// <summary>The one element of input <paramref name="i"/>, on the host.</summary>
    public Scalar Scalar(int i) => Host(i).Elements is [var only] ? only : throw Error($"input {i} is {Value(i).Description}. Expected one element.");

    /// <summary>As <see cref="Scalar"/>, or null if the input was left out.</summary>
    public Scalar? ScalarOrNull(int i) => Has(i) ? Scalar(i) : null;

    /// <summary>Whether the node has an attribute.</summary>
    public bool HasAttribute(string name) => Attribute(name) is not null;

    /// <summary>A whole number, such as an axis.</summary>
    public int Int(string name, long otherwise) => checked((int)Long(name, otherwise));

    /// <summary>A whole number.</summary>
    public long Long(string name, long otherwise) => Attribute(name, AttributeType.Int)?.I ?? otherwise;

    /// <summary>Yes or no, which ONNX writes as 1 or 0.</summary>
    public bool Flag(string name, bool otherwise = false) => Long(name, otherwise ? 1 : 0) != 0;

    /// <summary>A fraction.</summary>
    public double Float(string name, double otherwise) => Attribute(name, AttributeType.Float) is { } a ? a.F : otherwise;

    /// <summary>A text.</summary>
    public string Text(string name, string otherwise) => Attribute(name, AttributeType.String)?.S.ToStringUtf8() ?? otherwise;

    /// <summary>Whole numbers, or null.</summary>
    public long[]? Ints(string name) => Attribute(name, AttributeType.Ints)?.Ints.ToArray();

    /// <summary>Fractions, or null.</summary>
    public double[]? Floats(string name) => Attribute(name, AttributeType.Floats)?.Floats.Select(f => (double)f).ToArray();

    /// <summary>Texts, or null.</summary>
    public string[]? Texts(string name) => Attribute(name, AttributeType.Strings)?.Strings.Select(s => s.ToStringUtf8()).ToArray();

    /// <summary>A stored tensor, or null.</summary>
    public OnnxValue? Stored(string name) => Attribute(name) switch
    {
        { T: { } tensor } => Context.Reader.ReadOnce(tensor),
        { SparseTensor: { } sparse } => Context.Reader.Read(sparse),
        _ => null,
    };

    /// <summary>The type that an attribute gives as ONNX's number, or null.</summary>
    public DType? DType(string name) => Attribute(name, AttributeType.Int) is { } a ? Effective(((OnnxElement)a.I).Required($"attribute '{name}'")) : null;

    /// <summary>The type in which the run computes what the model has in a type.</summary>
    public DType Effective(DType dtype) => dtype == Tenon.DType.Float32 && Context.FloatDType is { } other ? other : dtype;

    /// <summary>A subgraph.</summary>
    /// <exception cref="TenonException">The node has none of that name.</exception>
    public GraphPlan Graph(string name) => node.Graphs.TryGetValue(name, out var graph) ? graph : throw Error($"attribute '{name}' is missing. Expected a graph.");

    /// <summary>Runs a subgraph.</summary>
    public OnnxValue[] Run(GraphPlan graph, params ReadOnlySpan<OnnxValue?> arguments) => runner.Run(graph, arguments, scope);

    /// <summary>The axis counted from the front.</summary>
    public int Axis(long axis, int rank) => axis >= -rank && axis < rank ? (int)(axis < 0 ? axis + rank : axis) : throw Error($"axis {axis} of a tensor of rank {rank}.");

    /// <summary>Numbers that the host has, as a tensor of a dtype that the device stores; without a shape, of one axis.</summary>
    public Tensor Computed(double[] numbers, DType dtype, params long[] shape)
    {
        var held = HostTensor.Holds(dtype) ? dtype : Tenon.DType.Float32;
        return new HostTensor(held, shape.Length > 0 ? shape : [numbers.Length], Array.ConvertAll(numbers, n => ScalarMath.Evaluate(Ops.Cast, held, Tenon.DType.Float64, [n]))).ToTensor(Context.Device).Cast(dtype);
    }

    /// <summary>Small whole numbers of one axis (int64), known on the host.</summary>
    public OnnxValue Known(params long[] values) => new TensorValue(HostTensor.Of(values), Context.Device);

    /// <summary>An error of this node.</summary>
    public TenonException Error(string problem) => new("TEN5210", $"{node.OpType}: {problem}");

    private AttributeProto? Attribute(string name, AttributeType? type = null)
    {
        var attribute = node.Attributes.GetValueOrDefault(name);
        if (attribute?.RefAttrName is { Length: > 0 } reference)
        {
            attribute = scope.Attributes?.GetValueOrDefault(reference);
        }

        return attribute is null || type is null || attribute.Type == type || attribute is { Ints.Count: 0, Floats.Count: 0, Strings.Count: 0 } && type is AttributeType.Ints or AttributeType.Floats or AttributeType.Strings
            ? attribute
            : throw Error($"attribute '{name}' is {attribute.Type.ToString().ToLowerInvariant()}. Expected {type.Value.ToString().ToLowerInvariant()}.");
    }
}
