namespace Tenon.Optim;

/// <summary>Takes the rate down to a least one by half a cosine, and back if it goes on.</summary>
/// <param name="optimizer">Whose rates.</param>
/// <param name="period">The steps of half a cosine.</param>
/// <param name="least">The least rate.</param>
/// <remarks>Loshchilov and Hutter, arXiv:1608.03983, without restarts.</remarks>
public sealed class CosineScheduler(Optimizer optimizer, int period, double least = 0) : Scheduler(optimizer)
{
    private readonly int _period = Length(period, nameof(CosineScheduler));

    /// <inheritdoc/>
    protected internal override double RateAt(int step, double initial) => Between(initial, least, (double)step / _period);

    // From one rate at 0 to another at 1.
    internal static double Between(double start, double end, double progress) => end + (start - end) * (1 + Math.Cos(Math.PI * progress)) / 2;
}

/// <summary>Takes the rate down by half a cosine again and again, each time over more steps.</summary>
/// <param name="optimizer">Whose rates.</param>
/// <param name="period">The steps of the first time.</param>
/// <param name="growth">How many times longer each is than the one before.</param>
/// <param name="least">The least rate.</param>
/// <remarks>Loshchilov and Hutter, arXiv:1608.03983.</remarks>
public sealed class CosineRestartsScheduler(Optimizer optimizer, int period, int growth = 1, double least = 0) : Scheduler(optimizer)
{
    private readonly int _period = Length(period, nameof(CosineRestartsScheduler));
    private readonly int _growth = Length(growth, nameof(CosineRestartsScheduler));

    /// <inheritdoc/>
    protected internal override double RateAt(int step, double initial)
    {
        var length = _period;
        while (step >= length)
        {
            step -= length;
            length *= _growth;
        }

        return CosineScheduler.Between(initial, least, (double)step / length);
    }
}

/// <summary>How the rates between two of a <see cref="OneCycleScheduler"/> are found.</summary>
public enum Annealing
{
    /// <summary>By half a cosine.</summary>
    Cosine,

    /// <summary>By a line.</summary>
    Linear,
}

/// <summary>Takes the rate up to a greatest one and then far down, and the momentum the other way.</summary>
/// <param name="optimizer">Whose rates.</param>
/// <param name="greatest">The greatest rate.</param>
/// <param name="total">The number of steps.</param>
/// <param name="rising">The share of steps in which the rate rises.</param>
/// <param name="annealing">By what curve.</param>
/// <param name="cycleMomentum">Whether the momentum changes too.</param>
/// <param name="leastMomentum">The momentum at the greatest rate.</param>
/// <param name="greatestMomentum">The momentum at the first and last rate.</param>
/// <param name="divisor">The greatest rate over the first.</param>
/// <param name="finalDivisor">The first rate over the last.</param>
/// <param name="threePhases">Whether the rate first falls as slowly as it rose, back to the first one.</param>
/// <remarks>Smith and Topin, arXiv:1708.07120.</remarks>
public sealed class OneCycleScheduler(
    Optimizer optimizer, double greatest, int total, double rising = 0.3, Annealing annealing = Annealing.Cosine, bool cycleMomentum = true,
    double leastMomentum = 0.85, double greatestMomentum = 0.95, double divisor = 25, double finalDivisor = 1e4, bool threePhases = false) : Scheduler(optimizer)
{
    /// <inheritdoc/>
    protected internal override double RateAt(int step, double initial)
    {
        var first = greatest / divisor;
        return At(step, first, greatest, first, first / finalDivisor);
    }

    /// <inheritdoc/>
    protected internal override double? MomentumAt(int step) =>
        cycleMomentum ? At(step, greatestMomentum, leastMomentum, greatestMomentum, greatestMomentum) : null;

    // The value at a step, from those at the ends of the phases.
    private double At(int step, double start, double peak, double middle, double end)
    {
        if (step >= total)
        {
            throw new TenonException("TEN3252", $"OneCycleScheduler: step {step} of {total}. Expected no step beyond the total; make it greater.");
        }

        var top = rising * total - 1;
        if (step <= top)
        {
            return Between(start, peak, step / top);
        }

        var bottom = 2 * top;
        return !threePhases ? Between(peak, end, (step - top) / (total - 1 - top))
            : step <= bottom ? Between(peak, middle, (step - top) / (bottom - top))
            : Between(middle, end, (step - bottom) / (total - 1 - bottom));
    }

    private double Between(double start, double end, double progress) =>
        annealing == Annealing.Cosine ? CosineScheduler.Between(start, end, progress) : start + (end - start) * progress;
}
