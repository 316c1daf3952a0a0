using System.Runtime.InteropServices;
using Google.Protobuf;
using Tenon.Cli.Bench;
using Tenon.Onnx;
using Tenon.Onnx.Format;
using Tenon.Onnx.Tests;

namespace Tenon.Benchmarks;

/// <summary>Writes a network with made-up weights as an ONNX model, node by node.</summary>
internal sealed class NetworkWriter
{
    private readonly ModelBuilder _model = new();
    private int _names;

    public NetworkWriter() => _model.Model.OpsetImport[0].Version = 17;

    /// <summary>The convolutions that were added, in order.</summary>
    public List<ConvShape> Convolutions { get; } = [];

    /// <summary>An input of fractions.</summary>
    public Value Input(string name, params long[] shape)
    {
        _model.Input(name, [.. shape.Cast<object>()]);
        return new Value(name, shape);
    }

    /// <summary>An input of whole numbers.</summary>
    public Value Tokens(string name, params long[] shape)
    {
        _model.Input(OnnxElement.Int64, name, [.. shape.Cast<object>()]);
        return new Value(name, shape);
    }

    /// <summary>A weight of fractions up to half a scale.</summary>
    public string Weight(double scale, params long[] shape)
    {
        var values = new float[shape.Aggregate(1L, (n, d) => n * d)];
        var place = _names;
        for (var i = 0; i < values.Length; i++)
        {
            values[i] = (float)(KernelInput.Fraction(i, place) * scale);
        }

        return Add(new TensorProto { DataType = (int)OnnxElement.Float, Dims = { shape }, RawData = ByteString.CopyFrom(MemoryMarshal.AsBytes(values.AsSpan())) });
    }

    /// <summary>A constant in every element.</summary>
    public string Constant(float value, params long[] shape) =>
        Add(new TensorProto { DataType = (int)OnnxElement.Float, Dims = { shape }, FloatData = { Enumerable.Repeat(value, (int)shape.Aggregate(1L, (n, d) => n * d)) } });

    /// <summary>Whole numbers.</summary>
    public string Longs(params long[] values) => Add(ModelBuilder.Longs("", values));

    /// <summary>A node with one output of this shape.</summary>
    public Value Node(string op, long[] shape, string inputs, params AttributeProto[] attributes)
    {
        var name = $"v{_names++}";
        var node = ModelBuilder.Node(op, inputs, name, attributes);
        node.Name = $"{op} {name}";
        _model.With(node);
        return new Value(name, shape);
    }

    /// <summary>A convolution with bias, as a batch normalisation leaves it when it is folded in.</summary>
    public Value Conv(Value x, long channels, int kernel, int stride = 1, int groups = 1)
    {
        var (pad, from) = (kernel / 2, x.Shape[1]);
        var size = (x.Shape[2] + 2 * pad - kernel) / stride + 1;
        Convolutions.Add(new ConvShape(x.Shape[0], from, x.Shape[2], channels, kernel, stride, groups));
        var weight = Weight(Math.Sqrt(12.0 * 2 / (from / groups * kernel * kernel)), channels, from / groups, kernel, kernel);
        return Node(
            "Conv", [x.Shape[0], channels, size, size], $"{x} {weight} {Weight(0.1, channels)}",
            ModelBuilder.Ints("kernel_shape", kernel, kernel), ModelBuilder.Ints("pads", pad, pad, pad, pad), ModelBuilder.Ints("strides", stride, stride), ModelBuilder.Int("group", groups));
    }

    /// <summary>A product with a weight <c>[inputs, outputs]</c>, and a bias.</summary>
    public Value Linear(Value x, long outputs)
    {
        var product = Node("MatMul", [.. x.Shape[..^1], outputs], $"{x} {Weight(Math.Sqrt(12.0 / x.Shape[^1]), x.Shape[^1], outputs)}");
        return Node("Add", product.Shape, $"{product} {Weight(0.1, outputs)}");
    }

    /// <summary>The model, with this output.</summary>
    public void Save(string path, Value output)
    {
        _model.Output(output.Name);
        using var file = File.Create(path);
        _model.Model.WriteTo(file);
    }

    private string Add(TensorProto tensor)
    {
        tensor.Name = $"w{_names++}";
        _model.With(tensor);
        return tensor.Name;
    }

    /// <summary>A value of the model, by name.</summary>
    internal sealed record Value(string Name, long[] Shape)
    {
        public override string ToString() => Name;
    }
}

/// <summary>A convolution of square pictures.</summary>
internal sealed record ConvShape(long Batch, long From, long Size, long To, int Kernel, int Stride, int Groups)
{
    /// <summary>Padding that keeps the size if the stride is 1.</summary>
    public int Padding => Kernel / 2;

    /// <summary>Rows and columns of the result.</summary>
    public long OutputSize => (Size + 2 * Padding - Kernel) / Stride + 1;

    /// <summary>Multiplications and additions.</summary>
    public double Operations => 2.0 * Batch * To * OutputSize * OutputSize * (From / Groups) * Kernel * Kernel;

    /// <inheritdoc/>
    public override string ToString() => $"{Kernel}x{Kernel}{(Stride > 1 ? $" stride {Stride}" : "")}{(Groups > 1 ? Groups == From ? " depthwise" : $" in {Groups} groups" : "")}, {(Groups == From && Groups > 1 ? $"{From}" : $"{From} to {To}")}, {Size}x{Size}";
}
