using Tenon.Data;

namespace Tenon.Cli.Mnist;

/// <summary>The digits that come with this program, and how the network takes digits.</summary>
internal static class BundledDigits
{
    // The mean and standard deviation of the pixels of MNIST's training set.
    private const float Mean = 0.1307f;
    private const float Deviation = 0.3081f;

    /// <summary>Where they are.</summary>
    public static string Folder => Path.Combine(AppContext.BaseDirectory, "Data");

    /// <summary>Digits of grey values from 0 to 1 as the network takes them.</summary>
    public static Tensor Normalised(Tensor digits) => (digits - Mean) / Deviation;

    /// <summary>The digits of a folder, to learn from and to be tested by.</summary>
    public static (ImageDataset Training, ImageDataset Test) Read(string folder) =>
        (Data.Mnist.ReadTraining(folder).Normalised([Mean], [Deviation]), Data.Mnist.ReadTest(folder).Normalised([Mean], [Deviation]));
}
