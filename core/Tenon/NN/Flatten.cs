namespace Tenon.NN;

/// <summary>Makes one axis of those from <paramref name="start"/> on: <c>[N, C, H, W]</c> → <c>[N, C·H·W]</c>.</summary>
/// <param name="start">The first axis.</param>
/// <param name="end">The last axis, inclusive.</param>
public sealed class Flatten(int start = 1, int end = -1) : Module
{
    /// <inheritdoc/>
    public override Tensor Forward(Tensor x) => x.Flatten(start, end);
}
