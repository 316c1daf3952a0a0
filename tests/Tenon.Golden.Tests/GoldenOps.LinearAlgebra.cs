namespace Tenon.Golden.Tests;

internal static partial class GoldenOps
{
    private static Dictionary<string, Op> LinearAlgebra => new()
    {
        ["cholesky"] = Unary(x => x.Cholesky()),
        ["inverse"] = Unary(x => x.Inverse()),
        ["det"] = Unary(x => x.Det()),
        ["solve"] = Binary((a, b) => a.Solve(b)),
        ["slogdet"] = Unary(x => x.SlogDet().LogAbs),
        ["svdvals"] = Unary(x => x.SvdValues()),
        ["eigvalsh"] = Unary(x => x.Eigh().Values),
        ["matrix_power"] = With((x, a) => x.MatrixPower(a.Int("n"))),
        ["pinverse"] = Unary(x => x.PInverse()),
        ["triangular_solve"] = Binary((a, b) => a.Tril().TriangularSolve(b, upper: false)),
    };
}
