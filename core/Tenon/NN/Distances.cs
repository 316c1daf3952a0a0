namespace Tenon.NN;

/// <summary>The cosine of the angle between vectors; see <see cref="Tensor.CosineSimilarity"/>.</summary>
/// <param name="axis">The axis of the vectors.</param>
/// <param name="epsilon">The least norm.</param>
public sealed class CosineSimilarity(int axis = 1, double epsilon = 1e-8) : Module
{
    /// <summary>The similarity of what broadcasts.</summary>
    public Tensor Forward(Tensor first, Tensor second) => first.CosineSimilarity(second, axis, epsilon);
}

/// <summary>The distance between vectors along the last axis; see <see cref="Tensor.PairwiseDistance"/>.</summary>
/// <param name="p">The norm.</param>
/// <param name="epsilon">Keeps gradients finite.</param>
/// <param name="keepDim">Whether the last axis stays, with size 1.</param>
public sealed class PairwiseDistance(double p = 2, double epsilon = 1e-6, bool keepDim = false) : Module
{
    /// <summary>The distance of what broadcasts.</summary>
    public Tensor Forward(Tensor first, Tensor second) => first.PairwiseDistance(second, p, epsilon, keepDim);
}
