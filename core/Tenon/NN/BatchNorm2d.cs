namespace Tenon.NN;

/// <summary>
/// Normalises each channel of <c>[N, C, H, W]</c>: in training by the mean and variance of the batch, which also move running
/// statistics; otherwise by those.
/// </summary>
/// <remarks>
/// Ioffe and Szegedy, arXiv:1502.03167. The running statistics are computed when they are realised: an optimizer that is made
/// for the module does so at each step.
/// </remarks>
public sealed class BatchNorm2d : Module
{
    private readonly double _epsilon;
    private readonly double _momentum;

    /// <summary>A layer that at first only normalises.</summary>
    /// <param name="channels">C.</param>
    /// <param name="epsilon">Keeps the division finite.</param>
    /// <param name="momentum">The share of the batch in the running statistics.</param>
    /// <param name="dtype">The type of the parameters; float32 by default.</param>
    /// <param name="device">Where they are; the default device if null.</param>
    public BatchNorm2d(int channels, double epsilon = 1e-5, double momentum = 0.1, DType? dtype = null, string? device = null)
    {
        (_epsilon, _momentum) = (epsilon, momentum);
        Weight = Parameter("weight", Tensor.Ones([channels], dtype, device));
        Bias = Parameter("bias", Tensor.Zeros([channels], dtype, device));
        RunningMean = Buffer("running_mean", Tensor.Zeros([channels], dtype, device));
        RunningVar = Buffer("running_var", Tensor.Ones([channels], dtype, device));
    }

    /// <summary>The scale, <c>[C]</c>.</summary>
    public Tensor Weight { get; }

    /// <summary>The shift, <c>[C]</c>.</summary>
    public Tensor Bias { get; }

    /// <summary>The running mean, <c>[C]</c>.</summary>
    public Tensor RunningMean { get; }

    /// <summary>The running variance, <c>[C]</c>.</summary>
    public Tensor RunningVar { get; }

    /// <inheritdoc/>
    public override Tensor Forward(Tensor x)
    {
        var (mean, variance) = IsTraining ? BatchStatistics(x) : (RunningMean, RunningVar);
        var scale = Weight * (variance + _epsilon).Rsqrt();
        return (x - PerChannel(mean)) * PerChannel(scale) + PerChannel(Bias);
    }

    private static Tensor PerChannel(Tensor x) => x.Reshape(-1, 1, 1);

    private (Tensor Mean, Tensor Variance) BatchStatistics(Tensor x)
    {
        var mean = x.Mean([0, 2, 3]);
        var variance = (x - PerChannel(mean)).Square().Mean([0, 2, 3]);
        using (Tensor.NoGrad())
        {
            Tensor count = x.Shape.Size(0) * x.Shape.Size(2) * x.Shape.Size(3);
            var unbiased = variance * (count / (count - 1).Maximum(1));
            RunningMean.Assign(RunningMean * (1 - _momentum) + mean * _momentum);
            RunningVar.Assign(RunningVar * (1 - _momentum) + unbiased * _momentum);
        }

        return (mean, variance);
    }
}
