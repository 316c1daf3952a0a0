namespace Tenon.Cli.Mnist;

/// <summary>Takes digits to the device, always as many at a time, so that every step has the same shapes.</summary>
internal sealed class DigitBatch(int size)
{
    private readonly float[] _images = new float[size * Digits.Pixels];
    private readonly int[] _labels = new int[size];

    /// <summary>The chosen pictures <c>[N, 1, 28, 28]</c> and their labels <c>[N]</c>.</summary>
    public (Tensor Images, Tensor Labels) Load(Digits digits, ReadOnlySpan<int> indices)
    {
        digits.Gather(indices, _images, _labels);
        return (Tensor.From<float>(_images, [size, 1, Digits.Side, Digits.Side]), Tensor.From<int>(_labels));
    }
}
