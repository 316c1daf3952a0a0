using Tenon.State;

namespace Tenon.Data;

/// <summary>The four IDX files of MNIST, and of those that have its form: Fashion-MNIST, KMNIST. Pictures of one channel, 10 classes.</summary>
/// <remarks>LeCun et al., <c>doi.org/10.1109/5.726791</c>; Xiao, Rasul and Vollgraf, arXiv:1708.07747.</remarks>
public static class Mnist
{
    /// <summary>How many classes there are.</summary>
    public const int Classes = 10;

    /// <summary>The width and height of a picture.</summary>
    public const int Side = 28;

    /// <summary>Reads <c>train-images-idx3-ubyte[.gz]</c> and <c>train-labels-idx1-ubyte[.gz]</c>.</summary>
    /// <exception cref="TenonException">A file is missing or can't be read.</exception>
    /// <exception cref="TenonFormatException">A file is damaged, or the two don't fit.</exception>
    public static ImageDataset ReadTraining(string folder) => Read(folder, "train");

    /// <summary>Reads <c>t10k-images-idx3-ubyte[.gz]</c> and <c>t10k-labels-idx1-ubyte[.gz]</c>.</summary>
    /// <exception cref="TenonException">A file is missing or can't be read.</exception>
    /// <exception cref="TenonFormatException">A file is damaged, or the two don't fit.</exception>
    public static ImageDataset ReadTest(string folder) => Read(folder, "t10k");

    private static ImageDataset Read(string folder, string prefix)
    {
        var images = IdxFile.Read(Find(folder, $"{prefix}-images-idx3-ubyte"), rank: 3);
        var labels = IdxFile.Read(Find(folder, $"{prefix}-labels-idx1-ubyte"), rank: 1);
        if (images.Shape[1] != Side || images.Shape[2] != Side)
        {
            throw Unfit(images, 8, "picture size", $"pictures are {images.Shape[1]} x {images.Shape[2]}; expected {Side} x {Side}");
        }

        if (images.Shape[0] != labels.Shape[0])
        {
            throw Unfit(labels, 4, "size of axis 0", $"there are {labels.Shape[0]} labels for the {images.Shape[0]} pictures of '{images.Path}'");
        }

        var wrong = labels.Data.AsSpan().IndexOfAnyExceptInRange((byte)0, (byte)(Classes - 1));
        return wrong < 0
            ? new ImageDataset(images.Data, labels.Data, 1, Side, Side)
            : throw Unfit(labels, 8 + wrong, $"label {wrong}", $"it is {labels.Data[wrong]}; labels are 0 to {Classes - 1}");
    }

    private static string Find(string folder, string name)
    {
        var plain = Path.Combine(folder, name);
        var compressed = plain + ".gz";
        return File.Exists(plain) ? plain
            : File.Exists(compressed) ? compressed
            : throw new TenonException("TEN3266", $"The folder '{folder}' has neither {name} nor {name}.gz. Give a folder with the four IDX files of MNIST.");
    }

    private static TenonFormatException Unfit(IdxFile file, long offset, string field, string problem) =>
        new("TEN3269", file.Path, offset, field, $"{problem}. Give a folder with the four IDX files of MNIST.");
}
