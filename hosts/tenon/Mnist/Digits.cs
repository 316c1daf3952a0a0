namespace Tenon.Cli.Mnist;

/// <summary>Pictures of handwritten digits with their labels.</summary>
internal sealed class Digits
{
    /// <summary>How many kinds of digit there are.</summary>
    public const int Classes = 10;

    /// <summary>The width and height of a picture.</summary>
    public const int Side = 28;

    /// <summary>The pixels of a picture.</summary>
    public const int Pixels = Side * Side;

    // The mean and standard deviation of the pixels of MNIST's training set, scaled to 0..1.
    private const float Mean = 0.1307f;
    private const float Deviation = 0.3081f;

    private readonly byte[] _images;
    private readonly byte[] _labels;

    private Digits(byte[] images, byte[] labels)
    {
        _images = images;
        _labels = labels;
    }

    /// <summary>How many there are.</summary>
    public int Count => _labels.Length;

    /// <summary>The folder of the digits that come with this program.</summary>
    public static string BundledFolder => Path.Combine(AppContext.BaseDirectory, "Data");

    /// <summary>Reads <c>train-images-idx3-ubyte[.gz]</c> and <c>train-labels-idx1-ubyte[.gz]</c>.</summary>
    public static Digits ReadTraining(string folder) => Read(folder, "train");

    /// <summary>Reads <c>t10k-images-idx3-ubyte[.gz]</c> and <c>t10k-labels-idx1-ubyte[.gz]</c>.</summary>
    public static Digits ReadTest(string folder) => Read(folder, "t10k");

    /// <summary>Writes the chosen pictures, normalised, and their labels, in the order given.</summary>
    /// <param name="indices">Which.</param>
    /// <param name="images">Receives <c>[indices, 784]</c>.</param>
    /// <param name="labels">Receives <c>[indices]</c>.</param>
    public void Gather(ReadOnlySpan<int> indices, Span<float> images, Span<int> labels)
    {
        for (var i = 0; i < indices.Length; i++)
        {
            labels[i] = _labels[indices[i]];
            var from = _images.AsSpan(indices[i] * Pixels, Pixels);
            var to = images.Slice(i * Pixels, Pixels);
            for (var p = 0; p < from.Length; p++)
            {
                to[p] = (from[p] / 255f - Mean) / Deviation;
            }
        }
    }

    private static Digits Read(string folder, string prefix)
    {
        var images = IdxFile.Read(Find(folder, $"{prefix}-images-idx3-ubyte"), rank: 3);
        var labels = IdxFile.Read(Find(folder, $"{prefix}-labels-idx1-ubyte"), rank: 1);
        if (images.Shape[1] != Side || images.Shape[2] != Side)
        {
            throw Unfit($"The pictures of '{images.Path}' are {images.Shape[1]} x {images.Shape[2]}; the network takes {Side} x {Side}.");
        }

        if (images.Shape[0] != labels.Shape[0])
        {
            throw Unfit($"'{images.Path}' has {images.Shape[0]} pictures but '{labels.Path}' has {labels.Shape[0]} labels.");
        }

        var wrong = labels.Data.AsSpan().IndexOfAnyExceptInRange((byte)0, (byte)(Classes - 1));
        return wrong < 0
            ? new Digits(images.Data, labels.Data)
            : throw Unfit($"Label {wrong} of '{labels.Path}' is {labels.Data[wrong]}; labels are 0 to {Classes - 1}.");
    }

    private static string Find(string folder, string name)
    {
        var plain = Path.Combine(folder, name);
        var compressed = plain + ".gz";
        return File.Exists(plain) ? plain
            : File.Exists(compressed) ? compressed
            : throw new TenonException("TEN9001", $"The folder '{folder}' has neither {name} nor {name}.gz. Give --data a folder with the four IDX files of MNIST, or leave it out for the digits that come with the program.");
    }

    private static TenonException Unfit(string message) => new("TEN9004", message + " Give --data a folder with the four IDX files of MNIST.");
}
