using Tenon.Onnx.Graph;
using Tenon.Onnx.Run;

namespace Tenon.Onnx.Operators;

/// <summary>Products of matrices.</summary>
internal static class MatMulOps
{
    /// <summary>Adds them.</summary>
    public static void Register(OpRegistry ops)
    {
        ops.Add("MatMul", 1, c => c[0].MatMul(c[1]));
        ops.Add("Gemm", 1, Gemm);
        ops.Add("Einsum", 12, c => Tensor.Einsum(c.Text("equation", ""), c.Tensors()));
    }

    // α·A·B + β·C
    private static Tensor Gemm(OpCall c)
    {
        var (a, b) = (c.Flag("transA") ? c[0].T : c[0], c.Flag("transB") ? c[1].T : c[1]);
        var (alpha, beta) = (c.Float("alpha", 1), c.Float("beta", 1));
        var product = a.MatMul(b);
        product = alpha == 1 ? product : (product * alpha).Cast(product.DType);
        return c.TensorOrNull(2) is not { } bias || beta == 0 ? product : product + (beta == 1 ? bias : (bias * beta).Cast(bias.DType));
    }
}
