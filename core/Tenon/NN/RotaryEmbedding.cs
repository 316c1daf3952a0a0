using Tenon.Core;

namespace Tenon.NN;

/// <summary>
/// Positions as rotations: the pair of elements 2i and 2i + 1 at position p turns by p · θ^(-2i/size).
/// </summary>
/// <remarks>Su et al., arXiv:2104.09864, with neighbours as pairs, as in the weights of Llama.</remarks>
public sealed class RotaryEmbedding
{
    private readonly Tensor _cos;
    private readonly Tensor _sin;

    /// <summary>The angles of every position, computed once.</summary>
    /// <param name="size">The size of the axis that is rotated; even.</param>
    /// <param name="positions">How many positions there are.</param>
    /// <param name="theta">The base of the wavelengths.</param>
    /// <param name="device">Where the table is; the default device if null.</param>
    /// <exception cref="TenonException">The size is odd or not positive.</exception>
    public RotaryEmbedding(int size, int positions, double theta = 10000, string? device = null)
    {
        if (size <= 0 || size % 2 != 0)
        {
            throw new TenonException("TEN3084", $"RotaryEmbedding: an axis of size {size}. Expected a positive even size, since elements rotate in pairs.");
        }

        var frequency = (Tensor.Arange(size / 2).Cast(DType.Float32) * (-2.0 * Math.Log2(theta) / size)).Exp2();
        var angle = Tensor.Arange(positions).Cast(DType.Float32).Unsqueeze(1) * frequency;
        _cos = Tensor.Stack([angle.Cos(), angle.Cos()], -1).To(device ?? TensorExecutor.Current.DefaultDevice);
        _sin = Tensor.Stack([-angle.Sin(), angle.Sin()], -1).To(device ?? TensorExecutor.Current.DefaultDevice);
        Tensor.Realize(_cos, _sin);
    }

    /// <summary>Rotates <c>[…, T, size]</c> by the positions <paramref name="start"/>, start + 1, …</summary>
    /// <exception cref="TenonException">The tensor reaches beyond the last position.</exception>
    public Tensor Apply(Tensor x, SymInt start = default)
    {
        var (end, size) = (start + x.Shape.Size(^2), x.Shape.Size(^1));
        if (start.Min < 0 || !Shapes.IsAtMost(end, _cos.Size(0)) || size != 2 * _cos.Size(1))
        {
            throw new TenonException("TEN3085", $"RotaryEmbedding: {x.Shape} from position {start}, for {_cos.Size(0)} positions of size {2 * _cos.Size(1)}. Expected […, T, {2 * _cos.Size(1)}] that ends within the positions.");
        }

        // (a, b) → (a cos - b sin, b cos + a sin); the minus is in the table.
        var range = TensorIndex.Range(start, end);
        var pairs = x.Reshape([.. x.Shape.ToSizes()[..^1], size / 2, 2]);
        return (pairs * _cos[range].Cast(x.DType) + pairs.Flip(-1) * _sin[range].Cast(x.DType)).Reshape(x.Shape);
    }
}
