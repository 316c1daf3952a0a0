using Google.Protobuf;

namespace Tenon.Onnx.Format;

/// <summary>Makes messages of values.</summary>
internal static class TensorWriter
{
    /// <summary>The message that holds a value, which is realised.</summary>
    public static IMessage Write(OnnxValue value, string name) => value switch
    {
        SequenceValue sequence => Sequence(sequence, name),
        OptionalValue optional => Optional(optional, name),
        StringValue strings => Strings(strings, name),
        _ => Tensor(value.Tensor, name),
    };

    private static TensorProto Tensor(Tensor tensor, string name)
    {
        var message = new TensorProto { Name = name, DataType = (int)tensor.DType.ToOnnx(), RawData = UnsafeByteOperations.UnsafeWrap(tensor.ToBytes()) };
        message.Dims.AddRange(tensor.Shape.ToArray());
        return message;
    }

    private static TensorProto Strings(StringValue strings, string name)
    {
        var message = new TensorProto { Name = name, DataType = (int)OnnxElement.String };
        message.Dims.AddRange(strings.Shape);
        message.StringData.AddRange(strings.Values.Select(ByteString.CopyFromUtf8));
        return message;
    }

    private static SequenceProto Sequence(SequenceValue sequence, string name)
    {
        // 1: tensors, 3: sequences, 5: optionals.
        var message = new SequenceProto { Name = name, ElemType = sequence.Items.FirstOrDefault() switch { SequenceValue => 3, OptionalValue => 5, _ => 1 } };
        foreach (var item in sequence.Items)
        {
            switch (Write(item, ""))
            {
                case TensorProto tensor:
                    message.TensorValues.Add(tensor);
                    break;
                case SequenceProto inner:
                    message.SequenceValues.Add(inner);
                    break;
                case OptionalProto optional:
                    message.OptionalValues.Add(optional);
                    break;
            }
        }

        return message;
    }

    private static OptionalProto Optional(OptionalValue optional, string name) => (optional.Value is null ? null : Write(optional.Value, "")) switch
    {
        TensorProto tensor => new OptionalProto { Name = name, ElemType = 1, TensorValue = tensor },
        SequenceProto sequence => new OptionalProto { Name = name, ElemType = 3, SequenceValue = sequence },
        OptionalProto inner => new OptionalProto { Name = name, ElemType = 5, OptionalValue = inner },
        _ => new OptionalProto { Name = name },
    };
}
