using Tenon.State;

namespace Tenon.Data;

/// <summary>The binary versions of CIFAR-10 and CIFAR-100: pictures of 32 x 32 in three channels.</summary>
/// <remarks>Krizhevsky, "Learning Multiple Layers of Features from Tiny Images" (2009): labels of one byte each, then 3,072 pixels.</remarks>
public static class Cifar
{
    private const int Side = 32;
    private const int Pixels = 3 * Side * Side;

    /// <summary>Reads <c>data_batch_1.bin</c> to <c>data_batch_5.bin</c>; 10 classes.</summary>
    /// <exception cref="TenonException">A file is missing or can't be read.</exception>
    /// <exception cref="TenonFormatException">A file is damaged.</exception>
    public static ImageDataset ReadTraining10(string folder) => Read(folder, [.. Enumerable.Range(1, 5).Select(i => $"data_batch_{i}.bin")], 1, 0, 10);

    /// <summary>Reads <c>test_batch.bin</c>; 10 classes.</summary>
    /// <exception cref="TenonException">A file is missing or can't be read.</exception>
    /// <exception cref="TenonFormatException">A file is damaged.</exception>
    public static ImageDataset ReadTest10(string folder) => Read(folder, ["test_batch.bin"], 1, 0, 10);

    /// <summary>Reads <c>train.bin</c> of CIFAR-100; 100 classes, or 20 coarse ones.</summary>
    /// <exception cref="TenonException">A file is missing or can't be read.</exception>
    /// <exception cref="TenonFormatException">A file is damaged.</exception>
    public static ImageDataset ReadTraining100(string folder, bool coarse = false) => Read(folder, ["train.bin"], 2, coarse ? 0 : 1, coarse ? 20 : 100);

    /// <summary>Reads <c>test.bin</c> of CIFAR-100; 100 classes, or 20 coarse ones.</summary>
    /// <exception cref="TenonException">A file is missing or can't be read.</exception>
    /// <exception cref="TenonFormatException">A file is damaged.</exception>
    public static ImageDataset ReadTest100(string folder, bool coarse = false) => Read(folder, ["test.bin"], 2, coarse ? 0 : 1, coarse ? 20 : 100);

    // Rows of some labels, of which one is taken, and the pixels.
    private static ImageDataset Read(string folder, string[] names, int labelsPerRow, int label, int classes)
    {
        var files = Array.ConvertAll(names, n => (Path: Path.Combine(folder, n), Bytes: Content(Path.Combine(folder, n))));
        var row = labelsPerRow + Pixels;
        var images = new byte[files.Sum(f => (long)f.Bytes.Length / row) * Pixels];
        var labels = new byte[images.Length / Pixels];
        var next = 0;
        foreach (var (path, bytes) in files)
        {
            if (bytes.Length == 0 || bytes.Length % row != 0)
            {
                throw new TenonFormatException("TEN3268", path, bytes.Length / row * row, "rows", $"{bytes.Length} bytes are not whole rows of {row}. Get the binary version again.");
            }

            for (var at = 0; at < bytes.Length; at += row, next++)
            {
                labels[next] = bytes[at + label] < classes
                    ? bytes[at + label]
                    : throw new TenonFormatException("TEN3269", path, at + label, $"label {at / row}", $"it is {bytes[at + label]}; labels are 0 to {classes - 1}. Get the binary version again.");
                bytes.AsSpan(at + labelsPerRow, Pixels).CopyTo(images.AsSpan(next * Pixels));
            }
        }

        return new ImageDataset(images, labels, 3, Side, Side);
    }

    private static byte[] Content(string path)
    {
        try
        {
            return File.ReadAllBytes(path);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new TenonException("TEN3266", $"There is no '{path}'. Give a folder with the files of CIFAR's binary version.", e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new TenonException("TEN3267", $"Can't read the data file '{path}': {e.Message}", e);
        }
    }
}
