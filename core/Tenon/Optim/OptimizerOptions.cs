namespace Tenon.Optim;

/// <summary>How an optimizer treats a group of parameters.</summary>
/// <param name="LearningRate">How far they move, at first.</param>
/// <param name="WeightDecay">The share of a parameter that works against it.</param>
/// <param name="Maximize">Whether to ascend.</param>
public abstract record OptimizerOptions(double LearningRate, double WeightDecay, bool Maximize)
{
    /// <summary>The share of earlier gradients, at first; what schedulers of momentum move.</summary>
    internal virtual double InitialMomentum => 0;
}
