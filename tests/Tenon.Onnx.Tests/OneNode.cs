using Tenon.Onnx.Format;
using static Tenon.Onnx.Format.AttributeProto.Types;

namespace Tenon.Onnx.Tests;

/// <summary>Runs single operators.</summary>
internal static class OneNode
{
    /// <summary>The outputs of a node. Attributes are numbers, texts, or arrays of them.</summary>
    public static OnnxValue[] Outputs(string domain, string op, int outputs, OnnxValue?[] inputs, params (string Name, object Value)[] attributes)
    {
        var node = new NodeProto { OpType = op, Domain = domain };
        var model = new ModelProto { IrVersion = 10, Graph = new GraphProto { Name = "one" }, OpsetImport = { new OperatorSetIdProto { Version = 25 } } };
        if (domain.Length > 0)
        {
            model.OpsetImport.Add(new OperatorSetIdProto { Domain = domain, Version = 5 });
        }

        var given = new Dictionary<string, OnnxValue>();
        for (var i = 0; i < inputs.Length; i++)
        {
            var name = inputs[i] is null ? "" : $"x{i}";
            node.Input.Add(name);
            if (inputs[i] is { } value)
            {
                model.Graph.Input.Add(new ValueInfoProto { Name = name });
                given.Add(name, value);
            }
        }

        for (var i = 0; i < outputs; i++)
        {
            node.Output.Add($"y{i}");
            model.Graph.Output.Add(new ValueInfoProto { Name = $"y{i}" });
        }

        node.Attribute.AddRange(attributes.Select(a => Attribute(a.Name, a.Value)));
        model.Graph.Node.Add(node);
        var loaded = OnnxModel.Load(new MemoryStream(Google.Protobuf.MessageExtensions.ToByteArray(model)), op);
        return [.. loaded.Run(given).Values];
    }

    /// <summary>The floats of the first output.</summary>
    public static float[] Floats(string domain, string op, OnnxValue?[] inputs, params (string Name, object Value)[] attributes) =>
        Outputs(domain, op, 1, inputs, attributes)[0].Tensor.Cast(DType.Float32).ToArray<float>();

    private static AttributeProto Attribute(string name, object value)
    {
        var attribute = new AttributeProto { Name = name };
        switch (value)
        {
            case int i:
                (attribute.I, attribute.Type) = (i, AttributeType.Int);
                break;
            case double f:
                (attribute.F, attribute.Type) = ((float)f, AttributeType.Float);
                break;
            case string s:
                (attribute.S, attribute.Type) = (Google.Protobuf.ByteString.CopyFromUtf8(s), AttributeType.String);
                break;
            case int[] many:
                attribute.Ints.AddRange(many.Select(v => (long)v));
                attribute.Type = AttributeType.Ints;
                break;
            case double[] many:
                attribute.Floats.AddRange(many.Select(v => (float)v));
                attribute.Type = AttributeType.Floats;
                break;
            case string[] many:
                attribute.Strings.AddRange(many.Select(Google.Protobuf.ByteString.CopyFromUtf8));
                attribute.Type = AttributeType.Strings;
                break;
            default:
                throw new ArgumentException(value.GetType().Name);
        }

        return attribute;
    }
}
