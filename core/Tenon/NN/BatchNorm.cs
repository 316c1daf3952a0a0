namespace Tenon.NN;

/// <summary>
/// Normalises each channel: in training by the mean and variance of the batch, which also move running statistics; otherwise
/// by those.
/// </summary>
/// <remarks>
/// Ioffe and Szegedy, arXiv:1502.03167. The running statistics are computed when they are realised: an optimizer that is made
/// for the module does so at each step.
/// </remarks>
public abstract class BatchNorm : ChannelNorm
{
    private readonly double? _momentum;
    private readonly int _mostAxes;

    private protected BatchNorm(
        int mostAxes, int channels, double epsilon, double? momentum, bool affine, bool trackStatistics, DType? dtype, string? device)
        : base(channels, epsilon, affine, trackStatistics, dtype, device) =>
        (_mostAxes, _momentum) = (mostAxes, momentum);

    /// <inheritdoc/>
    /// <exception cref="TenonException">The rank is another.</exception>
    public override Tensor Forward(Tensor x)
    {
        if (x.Rank != _mostAxes && (_mostAxes != 3 || x.Rank != 2))
        {
            throw new TenonException("TEN3254", $"{GetType().Name}: input {x.Shape}. Expected {(_mostAxes == 3 ? "[N, C] or [N, C, L]" : $"[N, C, …] of rank {_mostAxes}")}.");
        }

        var (mean, variance) = IsTraining || RunningMean is null ? BatchStatistics(x) : (RunningMean, RunningVar!);
        return x.BatchNorm(mean, variance, Weight, Bias, Epsilon);
    }

    private (Tensor Mean, Tensor Variance) BatchStatistics(Tensor x)
    {
        int[] axes = [0, .. Enumerable.Range(2, x.Rank - 2)];
        var mean = x.Mean(axes);
        var variance = (x - mean.Reshape([-1, .. Enumerable.Repeat((Core.SymInt)1, x.Rank - 2)])).Square().Mean(axes);
        if (RunningMean is not null)
        {
            using var noGrad = Tensor.NoGrad();
            Tensor count = axes.Select(a => x.Shape.Size(a)).Aggregate((a, b) => a * b);
            var unbiased = variance * (count / (count - 1).Maximum(1));
            BatchCount!.Assign(BatchCount + 1);
            Tensor share = _momentum is { } m ? m : 1.0 / BatchCount.Cast(RunningMean.DType);
            Track(mean, unbiased, share);
        }

        return (mean, variance);
    }
}

/// <summary><see cref="BatchNorm"/> of <c>[N, C]</c> or <c>[N, C, L]</c>.</summary>
/// <param name="channels">C.</param>
/// <param name="epsilon">Keeps the division finite.</param>
/// <param name="momentum">The share of the batch in the running statistics; null for the mean of all batches.</param>
/// <param name="affine">Whether there are a scale and a shift.</param>
/// <param name="trackStatistics">Whether there are running statistics.</param>
/// <param name="dtype">The type of the parameters; float32 by default.</param>
/// <param name="device">Where they are; the default device if null.</param>
public sealed class BatchNorm1d(
    int channels, double epsilon = 1e-5, double? momentum = 0.1, bool affine = true, bool trackStatistics = true, DType? dtype = null, string? device = null)
    : BatchNorm(3, channels, epsilon, momentum, affine, trackStatistics, dtype, device);

/// <summary><see cref="BatchNorm"/> of <c>[N, C, H, W]</c>.</summary>
/// <param name="channels">C.</param>
/// <param name="epsilon">Keeps the division finite.</param>
/// <param name="momentum">The share of the batch in the running statistics; null for the mean of all batches.</param>
/// <param name="affine">Whether there are a scale and a shift.</param>
/// <param name="trackStatistics">Whether there are running statistics.</param>
/// <param name="dtype">The type of the parameters; float32 by default.</param>
/// <param name="device">Where they are; the default device if null.</param>
public sealed class BatchNorm2d(
    int channels, double epsilon = 1e-5, double? momentum = 0.1, bool affine = true, bool trackStatistics = true, DType? dtype = null, string? device = null)
    : BatchNorm(4, channels, epsilon, momentum, affine, trackStatistics, dtype, device);

/// <summary><see cref="BatchNorm"/> of <c>[N, C, D, H, W]</c>.</summary>
/// <param name="channels">C.</param>
/// <param name="epsilon">Keeps the division finite.</param>
/// <param name="momentum">The share of the batch in the running statistics; null for the mean of all batches.</param>
/// <param name="affine">Whether there are a scale and a shift.</param>
/// <param name="trackStatistics">Whether there are running statistics.</param>
/// <param name="dtype">The type of the parameters; float32 by default.</param>
/// <param name="device">Where they are; the default device if null.</param>
public sealed class BatchNorm3d(
    int channels, double epsilon = 1e-5, double? momentum = 0.1, bool affine = true, bool trackStatistics = true, DType? dtype = null, string? device = null)
    : BatchNorm(5, channels, epsilon, momentum, affine, trackStatistics, dtype, device);
