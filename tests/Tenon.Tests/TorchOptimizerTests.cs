using Tenon.Optim;

namespace Tenon.Tests;

/// <summary>Every optimizer and schedule, with its options, gives PyTorch's numbers over several steps.</summary>
internal sealed class TorchOptimizerTests
{
    private static readonly Dictionary<string, Func<Tensor[], Optimizer>> Optimizers = new()
    {
        ["sgd"] = p => new Sgd(p, 0.1),
        ["sgd decay maximize"] = p => new Sgd(p, new(0.1, WeightDecay: 0.2, Maximize: true)),
        ["sgd momentum"] = p => new Sgd(p, new(0.1, 0.9, WeightDecay: 0.1)),
        ["sgd dampening"] = p => new Sgd(p, new(0.1, 0.9, 0.5)),
        ["sgd nesterov"] = p => new Sgd(p, new(0.1, 0.9, Nesterov: true, WeightDecay: 0.1)),
        ["adam"] = p => new Adam(p, 0.1),
        ["adam options"] = p => new Adam(p, new(0.1, 0.8, 0.99, 1e-4, 0.2)),
        ["adam amsgrad maximize"] = p => new Adam(p, new(0.1, AmsGrad: true, Maximize: true)),
        ["adam groups"] = p =>
        {
            var adam = new Adam(p[..1], new(0.1, WeightDecay: 0.1));
            adam.AddGroup(p, adam.Options with { LearningRate = 0.01, Beta1 = 0.8, Beta2 = 0.99 });
            return adam;
        },
        ["adamw"] = p => new AdamW(p, 0.1),
        ["adamw options"] = p => new AdamW(p, new(0.1, WeightDecay: 0.3, AmsGrad: true)),
        ["adagrad"] = p => new Adagrad(p, 0.1),
        ["adagrad options"] = p => new Adagrad(p, new(0.1, 0.1, 0.1, 0.5)),
        ["rmsprop"] = p => new RmsProp(p, 0.1),
        ["rmsprop options"] = p => new RmsProp(p, new(0.1, 0.9, 1e-3, 0.1, 0.5, true)),
        ["adadelta"] = p => new Adadelta(p),
        ["adadelta options"] = p => new Adadelta(p, new(0.5, 0.8, 1e-3, 0.1)),
        ["adamax"] = p => new Adamax(p, 0.1),
        ["adamax options"] = p => new Adamax(p, new(0.1, 0.8, 0.9, WeightDecay: 0.1)),
        ["nadam"] = p => new NAdam(p, 0.1),
        ["nadam options"] = p => new NAdam(p, new(0.1, 0.8, 0.99, WeightDecay: 0.1, MomentumDecay: 0.1)),
        ["radam"] = p => new RAdam(p, 0.1),
        ["radam options"] = p => new RAdam(p, new(0.1, 0.8, 0.9, WeightDecay: 0.1)),
        ["lamb"] = p => new Lamb(p, 0.1),
        ["lamb decay"] = p => new Lamb(p, new(0.1, WeightDecay: 0.1)),
        ["lars"] = p => new Lars(p, new(0.5, WeightDecay: 0.01, Trust: 0.02)),
        ["lars nesterov"] = p => new Lars(p, new(0.5, WeightDecay: 0.01, Trust: 0.02, Nesterov: true)),
        ["muon"] = p => new Muon(p, 0.1),
        ["muon tall"] = p => new Muon(p, new(0.1, Nesterov: false)),
    };

    private static readonly Dictionary<string, Func<Optimizer, Scheduler>> Schedules = new()
    {
        ["lambda"] = o => new LambdaScheduler(o, t => 1.0 / (1 + t)),
        ["step"] = o => new StepScheduler(o, 5, 0.5),
        ["multi-step"] = o => new MultiStepScheduler(o, [3, 4, 15], 0.3),
        ["exponential"] = o => new ExponentialScheduler(o, 0.9),
        ["constant"] = o => new ConstantScheduler(o, 0.25, 6),
        ["linear"] = o => new LinearScheduler(o, 0.1, 0.8, 7),
        ["polynomial"] = o => new PolynomialScheduler(o, 12, 2),
        ["cosine"] = o => new CosineScheduler(o, 10, 0.001),
        ["cosine restarts"] = o => new CosineRestartsScheduler(o, 3, 2, 0.001),
        ["one cycle"] = o => new OneCycleScheduler(o, 0.8, 25),
        ["one cycle options"] = o => new OneCycleScheduler(o, 0.8, 25, 0.4, Annealing.Linear, divisor: 10, finalDivisor: 100, threePhases: true),
        ["sequential"] = o => new SequentialScheduler(o, [new LinearScheduler(o, 0.1, 1, 4), new ExponentialScheduler(o, 0.8)], [4]),
    };

    [TestCaseSource(nameof(OptimizerNames))]
    public void OptimizerIsPyTorchs(string name)
    {
        var expected = new TorchCase("optimizer", name);
        var parameters = expected.Under("start.").OrderBy(p => p.Key).Select(p => p.Value).ToArray();
        Array.ForEach(parameters, p => p.RequiresGrad = true);
        var optimizer = Optimizers[name](parameters);
        for (var step = 0; step < 7; step++)
        {
            optimizer.ZeroGrad();
            Loss(parameters, step).Backward();
            optimizer.Step();
            foreach (var (i, value) in expected.Under($"after.{step}."))
            {
                expected.Compare($"parameter {i} after {step + 1} steps", value, parameters[int.Parse(i)], 1e-5);
            }
        }
    }

    [TestCaseSource(nameof(ScheduleNames))]
    public void ScheduleIsPyTorchs(string name)
    {
        var expected = new TorchCase("schedule", name);
        var optimizer = TwoGroups();
        var plateau = name switch
        {
            "plateau" => new PlateauScheduler(optimizer, 0.5, 2, cooldown: 1, least: 0.001),
            "plateau absolute" => new PlateauScheduler(optimizer, 0.3, 1, 0.05, isRelative: false, maximize: true),
            _ => null,
        };
        var scheduler = plateau is null ? Schedules[name](optimizer) : null;
        var (rates, momenta) = (expected.Numbers("rates"), expected.Numbers("momenta"));
        for (var step = 0; step < momenta.Length; step++)
        {
            Assert.That(optimizer.Groups.Select(g => g.LearningRate), Is.EqualTo(rates[(2 * step)..(2 * step + 2)]).Within(1e-12), $"rates of step {step}");
            Assert.That(optimizer.Groups[0].Momentum, Is.EqualTo(momenta[step]).Within(1e-12), $"momentum of step {step}");
            plateau?.Step(2 + Math.Cos(step * 0.3) / (1 + step));
            scheduler?.Step();
        }
    }

    [Test]
    public void EveryOptimizerAndScheduleIsCompared()
    {
        Assert.That(TorchCase.Names("optimizer"), Is.EquivalentTo(Optimizers.Keys));
        Assert.That(TorchCase.Names("schedule"), Is.EquivalentTo(Schedules.Keys.Concat(["plateau", "plateau absolute"])));
    }

    private static IEnumerable<string> OptimizerNames() => TorchCase.Names("optimizer");

    private static IEnumerable<string> ScheduleNames() => TorchCase.Names("schedule");

    private static Sgd TwoGroups()
    {
        var (a, b) = (Tensor.Zeros(1), Tensor.Zeros(1));
        a.RequiresGrad = b.RequiresGrad = true;
        var optimizer = new Sgd([a], new(0.5, 0.9));
        optimizer.AddGroup([b], optimizer.Options with { LearningRate = 0.02 });
        return optimizer;
    }

    // nn_optim.py's number().
    private static Tensor Loss(Tensor[] parameters, int step) => parameters.Select(p =>
    {
        var wave = Enumerable.Range(0, (int)p.Count).Select(i => (float)Math.Cos(i + step)).ToArray();
        return p.Pow(4).Sum() * 0.025 + (p * Tensor.From<float>(wave, p.Shape)).Sum();
    }).Aggregate((x, y) => x + y);
}
