using Tenon.Core;

namespace Tenon;

public sealed partial class Tensor
{
    /// <summary>(x - mean) / √(variance + ε) of each channel of <c>[N, C, …]</c>, by given statistics, then scaled and shifted.</summary>
    /// <param name="mean"><c>[C]</c>.</param>
    /// <param name="variance"><c>[C]</c>.</param>
    /// <param name="weight">The scale, <c>[C]</c>; null for none.</param>
    /// <param name="bias">The shift, <c>[C]</c>; null for none.</param>
    /// <param name="epsilon">Keeps the division finite.</param>
    /// <remarks>Ioffe and Szegedy, arXiv:1502.03167. The statistics of the batch are <c>Mean</c> and <c>Var</c> over all axes but 1.</remarks>
    public Tensor BatchNorm(Tensor mean, Tensor variance, Tensor? weight = null, Tensor? bias = null, double epsilon = 1e-5)
    {
        RequireChannels(1, nameof(BatchNorm));
        var scale = (variance + epsilon).Rsqrt();
        return ((this - PerChannel(mean)) * PerChannel(weight is null ? scale : weight * scale)).Shifted(bias);
    }

    /// <summary>Normalises <c>[N, C, …]</c> over the channels of each group, then scales and shifts each channel.</summary>
    /// <param name="groups">Into how many groups the channels are cut.</param>
    /// <param name="weight">The scale, <c>[C]</c>; null for none.</param>
    /// <param name="bias">The shift, <c>[C]</c>; null for none.</param>
    /// <param name="epsilon">Keeps the division finite.</param>
    /// <remarks>Wu and He, arXiv:1803.08494.</remarks>
    /// <exception cref="TenonException">C is no multiple of the number of groups.</exception>
    public Tensor GroupNorm(int groups, Tensor? weight = null, Tensor? bias = null, double epsilon = 1e-5)
    {
        RequireChannels(groups, nameof(GroupNorm));
        var y = Reshape([Shape.Size(0), groups, Shapes.Product(Shape.ToSizes().AsSpan(1)) / groups]).LayerNorm(epsilon: epsilon).Reshape(Shape);
        return (weight is null ? y : y * PerChannel(weight)).Shifted(bias);
    }

    /// <summary>Normalises each channel of each sample of <c>[N, C, …]</c>, then scales and shifts each channel.</summary>
    /// <param name="weight">The scale, <c>[C]</c>; null for none.</param>
    /// <param name="bias">The shift, <c>[C]</c>; null for none.</param>
    /// <param name="epsilon">Keeps the division finite.</param>
    /// <remarks>Ulyanov, Vedaldi and Lempitsky, arXiv:1607.08022.</remarks>
    public Tensor InstanceNorm(Tensor? weight = null, Tensor? bias = null, double epsilon = 1e-5)
    {
        RequireChannels(1, nameof(InstanceNorm));
        var y = Flatten(2).LayerNorm(epsilon: epsilon).Reshape(Shape);
        return (weight is null ? y : y * PerChannel(weight)).Shifted(bias);
    }

    /// <summary>Divides each element of <c>[N, C, …]</c> by (k + α·m)^β, m being the mean of the squares of neighbouring channels.</summary>
    /// <param name="size">How many channels: from ⌊size / 2⌋ before to ⌊(size - 1) / 2⌋ behind; what is missing counts as 0.</param>
    /// <param name="alpha">α.</param>
    /// <param name="beta">β.</param>
    /// <param name="k">k.</param>
    /// <remarks>Krizhevsky, Sutskever and Hinton, ImageNet classification with deep convolutional neural networks; NIPS 2012.</remarks>
    public Tensor LocalResponseNorm(int size, double alpha = 1e-4, double beta = 0.75, double k = 1)
    {
        RequireChannels(1, nameof(LocalResponseNorm));
        return InSingle(x =>
        {
            var mean = x.Square().Transpose(1, -1).AvgPool([size], 1, Padding.Sides(size / 2, (size - 1) / 2)).Transpose(1, -1);
            return x / (mean * alpha + k).Pow(beta);
        });
    }

    private void RequireChannels(int groups, string operation)
    {
        if (Rank < 2 || groups < 1 || Shape.Size(1) % groups != 0)
        {
            throw new TenonException("TEN3209", $"{operation}: shape {Shape}, {groups} groups. Expected [N, C, …] with C a multiple of the groups.");
        }
    }

    // [C] against [N, C, …]
    private Tensor PerChannel(Tensor x) => x.Rank == 1 && (x.Shape.Size(0) == Shape.Size(1) || x.Shape.Size(0) == 1)
        ? x.Reshape([-1, .. Enumerable.Repeat((SymInt)1, Rank - 2)])
        : throw new TenonException("TEN3209", $"A tensor of shape {x.Shape} for the channels of {Shape}. Expected [{Shape.Size(1)}].");

    private Tensor Shifted(Tensor? bias) => bias is null ? this : this + PerChannel(bias);
}
