namespace Tenon.NN;

/// <summary>Normalises each channel of each sample; by running statistics in use, if there are any.</summary>
/// <remarks>Ulyanov, Vedaldi and Lempitsky, arXiv:1607.08022.</remarks>
public abstract class InstanceNorm : ChannelNorm
{
    private readonly double _momentum;
    private readonly int _rank;

    private protected InstanceNorm(int rank, int channels, double epsilon, double momentum, bool affine, bool trackStatistics, DType? dtype, string? device)
        : base(channels, epsilon, affine, trackStatistics, dtype, device) =>
        (_rank, _momentum) = (rank, momentum);

    /// <inheritdoc/>
    /// <exception cref="TenonException">The rank is another.</exception>
    public override Tensor Forward(Tensor x)
    {
        if (x.Rank == _rank - 1)
        {
            return Forward(x.Unsqueeze(0)).Squeeze(0);
        }

        if (x.Rank != _rank)
        {
            throw new TenonException("TEN3254", $"{GetType().Name}: input {x.Shape}. Expected [N, C, …] of rank {_rank}, or [C, …].");
        }

        if (RunningMean is not null && !IsTraining)
        {
            return x.BatchNorm(RunningMean, RunningVar!, Weight, Bias, Epsilon);
        }

        if (RunningMean is not null)
        {
            using var noGrad = Tensor.NoGrad();
            int[] axes = [.. Enumerable.Range(2, x.Rank - 2)];
            Track(x.Mean(axes).Mean(0), x.Var(axes).Mean(0), _momentum);
        }

        return x.InstanceNorm(Weight, Bias, Epsilon);
    }
}

/// <summary><see cref="InstanceNorm"/> of <c>[N, C, L]</c>; N may be absent.</summary>
/// <param name="channels">C.</param>
/// <param name="epsilon">Keeps the division finite.</param>
/// <param name="momentum">The share of the batch in the running statistics.</param>
/// <param name="affine">Whether there are a scale and a shift.</param>
/// <param name="trackStatistics">Whether there are running statistics.</param>
/// <param name="dtype">The type of the parameters; float32 by default.</param>
/// <param name="device">Where they are; the default device if null.</param>
public sealed class InstanceNorm1d(
    int channels, double epsilon = 1e-5, double momentum = 0.1, bool affine = false, bool trackStatistics = false, DType? dtype = null, string? device = null)
    : InstanceNorm(3, channels, epsilon, momentum, affine, trackStatistics, dtype, device);

/// <summary><see cref="InstanceNorm"/> of <c>[N, C, H, W]</c>; N may be absent.</summary>
/// <param name="channels">C.</param>
/// <param name="epsilon">Keeps the division finite.</param>
/// <param name="momentum">The share of the batch in the running statistics.</param>
/// <param name="affine">Whether there are a scale and a shift.</param>
/// <param name="trackStatistics">Whether there are running statistics.</param>
/// <param name="dtype">The type of the parameters; float32 by default.</param>
/// <param name="device">Where they are; the default device if null.</param>
public sealed class InstanceNorm2d(
    int channels, double epsilon = 1e-5, double momentum = 0.1, bool affine = false, bool trackStatistics = false, DType? dtype = null, string? device = null)
    : InstanceNorm(4, channels, epsilon, momentum, affine, trackStatistics, dtype, device);

/// <summary><see cref="InstanceNorm"/> of <c>[N, C, D, H, W]</c>; N may be absent.</summary>
/// <param name="channels">C.</param>
/// <param name="epsilon">Keeps the division finite.</param>
/// <param name="momentum">The share of the batch in the running statistics.</param>
/// <param name="affine">Whether there are a scale and a shift.</param>
/// <param name="trackStatistics">Whether there are running statistics.</param>
/// <param name="dtype">The type of the parameters; float32 by default.</param>
/// <param name="device">Where they are; the default device if null.</param>
public sealed class InstanceNorm3d(
    int channels, double epsilon = 1e-5, double momentum = 0.1, bool affine = false, bool trackStatistics = false, DType? dtype = null, string? device = null)
    : InstanceNorm(5, channels, epsilon, momentum, affine, trackStatistics, dtype, device);
