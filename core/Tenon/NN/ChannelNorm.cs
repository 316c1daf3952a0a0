namespace Tenon.NN;

/// <summary>What layers that normalise channels have: a scale, a shift and running statistics, each optional.</summary>
public abstract class ChannelNorm : Module
{
    private protected ChannelNorm(int channels, double epsilon, bool affine, bool trackStatistics, DType? dtype, string? device)
    {
        Epsilon = epsilon;
        if (affine)
        {
            Weight = Parameter("weight", Tensor.Ones([channels], dtype, device));
            Bias = Parameter("bias", Tensor.Zeros([channels], dtype, device));
        }

        if (trackStatistics)
        {
            RunningMean = Buffer("running_mean", Tensor.Zeros([channels], dtype, device));
            RunningVar = Buffer("running_var", Tensor.Ones([channels], dtype, device));
            BatchCount = Buffer("num_batches_tracked", Tensor.Zeros([], DType.Int64, device));
        }
    }

    /// <summary>The scale, <c>[C]</c>; null without.</summary>
    public Tensor? Weight { get; }

    /// <summary>The shift, <c>[C]</c>; null without.</summary>
    public Tensor? Bias { get; }

    /// <summary>The running mean, <c>[C]</c>; null without.</summary>
    public Tensor? RunningMean { get; }

    /// <summary>The running variance, <c>[C]</c>; null without.</summary>
    public Tensor? RunningVar { get; }

    /// <summary>How many batches went into the running statistics, a number; null without. As in PyTorch, instance norms don't count.</summary>
    public Tensor? BatchCount { get; }

    /// <summary>Keeps the division finite.</summary>
    private protected double Epsilon { get; }

    /// <summary>Moves the running statistics towards those of a batch, if there are any. No gradient passes.</summary>
    private protected void Track(Tensor mean, Tensor variance, Tensor share)
    {
        RunningMean!.Assign(RunningMean * (1.0 - share) + mean * share);
        RunningVar!.Assign(RunningVar * (1.0 - share) + variance * share);
    }
}
