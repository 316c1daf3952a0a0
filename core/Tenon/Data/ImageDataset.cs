namespace Tenon.Data;

/// <summary>Pictures of bytes with labels: samples are float32 <c>[C, H, W]</c>, between 0 and 1 or normalised, and int32 labels.</summary>
public sealed class ImageDataset : IDataset
{
    private readonly byte[] _images;
    private readonly byte[] _labels;
    private readonly float[] _scale;
    private readonly float[] _shift;

    /// <summary>A data set.</summary>
    /// <param name="images">Pixels <c>[N, C, H, W]</c>, the last axis running fastest.</param>
    /// <param name="labels">Labels <c>[N]</c>.</param>
    /// <param name="channels">C.</param>
    /// <param name="height">H.</param>
    /// <param name="width">W.</param>
    /// <exception cref="TenonException">The pixels are not those of as many pictures as there are labels.</exception>
    public ImageDataset(byte[] images, byte[] labels, int channels, int height, int width)
        : this(images, labels, channels, height, width, Repeated(1 / 255f, channels), Repeated(0, channels))
    {
        if (images.LongLength != (long)labels.Length * channels * height * width)
        {
            throw new TenonException("TEN3261", $"ImageDataset: {images.LongLength} pixels for {labels.Length} labels. Expected {channels} x {height} x {width} for each.");
        }
    }

    private ImageDataset(byte[] images, byte[] labels, int channels, int height, int width, float[] scale, float[] shift) =>
        (_images, _labels, Channels, Height, Width, _scale, _shift) = (images, labels, channels, height, width, scale, shift);

    /// <inheritdoc/>
    public int Count => _labels.Length;

    /// <summary>C.</summary>
    public int Channels { get; }

    /// <summary>H.</summary>
    public int Height { get; }

    /// <summary>W.</summary>
    public int Width { get; }

    /// <summary>The label of each picture.</summary>
    public ReadOnlySpan<byte> Labels => _labels;

    /// <inheritdoc/>
    public Batch this[int index]
    {
        get
        {
            var (images, labels) = Read([index]);
            return new Batch(images[0].AsValue(), labels[0].AsValue());
        }
    }

    /// <summary>The same pictures, of which each channel has a mean taken away and is divided by a deviation; pixels count from 0 to 1.</summary>
    /// <param name="mean">The mean of each channel, or one for all.</param>
    /// <param name="deviation">The deviation of each channel, or one for all.</param>
    /// <exception cref="TenonException">There are other numbers of them.</exception>
    public ImageDataset Normalised(ReadOnlySpan<float> mean, ReadOnlySpan<float> deviation)
    {
        if ((mean.Length != 1 && mean.Length != Channels) || (deviation.Length != 1 && deviation.Length != Channels))
        {
            throw new TenonException("TEN3261", $"Normalised: {mean.Length} means and {deviation.Length} deviations for {Channels} channels. Expected one, or one for each.");
        }

        var (scale, shift) = (new float[Channels], new float[Channels]);
        for (var c = 0; c < Channels; c++)
        {
            var d = deviation[deviation.Length == 1 ? 0 : c];
            (scale[c], shift[c]) = (1 / (255 * d), -mean[mean.Length == 1 ? 0 : c] / d);
        }

        return new ImageDataset(_images, _labels, Channels, Height, Width, scale, shift);
    }

    /// <inheritdoc/>
    public Batch Read(ReadOnlySpan<int> indices)
    {
        var (plane, size) = (Height * Width, Channels * Height * Width);
        var (images, labels) = (new float[indices.Length * size], new int[indices.Length]);
        for (var i = 0; i < indices.Length; i++)
        {
            var index = indices[i];
            if ((uint)index >= (uint)Count)
            {
                throw new TenonException("TEN3262", $"Sample {index} of {Count}. Expected 0 to {Count - 1}.");
            }

            labels[i] = _labels[index];
            for (var c = 0; c < Channels; c++)
            {
                var from = _images.AsSpan(index * size + c * plane, plane);
                var to = images.AsSpan(i * size + c * plane, plane);
                for (var p = 0; p < plane; p++)
                {
                    to[p] = from[p] * _scale[c] + _shift[c];
                }
            }
        }

        return new Batch(Tensor.From<float>(images, [indices.Length, Channels, Height, Width]), Tensor.From<int>(labels));
    }

    private static float[] Repeated(float value, int count) => [.. Enumerable.Repeat(value, count)];
}
