using Google.Protobuf;
using Tenon.Onnx.Format;
using static Tenon.Onnx.Format.AttributeProto.Types;

namespace Tenon.Onnx.Tests;

/// <summary>Writes small models.</summary>
internal sealed class ModelBuilder
{
    public ModelProto Model { get; } = new() { IrVersion = 10, Graph = new GraphProto { Name = "g" }, OpsetImport = { new OperatorSetIdProto { Version = 21 } } };

    public static AttributeProto Int(string name, long value) => new() { Name = name, I = value, Type = AttributeType.Int };

    public static AttributeProto Float(string name, float value) => new() { Name = name, F = value, Type = AttributeType.Float };

    public static AttributeProto Ints(string name, params long[] values)
    {
        var attribute = new AttributeProto { Name = name, Type = AttributeType.Ints };
        attribute.Ints.AddRange(values);
        return attribute;
    }

    public static AttributeProto Subgraph(string name, GraphProto graph) => new() { Name = name, G = graph, Type = AttributeType.Graph };

    public static AttributeProto Reference(string name, string to, AttributeType type) => new() { Name = name, RefAttrName = to, Type = type };

    /// <summary>A node such as <c>y = Add(x, x)</c>; names of outputs and inputs are separated by spaces.</summary>
    public static NodeProto Node(string op, string inputs, string outputs, params AttributeProto[] attributes)
    {
        var node = new NodeProto { OpType = op, Name = $"the {op}" };
        node.Input.AddRange(inputs.Length == 0 ? [] : inputs.Split(' ').Select(i => i == "_" ? "" : i));
        node.Output.AddRange(outputs.Split(' '));
        node.Attribute.AddRange(attributes);
        return node;
    }

    public static ValueInfoProto Info(string name, OnnxElement element, params object[] dims)
    {
        var shape = new TensorShapeProto();
        shape.Dim.AddRange(dims.Select(d => d is string symbol
            ? new TensorShapeProto.Types.Dimension { DimParam = symbol }
            : new TensorShapeProto.Types.Dimension { DimValue = Convert.ToInt64(d) }));
        return new ValueInfoProto { Name = name, Type = new TypeProto { TensorType = new TypeProto.Types.Tensor { ElemType = (int)element, Shape = shape } } };
    }

    public static TensorProto Longs(string name, params long[] values)
    {
        var tensor = new TensorProto { Name = name, DataType = (int)OnnxElement.Int64, Dims = { values.Length } };
        tensor.Int64Data.AddRange(values);
        return tensor;
    }

    public static TensorProto Floats(string name, params float[] values)
    {
        var tensor = new TensorProto { Name = name, DataType = (int)OnnxElement.Float, Dims = { values.Length } };
        tensor.FloatData.AddRange(values);
        return tensor;
    }

    public ModelBuilder Input(string name, params object[] dims)
    {
        Model.Graph.Input.Add(Info(name, OnnxElement.Float, dims));
        return this;
    }

    public ModelBuilder Input(OnnxElement element, string name, params object[] dims)
    {
        Model.Graph.Input.Add(Info(name, element, dims));
        return this;
    }

    public ModelBuilder Output(string name)
    {
        Model.Graph.Output.Add(Info(name, OnnxElement.Float));
        Model.Graph.Output[^1].Type.TensorType.Shape = null;
        return this;
    }

    public ModelBuilder With(params NodeProto[] nodes)
    {
        Model.Graph.Node.AddRange(nodes);
        return this;
    }

    public ModelBuilder With(params TensorProto[] initializers)
    {
        Model.Graph.Initializer.AddRange(initializers);
        return this;
    }

    public byte[] ToBytes() => Model.ToByteArray();

    public OnnxModel Load(OnnxOptions? options = null) => OnnxModel.Load(new MemoryStream(ToBytes()), "model.onnx", options);
}
