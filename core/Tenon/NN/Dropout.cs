namespace Tenon.NN;

/// <summary>In training, sets elements to 0 with probability <paramref name="p"/> and scales the others; otherwise nothing.</summary>
/// <param name="p">The probability.</param>
/// <remarks>Srivastava et al., JMLR 15 (2014).</remarks>
public sealed class Dropout(double p = 0.5) : Module
{
    /// <inheritdoc/>
    public override Tensor Forward(Tensor x) => IsTraining ? x.Dropout(p) : x;
}

/// <summary>In training, sets whole channels to 0 with a probability and scales the others.</summary>
/// <remarks>Tompson et al., arXiv:1411.4280.</remarks>
public abstract class ChannelDropout : Module
{
    private readonly int _rank;
    private readonly double _p;

    private protected ChannelDropout(int rank, double p) => (_rank, _p) = (rank, p);

    /// <inheritdoc/>
    /// <exception cref="TenonException">The rank is another.</exception>
    public override Tensor Forward(Tensor x)
    {
        if (x.Rank != _rank && x.Rank != _rank - 1)
        {
            throw new TenonException("TEN3254", $"{GetType().Name}: input {x.Shape}. Expected [N, C, …] of rank {_rank}, or [C, …].");
        }

        if (!IsTraining || _p == 0)
        {
            return x;
        }

        var channels = x.Shape.ToSizes();
        channels.AsSpan(x.Rank - _rank + 2).Fill(1);
        return x * Tensor.Ones(channels, x.DType, x.Device).Dropout(_p);
    }
}

/// <summary><see cref="ChannelDropout"/> of <c>[N, C, L]</c> or <c>[C, L]</c>.</summary>
/// <param name="p">The probability.</param>
public sealed class Dropout1d(double p = 0.5) : ChannelDropout(3, p);

/// <summary><see cref="ChannelDropout"/> of <c>[N, C, H, W]</c> or <c>[C, H, W]</c>.</summary>
/// <param name="p">The probability.</param>
public sealed class Dropout2d(double p = 0.5) : ChannelDropout(4, p);

/// <summary><see cref="ChannelDropout"/> of <c>[N, C, D, H, W]</c> or <c>[C, D, H, W]</c>.</summary>
/// <param name="p">The probability.</param>
public sealed class Dropout3d(double p = 0.5) : ChannelDropout(5, p);

/// <summary>In training, sets elements to what selu saturates at with probability <paramref name="p"/>, so that mean and variance stay.</summary>
/// <param name="p">The probability.</param>
/// <remarks>Klambauer et al., arXiv:1706.02515.</remarks>
public sealed class AlphaDropout(double p = 0.5) : Module
{
    // -λα of selu.
    private const double Saturation = -1.7580993408473766;

    /// <inheritdoc/>
    public override Tensor Forward(Tensor x)
    {
        if (!IsTraining || p == 0)
        {
            return x;
        }

        var scale = 1 / Math.Sqrt((1 - p) * (1 + p * Saturation * Saturation));
        var isKept = Tensor.Rand(x.Shape, DType.Float32, x.Device) >= p;
        return Tensor.Where(isKept, x, Saturation) * scale - scale * p * Saturation;
    }
}
