using Tenon.Cli.Mnist;

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
        Assert.That(Digits.ReadTraining(Digits.BundledFolder).Count, Is.EqualTo(8000));
        Assert.That(Digits.ReadTest(Digits.BundledFolder).Count, Is.EqualTo(2000));
    }

    [Test]
    public void EveryDigitIsAmongTheBundledOnes()
    {
        var digits = Digits.ReadTraining(Digits.BundledFolder);
        var labels = new int[digits.Count];
        digits.Gather([.. Enumerable.Range(0, digits.Count)], new float[digits.Count * Digits.Pixels], labels);
        Assert.That(labels.Distinct().Order(), Is.EqualTo(Enumerable.Range(0, 10)));
    }

    [Test]
    public void GatherNormalisesAndKeepsTheOrder()
    {
        WriteSet("train", [Fill(0), Fill(255)], [3, 7]);
        var (images, labels) = (new float[2 * Digits.Pixels], new int[2]);
        Digits.ReadTraining(_folder.Path).Gather([1, 0], images, labels);
        Assert.That(labels, Is.EqualTo(new[] { 7, 3 }));
        Assert.That(images[0], Is.EqualTo(2.8215f).Within(1e-3));
        Assert.That(images[Digits.Pixels], Is.EqualTo(-0.4242f).Within(1e-3));
    }

    [Test]
    public void RefusesAnotherNumberOfLabels()
    {
        WriteSet("train", [Fill(0), Fill(1)], [3]);
        Assert.That(() => Digits.ReadTraining(_folder.Path), Throws.TypeOf<TenonException>().With.Message.Contains("2 pictures").And.Message.Contains("1 labels"));
    }

    [Test]
    public void RefusesLabelsThatAreNoDigits()
    {
        WriteSet("train", [Fill(0), Fill(1)], [3, 10]);
        Assert.That(() => Digits.ReadTraining(_folder.Path), Throws.TypeOf<TenonException>().With.Message.Contains("Label 1").And.Message.Contains("is 10"));
    }

    [Test]
    public void NamesTheFolderThatLacksTheFiles() =>
        Assert.That(() => Digits.ReadTest(_folder.Path), Throws.TypeOf<TenonException>().With.Property("Code").EqualTo("TEN9001").And.Message.Contains(_folder.Path));

    private static byte[] Fill(byte value) => [.. Enumerable.Repeat(value, Digits.Pixels)];

    private void WriteSet(string prefix, byte[][] images, byte[] labels)
    {
        _folder.Write($"{prefix}-images-idx3-ubyte", [0, 0, 8, 3, 0, 0, 0, (byte)images.Length, 0, 0, 0, 28, 0, 0, 0, 28, .. images.SelectMany(i => i)]);
        _folder.Write($"{prefix}-labels-idx1-ubyte", [0, 0, 8, 1, 0, 0, 0, (byte)labels.Length, .. labels]);
    }
}
