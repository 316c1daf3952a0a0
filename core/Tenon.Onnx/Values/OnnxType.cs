using Tenon.Onnx.Format;

namespace Tenon.Onnx;

/// <summary>The type that a model declares for a value.</summary>
public abstract record OnnxType
{
    private protected OnnxType()
    {
    }

    internal static OnnxType? From(TypeProto? type) => type?.ValueCase switch
    {
        TypeProto.ValueOneofCase.TensorType => From(type.TensorType, isSparse: false),
        TypeProto.ValueOneofCase.SparseTensorType => From(type.SparseTensorType, isSparse: true),
        TypeProto.ValueOneofCase.SequenceType => new OnnxSequenceType(From(type.SequenceType.ElemType)),
        TypeProto.ValueOneofCase.OptionalType => new OnnxOptionalType(From(type.OptionalType.ElemType)),
        TypeProto.ValueOneofCase.MapType => new OnnxMapType((OnnxElement)type.MapType.KeyType, From(type.MapType.ValueType)),
        _ => null,
    };

    private static OnnxTensorType From(TypeProto.Types.Tensor type, bool isSparse) => new(
        (OnnxElement)type.ElemType,
        type.Shape is { } shape ? [.. shape.Dim.Select(d => new OnnxDimension(d.HasDimValue ? d.DimValue : null, d.HasDimParam ? d.DimParam : null))] : null,
        isSparse);
}

/// <summary>A tensor.</summary>
/// <param name="Element">The type of its elements.</param>
/// <param name="Shape">Its axes; null where even their number is open.</param>
/// <param name="IsSparse">Whether it is sparse.</param>
public sealed record OnnxTensorType(OnnxElement Element, IReadOnlyList<OnnxDimension>? Shape, bool IsSparse = false) : OnnxType
{
    /// <inheritdoc/>
    public override string ToString() => $"{Element.Name()} {(Shape is null ? "of any rank" : $"[{string.Join(", ", Shape)}]")}";
}

/// <summary>A list of values.</summary>
/// <param name="Item">The type of each.</param>
public sealed record OnnxSequenceType(OnnxType? Item) : OnnxType
{
    /// <inheritdoc/>
    public override string ToString() => $"sequence of {Item}";
}

/// <summary>A value or none.</summary>
/// <param name="Item">The type of the value.</param>
public sealed record OnnxOptionalType(OnnxType? Item) : OnnxType
{
    /// <inheritdoc/>
    public override string ToString() => $"optional {Item}";
}

/// <summary>Values by key.</summary>
/// <param name="Key">The type of the keys.</param>
/// <param name="Value">The type of the values.</param>
public sealed record OnnxMapType(OnnxElement Key, OnnxType? Value) : OnnxType
{
    /// <inheritdoc/>
    public override string ToString() => $"map of {Key.Name()} to {Value}";
}

/// <summary>The size of an axis: a number, a name that stands for one number throughout a run, or open.</summary>
/// <param name="Size">The number.</param>
/// <param name="Name">The name.</param>
public sealed record OnnxDimension(long? Size, string? Name)
{
    /// <inheritdoc/>
    public override string ToString() => Size?.ToString(System.Globalization.CultureInfo.InvariantCulture) ?? (string.IsNullOrEmpty(Name) ? "?" : Name);
}

/// <summary>The name and type of an input or output.</summary>
/// <param name="Name">The name.</param>
/// <param name="Type">The type; null where the model leaves it open.</param>
public sealed record OnnxValueInfo(string Name, OnnxType? Type)
{
    internal static OnnxValueInfo From(ValueInfoProto info) => new(info.Name, OnnxType.From(info.Type));
}
