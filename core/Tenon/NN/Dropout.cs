namespace Tenon.NN;

/// <summary>In training, sets elements to 0 with probability <paramref name="p"/> and scales the others; otherwise nothing.</summary>
/// <param name="p">The probability.</param>
/// <remarks>Srivastava et al., JMLR 15 (2014).</remarks>
public sealed class Dropout(double p = 0.5) : Module
{
    /// <inheritdoc/>
    public override Tensor Forward(Tensor x) => IsTraining ? x.Dropout(p) : x;
}
