using Tenon.NN;
using Tenon.Optim;
using static Tenon.Tests.TensorTest;

namespace Tenon.Tests;

internal sealed class OptimizerTests
{
    private static readonly double[] Start = [1, -2, 3];

    [Test]
    public void SgdDescends()
    {
        var expected = Run((p, v, g, _) => (p - 0.1 * (g + 0.01 * p), v));
        Expect(Train(w => new Sgd([w], new(0.1, WeightDecay: 0.01))), expected, 1e-5);
    }

    [TestCase(false)]
    [TestCase(true)]
    public void SgdWithMomentumDescends(bool nesterov)
    {
        var expected = Run((p, v, g, _) => (p - 0.1 * (nesterov ? g + 0.9 * (0.9 * v + g) : 0.9 * v + g), 0.9 * v + g));
        Expect(Train(w => new Sgd([w], new(0.1, 0.9, Nesterov: nesterov))), expected, 1e-5);
    }

    [TestCase(0)]
    [TestCase(0.1)]
    public void AdamDescends(double decay)
    {
        var squares = new double[3];
        var i = 0;
        var expected = Run((p, m, g, t) =>
        {
            (m, squares[i]) = (0.9 * m + 0.1 * g, 0.999 * squares[i] + 0.001 * g * g);
            var step = m / (1 - Math.Pow(0.9, t)) / (Math.Sqrt(squares[i] / (1 - Math.Pow(0.999, t))) + 1e-8);
            i = (i + 1) % 3;
            return (p * (1 - 0.1 * decay) - 0.1 * step, m);
        });
        Expect(Train(w => new AdamW([w], new(0.1, WeightDecay: decay))), expected, 1e-4);
    }

    [Test]
    public void TrainingLowersTheLoss()
    {
        Tensor.ManualSeed(1);
        var model = new Sequential(new Linear(2, 8), Activation.Tanh, new Linear(8, 2));
        var optimizer = new Adam(model, 0.05);
        var x = Tensor.From<float>([0, 0, 0, 1, 1, 0, 1, 1], [4, 2]);
        Tensor xor = new[] { 0, 1, 1, 0 };
        var loss = float.MaxValue;
        for (var step = 0; step < 60; step++)
        {
            optimizer.ZeroGrad();
            var error = model.Forward(x).CrossEntropy(xor);
            error.Backward();
            optimizer.Step(error);
            loss = error.Item<float>();
        }

        Assert.That(loss, Is.LessThan(0.1));
        Expect(model.Forward(x).ArgMax(), [0, 1, 1, 0]);
    }

    [Test]
    public void TheRateMayChangeAndParametersMustTrain()
    {
        var w = Of([1], 1);
        w.RequiresGrad = true;
        var optimizer = new Sgd([w], 1);
        w.Sum().Backward();
        optimizer.LearningRate = 0.25;
        optimizer.Step();
        Expect(w, [0.75]);
        ExpectError("TEN3083", () => optimizer.LearningRate = -1);
        ExpectError("TEN3082", () => _ = new Sgd([Tensor.Ones(1)]));
    }

    [Test]
    public void EqualParametersMoveApart()
    {
        Tensor a = Tensor.Ones(2), b = Tensor.Ones(2);
        a.RequiresGrad = b.RequiresGrad = true;
        var optimizer = new Adam([a, b], 0.1);
        (a - 2 * b).Sum().Backward();
        optimizer.Step();
        Expect(a, [0.9, 0.9]);
        Expect(b, [1.1, 1.1]);
    }

    // Three steps on Σ w⁴ / 4, of which the gradient is w³.
    private static Tensor Train(Func<Tensor, Optimizer> make)
    {
        var w = Of([3], Start);
        w.RequiresGrad = true;
        var optimizer = make(w);
        for (var step = 0; step < 3; step++)
        {
            optimizer.ZeroGrad();
            (w.Pow(4).Sum() / 4).Backward();
            optimizer.Step();
        }

        return w;
    }

    private static double[] Run(Func<double, double, double, int, (double Parameter, double State)> update)
    {
        var (w, state) = ((double[])Start.Clone(), new double[3]);
        for (var step = 1; step <= 3; step++)
        {
            for (var i = 0; i < 3; i++)
            {
                (w[i], state[i]) = update(w[i], state[i], w[i] * w[i] * w[i], step);
            }
        }

        return w;
    }
}
