namespace Tenon.Onnx;

/// <summary>How a model is to run.</summary>
public sealed record OnnxOptions
{
    /// <summary>The device; the default device if null.</summary>
    public string? Device { get; init; }

    /// <summary>What to compute in where the model has float32, such as float16; null for float32 itself. Inputs and outputs stay float32.</summary>
    public DType? FloatDType { get; init; }
}
