using Tenon.Onnx.Format;

namespace Tenon.Onnx.Run;

/// <summary>What holds for a whole run.</summary>
/// <param name="Device">Where values go that come from the host; the default device if null.</param>
/// <param name="Reader">Makes values of what the model stores.</param>
/// <param name="FloatDType">What float32 of the model is computed in; null for float32.</param>
internal sealed record RunContext(string? Device, TensorReader Reader, DType? FloatDType);
