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
        ops.Add("Compress", 9, c => Compress(c));
    }

    private static Tensor Compress(OpCall c)
    {
        var x = c.HasAttribute("axis") ? c[0] : c[0].Flatten();
        var kept = c.Longs(1).Index().Where(p => p.Item != 0).Select(p => (long)p.Index).ToArray();
        return x.IndexSelect(c.HasAttribute("axis") ? c.Axis(c.Long("axis", 0), x.Rank) : 0, kept);
    }
}
