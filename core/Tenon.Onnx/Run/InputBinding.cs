using Tenon.Onnx.Graph;

namespace Tenon.Onnx.Run;

/// <summary>Fits what the caller gives to what a model asks for.</summary>
internal static class InputBinding
{
    /// <summary>A value for each input of the graph, in order; null where an initializer is.</summary>
    public static OnnxValue?[] Bind(GraphPlan plan, IReadOnlyDictionary<string, OnnxValue> given, RunContext context)
    {
        if (given.Keys.FirstOrDefault(k => plan.Inputs.All(i => i.Name != k)) is { } unknown)
        {
            throw new TenonException("TEN5207", $"The model has no input '{unknown}'. It has {Names(plan)}.");
        }

        var sizes = new Dictionary<string, (long Size, string Input)>();
        var bound = new OnnxValue?[plan.Inputs.Count];
        for (var i = 0; i < bound.Length; i++)
        {
            var input = plan.Inputs[i];
            if (given.TryGetValue(input.Name, out var value))
            {
                Check(input, input.Type, value, sizes);
                bound[i] = Converted(OfThisRun(value, context.Device), DType.Float32, context.FloatDType);
            }
            else if (!plan.Constants.ContainsKey(input.Name))
            {
                bound[i] = input.Type is OnnxOptionalType ? new OptionalValue(null) : throw new TenonException("TEN5207", $"Input '{input.Name}' ({input.Type}) is missing. The model takes {Names(plan)}.");
            }
        }

        return bound;
    }

    /// <summary>The outputs by name, in the types that the model declares.</summary>
    public static IReadOnlyDictionary<string, OnnxValue> Outputs(GraphPlan plan, OnnxValue[] outputs, RunContext context)
    {
        var named = new OrderedDictionary<string, OnnxValue>();
        for (var i = 0; i < outputs.Length; i++)
        {
            var isFloat32 = plan.Outputs[i].Type is OnnxTensorType { Element: OnnxElement.Float } && context.FloatDType is not null;
            named[plan.Outputs[i].Name] = isFloat32 ? Converted(outputs[i], context.FloatDType!, DType.Float32) : outputs[i];
        }

        return named;
    }

    // What the host knows of a tensor holds for one run: its owner may assign to it. And data is for the device to compute with, wherever it is given.
    private static OnnxValue OfThisRun(OnnxValue value, string? device) => value switch
    {
        TensorValue { IsLiteral: true, Host: { } host } => new TensorValue(host, device),
        TensorValue { Tensor: var tensor } => new TensorValue(device is null ? tensor : tensor.To(device)),
        _ => value,
    };

    private static OnnxValue Converted(OnnxValue value, DType from, DType? to) =>
        to is not null && value is TensorValue tensor && tensor.DType == from ? new TensorValue(tensor.Tensor.Cast(to)) : value;

    private static void Check(OnnxValueInfo input, OnnxType? type, OnnxValue value, Dictionary<string, (long Size, string Input)> sizes)
    {
        switch (type, value)
        {
            case (OnnxTensorType tensor, TensorValue given):
                if (given.DType != tensor.Element.ToTenon())
                {
                    throw Mismatch();
                }

                Check(input, tensor, given.Shape, sizes);
                break;
            case (OnnxTensorType tensor, StringValue strings):
                if (tensor.Element != OnnxElement.String)
                {
                    throw Mismatch();
                }

                Check(input, tensor, strings.Shape.ToArray(), sizes);
                break;
            case (OnnxSequenceType, SequenceValue) or (OnnxMapType, _) or (null, _):
                break;
            case (OnnxOptionalType, OptionalValue { Value: null }):
                break;
            case (OnnxOptionalType optional, OptionalValue { Value: { } inner }):
                Check(input, optional.Item, inner, sizes);
                break;
            case (OnnxOptionalType optional, _):
                Check(input, optional.Item, value, sizes);
                break;
            default:
                throw Mismatch();
        }

        TenonException Mismatch() => new("TEN5207", $"Input '{input.Name}' is {value.Description}. Expected {type}.");
    }

    private static void Check(OnnxValueInfo input, OnnxTensorType type, Core.Shape shape, Dictionary<string, (long Size, string Input)> sizes)
    {
        if (type.Shape is not { } dims)
        {
            return;
        }

        if (dims.Count != shape.Rank)
        {
            throw new TenonException("TEN5208", $"Input '{input.Name}' has shape {shape}. Expected {dims.Count} axes: {type}.");
        }

        for (var axis = 0; axis < dims.Count; axis++)
        {
            if (shape.Size(axis) is not { IsKnown: true, Min: var size })
            {
                continue;
            }

            if (dims[axis].Size is { } expected && expected != size)
            {
                throw new TenonException("TEN5208", $"Input '{input.Name}' has shape {shape}: axis {axis} is {size}. Expected {expected}: {type}.");
            }

            if (dims[axis].Name is { Length: > 0 } name && !sizes.TryAdd(name, (size, input.Name)) && sizes[name].Size != size)
            {
                throw new TenonException("TEN5208", $"Input '{input.Name}' has shape {shape}: axis {axis} ('{name}') is {size}, but '{name}' is {sizes[name].Size} in input '{sizes[name].Input}'. Expected one size for one name.");
            }
        }
    }

    private static string Names(GraphPlan plan) => string.Join(", ", plan.Inputs.Select(i => $"'{i.Name}' ({i.Type})"));
}
