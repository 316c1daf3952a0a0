namespace Tenon.Optim;

/// <summary>Multiplies the rate by <paramref name="factor"/>(step).</summary>
/// <param name="optimizer">Whose rates.</param>
/// <param name="factor">The factor at a step.</param>
public sealed class LambdaScheduler(Optimizer optimizer, Func<int, double> factor) : Scheduler(optimizer)
{
    /// <inheritdoc/>
    protected internal override double RateAt(int step, double initial) => initial * factor(step);
}

/// <summary>Multiplies the rate by γ every <paramref name="size"/> steps.</summary>
/// <param name="optimizer">Whose rates.</param>
/// <param name="size">How many steps a rate lasts.</param>
/// <param name="gamma">γ.</param>
public sealed class StepScheduler(Optimizer optimizer, int size, double gamma = 0.1) : Scheduler(optimizer)
{
    private readonly int _size = Length(size, nameof(StepScheduler));

    /// <inheritdoc/>
    protected internal override double RateAt(int step, double initial) => initial * Math.Pow(gamma, step / _size);
}

/// <summary>Multiplies the rate by γ at each of some steps.</summary>
/// <param name="optimizer">Whose rates.</param>
/// <param name="milestones">The steps.</param>
/// <param name="gamma">γ.</param>
public sealed class MultiStepScheduler(Optimizer optimizer, IReadOnlyList<int> milestones, double gamma = 0.1) : Scheduler(optimizer)
{
    /// <inheritdoc/>
    protected internal override double RateAt(int step, double initial) => initial * Math.Pow(gamma, milestones.Count(m => m <= step));
}

/// <summary>Multiplies the rate by γ at each step.</summary>
/// <param name="optimizer">Whose rates.</param>
/// <param name="gamma">γ.</param>
public sealed class ExponentialScheduler(Optimizer optimizer, double gamma) : Scheduler(optimizer)
{
    /// <inheritdoc/>
    protected internal override double RateAt(int step, double initial) => initial * Math.Pow(gamma, step);
}

/// <summary>Multiplies the rate by a constant until a step.</summary>
/// <param name="optimizer">Whose rates.</param>
/// <param name="factor">The constant.</param>
/// <param name="total">The step from which the rate is whole.</param>
public sealed class ConstantScheduler(Optimizer optimizer, double factor = 1.0 / 3, int total = 5) : Scheduler(optimizer)
{
    /// <inheritdoc/>
    protected internal override double RateAt(int step, double initial) => step < total ? initial * factor : initial;
}

/// <summary>Multiplies the rate by what goes evenly from one factor to another: a warm-up, say.</summary>
/// <param name="optimizer">Whose rates.</param>
/// <param name="start">The factor at step 0.</param>
/// <param name="end">The factor at the last step and later.</param>
/// <param name="total">The last step.</param>
public sealed class LinearScheduler(Optimizer optimizer, double start = 1.0 / 3, double end = 1, int total = 5) : Scheduler(optimizer)
{
    private readonly int _total = Length(total, nameof(LinearScheduler));

    /// <inheritdoc/>
    protected internal override double RateAt(int step, double initial) => initial * (start + (end - start) * Math.Min(step, _total) / _total);
}

/// <summary>Multiplies the rate by (1 - step / total)^power.</summary>
/// <param name="optimizer">Whose rates.</param>
/// <param name="total">The step from which the rate is 0.</param>
/// <param name="power">The power.</param>
public sealed class PolynomialScheduler(Optimizer optimizer, int total = 5, double power = 1) : Scheduler(optimizer)
{
    private readonly int _total = Length(total, nameof(PolynomialScheduler));

    /// <inheritdoc/>
    protected internal override double RateAt(int step, double initial) => initial * Math.Pow(1 - (double)Math.Min(step, _total) / _total, power);
}
