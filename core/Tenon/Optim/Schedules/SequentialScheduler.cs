namespace Tenon.Optim;

/// <summary>Schedules one after the other: a warm-up and then a descent, say. Each begins with its own step 0.</summary>
/// <param name="optimizer">Whose rates.</param>
/// <param name="schedulers">The schedules of the same optimizer, in order.</param>
/// <param name="milestones">The steps at which the second and the later ones begin.</param>
public sealed class SequentialScheduler(Optimizer optimizer, IReadOnlyList<Scheduler> schedulers, IReadOnlyList<int> milestones)
    : Scheduler(Checked(optimizer, schedulers, milestones))
{
    /// <inheritdoc/>
    protected internal override double RateAt(int step, double initial)
    {
        var (scheduler, since) = At(step);
        return scheduler.RateAt(since, initial);
    }

    /// <inheritdoc/>
    protected internal override double? MomentumAt(int step)
    {
        var (scheduler, since) = At(step);
        return scheduler.MomentumAt(since);
    }

    private (Scheduler, int) At(int step)
    {
        var index = milestones.Count(m => m <= step);
        return (schedulers[index], index == 0 ? step : step - milestones[index - 1]);
    }

    private static Optimizer Checked(Optimizer optimizer, IReadOnlyList<Scheduler> schedulers, IReadOnlyList<int> milestones) =>
        schedulers.Count == milestones.Count + 1 && milestones.SequenceEqual(milestones.Order()) && schedulers.All(s => s.Optimizer == optimizer)
            ? optimizer
            : throw new TenonException("TEN3253", $"SequentialScheduler: {schedulers.Count} schedules and milestones [{string.Join(", ", milestones)}]. Expected schedules of one optimizer, and ascending milestones, one fewer.");
}
