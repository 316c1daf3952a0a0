namespace Tenon.Tests;

/// <summary>Linear algebra against PyTorch's numbers, with gradients. Vectors of either sign are compared by magnitude.</summary>
internal sealed class LinearAlgebraGoldenTests
{
    private static readonly Dictionary<string, GoldenCase> Golden = GoldenCase.Read("linalg.json");

    private static readonly Dictionary<string, Func<Tensor[], Tensor[]>> Functions = new()
    {
        ["cholesky"] = t => [Definite(t[0]).Cholesky()],
        ["cholesky upper"] = t => [Definite(t[0]).Cholesky(upper: true)],
        ["cholesky_solve"] = t => [Definite(t[0]).Cholesky().CholeskySolve(t[1])],
        ["solve_triangular lower"] = t => [t[0].TriangularSolve(t[1], upper: false)],
        ["solve_triangular upper, unit"] = t => [t[0].TriangularSolve(t[1], upper: true, unit: true)],
        ["solve_triangular right"] = t => [t[0].TriangularSolve(t[1], upper: true, left: false)],
        ["lu square"] = t => t[0].Lu() is var (p, l, u) ? [p, l, u] : [],
        ["lu tall"] = t => t[0].Lu() is var (p, l, u) ? [p, l, u] : [],
        ["lu wide"] = t => t[0].Lu() is var (_, l, u) ? [l, u] : [],
        ["lu_solve"] = t => t[0].LuFactor() is var (factors, order) ? [factors.LuSolve(order, t[1])] : [],
        ["solve"] = t => [t[0].Solve(t[1])],
        ["solve vector"] = t => [t[0].Solve(t[1])],
        ["solve vectors"] = t => [t[0].Solve(t[1])],
        ["inv"] = t => [t[0].Inverse()],
        ["det"] = t => [t[0].Det()],
        ["det of one"] = t => [t[0].Det()],
        ["slogdet"] = t => t[0].SlogDet() is var (sign, log) ? [sign, log] : [],
        ["qr square"] = t => t[0].Qr() is var (q, r) ? [q, r] : [],
        ["qr tall"] = t => t[0].Qr() is var (q, r) ? [q, r] : [],
        ["qr wide"] = t => [t[0].Qr().R],
        ["qr complete"] = t => t[0].Qr(complete: true) is var (q, r) ? [q.Detach(), r.Detach()] : [],
        ["eigh"] = t => Symmetric(t[0]).Eigh() is var (values, vectors) ? [values, vectors.Abs()] : [],
        ["eigvalsh even"] = t => [Symmetric(t[0]).Eigh(upper: true).Values],
        ["svd tall"] = t => t[0].Svd(fullMatrices: false) is var (u, s, v) ? [u.Abs(), s, v.Abs()] : [],
        ["svd wide"] = t => t[0].Svd(fullMatrices: false) is var (u, s, v) ? [u.Abs(), s, v.Abs()] : [],
        ["svd full"] = t => t[0].Detach().Svd() is var (u, s, v) ? [u[.., ..2].Abs(), s, v.Abs()] : [],
        ["pinv tall"] = t => [t[0].PInverse()],
        ["pinv wide"] = t => [t[0].PInverse()],
        ["lstsq"] = t => [t[0].LstSq(t[1])],
        ["matrix_power 5"] = t => [t[0].MatrixPower(5)],
        ["matrix_power -2"] = t => [t[0].MatrixPower(-2)],
        ["matrix_exp"] = t => [t[0].MatrixExp()],
        ["matrix_exp large"] = t => [(t[0] * 9 - 20 * Tensor.Eye(3, dtype: DType.Float64)).MatrixExp()],
        ["trace"] = t => [t[0].Trace(0, -2, -1)],
        ["vector_norm 0.0"] = t => [t[0].Norm(0, [0, 2])],
        ["vector_norm 1.0"] = t => [t[0].Norm(1, [0, 2])],
        ["vector_norm 2.0"] = t => [t[0].Norm(2, [0, 2])],
        ["vector_norm 3.5"] = t => [t[0].Norm(3.5, [0, 2])],
        ["vector_norm inf"] = t => [t[0].Norm(double.PositiveInfinity, [0, 2])],
        ["vector_norm -inf"] = t => [t[0].Norm(double.NegativeInfinity, [0, 2])],
        ["vector_norm -2.0"] = t => [t[0].Norm(-2, [0, 2])],
        ["matrix_norm fro"] = t => [t[0].MatrixNorm()],
        ["matrix_norm nuc"] = t => [t[0].NuclearNorm()],
        ["matrix_norm 1"] = t => [t[0].MatrixNorm(1)],
        ["matrix_norm -1"] = t => [t[0].MatrixNorm(-1)],
        ["matrix_norm 2"] = t => [t[0].MatrixNorm(2)],
        ["matrix_norm -2"] = t => [t[0].MatrixNorm(-2)],
        ["matrix_norm inf"] = t => [t[0].MatrixNorm(double.PositiveInfinity)],
        ["matrix_norm -inf"] = t => [t[0].MatrixNorm(double.NegativeInfinity)],
        ["cond 2"] = t => [t[0].Cond()],
        ["cond -2"] = t => [t[0].Cond(-2)],
        ["cond 1"] = t => [t[0].Cond(1)],
        ["cond inf"] = t => [t[0].Cond(double.PositiveInfinity)],
    };

    private static IEnumerable<GoldenCase> Cases => Golden.Values;

    [TestCaseSource(nameof(Cases))]
    public void AsPyTorch(GoldenCase golden) => golden.Check(Functions[golden.Name]);

    [Test]
    public void EveryCaseHasItsNumbers() => Assert.That(Functions.Keys, Is.EquivalentTo(Golden.Keys));

    private static Tensor Definite(Tensor x) => x.MatMul(x.T) + Tensor.Eye(x.Size(-1), dtype: x.DType);

    private static Tensor Symmetric(Tensor x) => (x + x.T) * 0.5;
}
