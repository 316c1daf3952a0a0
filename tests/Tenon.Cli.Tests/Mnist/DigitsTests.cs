using Tenon.Cli.Mnist;
using Tenon.Data;
using Tenon.State;

namespace Tenon.Cli.Tests.Mnist;

public sealed class DigitsTests
{
    private TemporaryFolder _folder = null!;

    [SetUp]
    public void SetUp() => _folder = new TemporaryFolder();

    [TearDown]
    public void TearDown() => _folder.Dispose();

    [Test]
    public void BundledDigitsAreThereInBothParts()
    {
        var (training, test) = BundledDigits.Read(BundledDigits.Folder);
        Assert.That((training.Count, test.Count), Is.EqualTo((8000, 2000)));
    }

    [Test]
    public void EveryDigitIsAmongTheBundledOnes()
    {
        var labels = Data.Mnist.ReadTraining(BundledDigits.Folder).Labels.ToArray();
        Assert.That(labels.Distinct().Order(), Is.EqualTo(Enumerable.Range(0, 10)));
    }

    [Test]
    public void RefusesAnotherNumberOfLabels()
    {
        WriteSet("train", [Fill(0), Fill(1)], [3]);
        Assert.That(() => Data.Mnist.ReadTraining(_folder.Path), Throws.TypeOf<TenonFormatException>().With.Message.Contains("2 pictures").And.Message.Contains("1 labels"));
    }

    [Test]
    public void RefusesLabelsThatAreNoDigits()
    {
        WriteSet("train", [Fill(0), Fill(1)], [3, 10]);
        Assert.That(() => Data.Mnist.ReadTraining(_folder.Path), Throws.TypeOf<TenonFormatException>().With.Message.Contains("label 1").And.Message.Contains("is 10"));
    }

    [Test]
    public void NamesTheFolderThatLacksTheFiles() =>
        Assert.That(() => Data.Mnist.ReadTest(_folder.Path), Throws.TypeOf<TenonException>().With.Property("Code").EqualTo("TEN3266").And.Message.Contains(_folder.Path));

    private static byte[] Fill(byte value) => [.. Enumerable.Repeat(value, 28 * 28)];

    private void WriteSet(string prefix, byte[][] images, byte[] labels)
    {
        _folder.Write($"{prefix}-images-idx3-ubyte", [0, 0, 8, 3, 0, 0, 0, (byte)images.Length, 0, 0, 0, 28, 0, 0, 0, 28, .. images.SelectMany(i => i)]);
        _folder.Write($"{prefix}-labels-idx1-ubyte", [0, 0, 8, 1, 0, 0, 0, (byte)labels.Length, .. labels]);
    }
}
