namespace Tenon.Golden.Tests;

internal static partial class GoldenOps
{
    private static Dictionary<string, Op> Products => new()
    {
        ["matmul"] = Binary((x, y) => x.MatMul(y)),
        ["linear"] = Ternary((x, w, b) => x.Linear(w, b)),
        ["kron"] = Binary((x, y) => x.Kron(y)),
        ["outer"] = Binary((x, y) => x.Outer(y)),
        ["cross"] = Binary((x, y) => x.Cross(y)),
        ["einsum"] = Several((x, a) => Tensor.Einsum(a.Text("equation"), x)),
        ["tensordot"] = Several((x, a) => x[0].TensorDot(x[1], a.Int("n"))),
        ["bilinear"] = Several((x, _) => Tensor.Einsum("ni,oij,nj->no", x[0], x[2], x[1]) + x[3]),
        ["cdist"] = Binary((x, y) => x.CDist(y)),
        ["cosine_similarity"] = Binary((x, y) => x.CosineSimilarity(y)),
    };
}
