namespace Tenon.NN;

/// <summary>A loss as a module: what compares an output with a target.</summary>
/// <param name="reduction">What becomes of the losses of single elements.</param>
public abstract class Loss(Reduction reduction) : Module
{
    /// <summary>What becomes of the losses of single elements.</summary>
    public Reduction Reduction { get; } = reduction;

    /// <summary>The loss of an output, given what it should have been.</summary>
    public abstract Tensor Forward(Tensor input, Tensor target);
}
