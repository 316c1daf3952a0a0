using Tenon.State;

namespace Tenon.Optim;

/// <summary>
/// Changes the learning rates of an optimizer from step to step: each rate is a function of the number of steps and of the
/// rate with which its group began. The rates of step 0 are set at once; call <see cref="Step"/> after each step, or epoch.
/// </summary>
public abstract class Scheduler : IStateful
{
    /// <summary>A schedule for an optimizer.</summary>
    protected Scheduler(Optimizer optimizer)
    {
        Optimizer = optimizer;
        SetRates();
    }

    /// <summary>Whose rates are changed.</summary>
    public Optimizer Optimizer { get; }

    /// <summary>How many steps there were.</summary>
    public int Steps { get; private set; }

    /// <summary>Sets the rates of the next step.</summary>
    public void Step()
    {
        Steps++;
        SetRates();
    }

    /// <inheritdoc/>
    public IReadOnlyDictionary<string, Tensor> StateDict() => new Dictionary<string, Tensor> { ["steps"] = Tensor.From<long>([Steps]) };

    /// <inheritdoc/>
    public void LoadStateDict(IReadOnlyDictionary<string, Tensor> state, bool strict = true)
    {
        var own = StateDict();
        StateLoading.Load(GetType().Name, own, state, strict);
        Steps = (int)own["steps"].Item<long>();
        SetRates();
    }

    /// <summary>The learning rate at a step of a group that began with another.</summary>
    protected internal abstract double RateAt(int step, double initial);

    /// <summary>The momentum at a step; null leaves it as it is.</summary>
    protected internal virtual double? MomentumAt(int step) => null;

    /// <summary>How many steps something lasts.</summary>
    /// <exception cref="TenonException">None, or fewer.</exception>
    private protected static int Length(int steps, string scheduler) =>
        steps >= 1 ? steps : throw new TenonException("TEN3253", $"{scheduler}: a length of {steps} steps. Expected 1 or more.");

    private protected void SetRates()
    {
        foreach (var group in Optimizer.Groups)
        {
            group.LearningRate = RateAt(Steps, group.InitialLearningRate);
            group.Momentum = MomentumAt(Steps) ?? group.Momentum;
        }
    }
}
