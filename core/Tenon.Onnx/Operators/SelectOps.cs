using Tenon.Onnx.Graph;
using Tenon.Onnx.Run;

namespace Tenon.Onnx.Operators;

/// <summary>Operators whose sizes follow from values, which are computed first.</summary>
internal static class SelectOps
{
    /// <summary>Adds them.</summary>
    public static void Register(OpRegistry ops)
    {
        // [axes, count]
        ops.Add("NonZero", 9, c => (c[0].Rank == 0 ? c[0].Unsqueeze(0) : c[0]).NonZero().T.Cast(DType.Int64));
    }
}
