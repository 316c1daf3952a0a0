using static Tenon.Tests.TensorTest;

namespace Tenon.Tests;

/// <summary>What factors are known for, whatever the matrix.</summary>
internal sealed class LinearAlgebraTests
{
    [TestCase(1, 1)]
    [TestCase(9, 9)]
    [TestCase(7, 4)]
    [TestCase(3, 8)]
    public void FactorsMultiplyToTheMatrix(int rows, int columns)
    {
        var a = Sample(DType.Float64, 7, 2, rows, columns);
        var (q, r) = a.Qr(complete: true);
        Expect(q.MatMul(r), a, 1e-12);
        Expect(q.T.MatMul(q), Identity(rows), 1e-12);
        var (u, s, vt) = a.Svd(fullMatrices: true);
        var k = Math.Min(rows, columns);
        Expect((u[.., .., ..k] * s.Unsqueeze(-2)).MatMul(vt[.., ..k]), a, 1e-12);
        Expect(u.T.MatMul(u), Identity(rows), 1e-12);
        Expect(vt.MatMul(vt.T), Identity(columns), 1e-12);
        var (p, l, upper) = a.Lu();
        Expect(p.MatMul(l).MatMul(upper), a, 1e-12);
        Assert.That(l.Abs().Max().Item<double>(), Is.EqualTo(1));
    }

    [Test]
    public void EigenvectorsDiagonalise()
    {
        var a = Sample(DType.Float64, 3, 11, 11);
        a += a.T;
        var (values, vectors) = a.Eigh();
        Expect((vectors * values.Unsqueeze(-2)).MatMul(vectors.T), a, 1e-12);
        Expect(vectors.T.MatMul(vectors), Tensor.Eye(11), 1e-12);
        Assert.That(values.Values(), Is.Ordered);
    }

    [Test]
    public void EqualEigenvaluesDoNotDisturb()
    {
        var (values, vectors) = (Tensor.Eye(4, dtype: DType.Float64) * 3).Eigh();
        Expect(values, [3, 3, 3, 3]);
        Expect(vectors.T.MatMul(vectors), Tensor.Eye(4), 1e-12);
        Expect(Of([2, 2], 0, 1, 1, 0).Eigh().Values, [-1, 1]);
    }

    [Test]
    public void WhatLacksRankHasOrthonormalVectorsToo()
    {
        var a = Sample(DType.Float64, 5, 5, 2).MatMul(Sample(DType.Float64, 6, 2, 4));
        var (u, s, vt) = a.Svd();
        Expect((u[.., ..4] * s).MatMul(vt), a, 1e-12);
        Expect(u.T.MatMul(u), Tensor.Eye(5), 1e-12);
        Expect(s[2..], [0, 0], 1e-12);
        Assert.That(a.MatrixRank().Item<int>(), Is.EqualTo(2));
        var x = a.PInverse();
        Expect(a.MatMul(x).MatMul(a), a, 1e-12);
        Expect(Tensor.Zeros([3, 2], DType.Float64).Svd().S, [0, 0]);
    }

    [Test]
    public void SmallSingularValuesAreExact()
    {
        var scale = Tensor.From<double>([1, 1e-6, 1e-12], [3]);
        var s = (Sample(DType.Float64, 5, 3, 3).Qr().Q * scale).SvdValues();
        Expect(s / scale, [1, 1, 1], 1e-9);
    }

    [Test]
    public void SingularMatricesHaveNoInverse()
    {
        var a = Of([2, 2], 1, 2, 2, 4);
        Expect(a.Det(), [0]);
        var (sign, log) = a.SlogDet();
        Expect(sign, [0]);
        Expect(log, [double.NegativeInfinity]);
        Assert.That(a.Inverse().Values(), Has.None.InRange(double.MinValue, double.MaxValue));
        Assert.That(Of([2, 2], 1, 2, 2, 1).Cholesky().Values(), Does.Contain(double.NaN));
    }

    [Test]
    public void NothingHasFactorsToo()
    {
        Expect(Of([3, 3], 0, 1, 0, 0, 0, 1, 1, 0, 0).Det(), [1]);
        Expect(Tensor.Ones(0, 0).Det(), [1]);
        Expect(Tensor.Ones(3, 0).Svd().U, Tensor.Eye(3));
        Expect(Tensor.Ones(2, 0, 0).MatrixExp(), [], shape: [2, 0, 0]);
        Expect(Tensor.Ones(0, 3, 3).Eigh().Values, [], shape: [0, 3]);
        Expect(Tensor.Ones(0, 2, 2).Inverse(), [], shape: [0, 2, 2]);
    }

    [Test]
    public void ShortestOfAllSolutions() => Expect(Of([1, 2], 3, 4).LstSq(Of([1, 1], 25)), [3, 4], 1e-5);

    [Test]
    public void NewtonSchulzBringsSingularValuesNearOne()
    {
        var s = Sample(DType.Float32, 5, 6, 4).NewtonSchulz().SvdValues().Values();
        Assert.That(s, Is.All.InRange(0.6, 1.3));
        Expect(Tensor.Zeros(2, 3).NewtonSchulz(), new double[6]);
    }

    [Test]
    public void ExponentialsBeyondReachAreNaN() => Assert.That((Tensor.Eye(2) * -1e9).MatrixExp().Values(), Is.All.NaN);

    [Test]
    public void GradientsAreDifferentiable()
    {
        // d²/dx² of the inverse of x is 2/x³, of √x (as Cholesky) -¼·x^(-3/2), of x² 2.
        Expect(Second(x => x.Inverse().Sum()), [2 / 27.0]);
        Expect(Second(x => x.Cholesky().Sum()), [-0.25 * Math.Pow(3, -1.5)]);
        Expect(Second(x => x.Det().Sum() * x.Det().Sum()), [2]);
        Expect(Second(x => x.SvdValues().Square().Sum()), [2]);

        static Tensor Second(Func<Tensor, Tensor> f)
        {
            var x = Of([1, 1], 3);
            x.RequiresGrad = true;
            return f(x).Gradient(x)[0].Sum().Gradient(x)[0];
        }
    }

    [Test]
    public void NormsOfZeroHaveFiniteGradients()
    {
        var x = Tensor.Zeros(3);
        x.RequiresGrad = true;
        Expect(x.Norm().Gradient(x)[0], [0, 0, 0]);
    }

    [Test]
    public void WhatOnlyAGradientNeedsIsNotRead()
    {
        var (a, b, c) = (Of([1], 1).Realize(), Of([1], 2).Realize(), Of([1], 3).Realize());
        Expect((b * 2).WithGradient([a], static (g, _, _) => [g]) + c, [7]);
    }

    [Test]
    public void WrongMatricesSaySo()
    {
        ExpectError("TEN3220", () => Tensor.Ones(2, 3).Inverse());
        ExpectError("TEN3220", () => Tensor.Ones(3).Qr());
        ExpectError("TEN3220", () => Tensor.Ones([2, 2], DType.Int32).Det());
        ExpectError("TEN3221", () => Tensor.Ones(2, 2).Solve(Tensor.Ones(3, 1)));
        ExpectError("TEN3222", () => Tensor.Ones(2, 2).MatrixNorm(3));
    }

    private static Tensor Identity(int n) => Tensor.Eye(n).Expand(2, n, n);
}
