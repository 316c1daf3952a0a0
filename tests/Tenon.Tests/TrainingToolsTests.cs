using Tenon.NN;
using Tenon.Optim;
using Tenon.State;
using static Tenon.Tests.TensorTest;

namespace Tenon.Tests;

/// <summary>What stands around an optimizer: clipping, averages, loss scaling, saved states.</summary>
internal sealed class TrainingToolsTests
{
    [TestCase(2, 5)]
    [TestCase(1, 7)]
    [TestCase(double.PositiveInfinity, 4)]
    public void GradientsAreClippedByTheirNorm(double p, double norm)
    {
        var (a, b) = (Leaf(0, 0), Leaf(0));
        Loss().Backward();
        Expect(GradientClipping.ByNorm([a, b], 10, p), [norm]);
        Expect(a.Grad!, [3, 0], 1e-5);
        Expect(GradientClipping.ByNorm([a, b, Leaf(1)], 1, p), [norm], 1e-5);
        Expect(a.Grad!, [3 / norm, 0], 1e-5);
        Expect(b.Grad!, [-4 / norm], 1e-5);
        (a.Grad, b.Grad) = (null, null);
        Loss().Backward();
        GradientClipping.ByValue([a, b], 3.5);
        Expect(b.Grad!, [-3.5]);
        Expect(a.Grad!, [3, 0]);

        Tensor Loss() => (a * new[] { 3f, 0 }).Sum() - (b * 4.0).Sum();
    }

    [Test]
    public void AverageFollowsAndGivesItsValuesForAWhile()
    {
        var model = new Linear(2, 1, bias: false);
        model.LoadStateDict(new Dictionary<string, Tensor> { ["weight"] = Of([1, 2], 1, 2) });
        var average = new WeightAverage(model, 0.75);
        var optimizer = new Sgd(model, 1);
        model.Forward(Tensor.Ones(1, 2)).Sum().Backward();
        Tensor.Realize([.. optimizer.ScheduleStep(), .. average.ScheduleUpdate()]);
        Expect(model.Weight, [0, 1]);
        Expect(average.StateDict()["weight"], [0.75, 1.75]);
        average.Update();
        using (average.Apply())
        {
            Expect(model.Weight, [0.5625, 1.5625]);
        }

        Expect(model.Weight, [0, 1]);
        var other = new WeightAverage(new Linear(2, 1, bias: false));
        other.LoadStateDict(average.StateDict());
        Expect(other.StateDict()["weight"], [0.5625, 1.5625]);
    }

    [Test]
    public void SchedulesLastAStepOrMore()
    {
        var sgd = new Sgd([Leaf(1)], 0.1);
        ExpectError("TEN3253", () => new StepScheduler(sgd, 0));
        ExpectError("TEN3253", () => new LinearScheduler(sgd, total: 0));
        ExpectError("TEN3253", () => new PolynomialScheduler(sgd, 0));
        ExpectError("TEN3253", () => new CosineScheduler(sgd, 0));
        ExpectError("TEN3253", () => new CosineRestartsScheduler(sgd, 0));
        ExpectError("TEN3253", () => new CosineRestartsScheduler(sgd, 3, growth: 0));
    }

    [Test]
    public void ScalerLeavesOutStepsThatOverflow()
    {
        var w = Leaf(1);
        var optimizer = new Adam([w], 0.1);
        var scaler = new GradientScaler(1024, interval: 2);
        Step(2);
        Expect(w, [0.9], 1e-5);
        Step(double.PositiveInfinity);
        Expect(w, [0.9], 1e-5);
        Expect(scaler.CurrentScale, [512]);
        Assert.That(optimizer.StateDict()["state.0.exp_avg"].Values(), Is.EqualTo(new[] { 0.2 }).Within(1e-5));
        Step(2);
        Step(2);
        Expect(w, [0.7], 1e-4);
        Expect(scaler.CurrentScale, [1024]);
        Step(double.NaN);
        Expect(w, [0.7], 1e-4);
        Expect(scaler.CurrentScale, [512]);

        void Step(double slope)
        {
            optimizer.ZeroGrad();
            scaler.Scale((w * slope).Sum()).Backward();
            scaler.Unscale(optimizer);
            scaler.Step(optimizer);
        }
    }

    [Test]
    public void TrainingContinuesFromASavedState()
    {
        var (w, v) = (Leaf(1, -2), Leaf(1, -2));
        var (first, second) = (new NAdam([w], 0.1), new NAdam([v], 0.5));
        var (schedule, other) = (new ExponentialScheduler(first, 0.5), new ExponentialScheduler(second, 0.5));
        Step(w, first, schedule);
        Step(w, first, schedule);
        using (Tensor.NoGrad())
        {
            v.Assign(w);
            v.Realize();
        }

        second.LoadStateDict(first.StateDict());
        other.LoadStateDict(schedule.StateDict());
        Assert.That(second.LearningRate, Is.EqualTo(0.025));
        Step(w, first, schedule);
        Step(v, second, other);
        Expect(v, w);
        Assert.That(second.LearningRate, Is.EqualTo(first.LearningRate));
        ExpectError("TEN3080", () => second.LoadStateDict(new Adam([Leaf(1, 2)]).StateDict()));
        ExpectError("TEN3081", () => second.LoadStateDict(new NAdam([Leaf(1)]).StateDict()));

        static void Step(Tensor p, Optimizer optimizer, Scheduler schedule)
        {
            optimizer.ZeroGrad();
            p.Pow(4).Sum().Backward();
            optimizer.Step();
            schedule.Step();
        }
    }

    [Test]
    public void WrongUseIsAnError()
    {
        var optimizer = new Muon([Leaf(1, 2)], new(0.1));
        (optimizer.Parameters[0] * 2).Sum().Backward();
        ExpectError("TEN3251", () => optimizer.Step());
        ExpectError("TEN3082", () => optimizer.AddGroup(optimizer.Parameters, optimizer.Options));
        var cycle = new OneCycleScheduler(optimizer, 1, 2);
        cycle.Step();
        ExpectError("TEN3252", cycle.Step);
        ExpectError("TEN3253", () => _ = new SequentialScheduler(optimizer, [cycle], [1]));
        ExpectError("TEN3250", () => new CosineSimilarity().Forward(Tensor.Ones(1, 1)));
        ExpectError("TEN3036", () => Tensor.Ones(3, 1).MseLoss(Tensor.Ones(3)));
    }

    [Test]
    public void HalvesAreTrainedInSingle()
    {
        var w = Tensor.From<float>([1]).Cast(DType.Float16);
        w.RequiresGrad = true;
        var optimizer = new Adam([w], 0.5);
        (w * 1e-4).Sum().Backward();
        optimizer.Step();
        Assert.That(optimizer.StateDict()["state.0.exp_avg_sq"].DType, Is.EqualTo(DType.Float32));
        Assert.That(w.DType, Is.EqualTo(DType.Float16));
        Expect(w, [0.5], 1e-3);
    }

    private static Tensor Leaf(params float[] values)
    {
        var leaf = Tensor.From<float>(values);
        leaf.RequiresGrad = true;
        return leaf;
    }
}
