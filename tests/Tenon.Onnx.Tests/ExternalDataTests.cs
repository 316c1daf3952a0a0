using Google.Protobuf;
using Tenon.Onnx.Format;
using Tenon.State;
using static Tenon.Onnx.Tests.ModelBuilder;

namespace Tenon.Onnx.Tests;

public sealed class ExternalDataTests
{
    private DirectoryInfo _folder = null!;

    [SetUp]
    public void SetUp() => _folder = Directory.CreateTempSubdirectory("tenon-onnx-test");

    [TearDown]
    public void TearDown() => _folder.Delete(recursive: true);

    [Test]
    public void DataBesideTheModelIsRead()
    {
        File.WriteAllBytes(In("model/data/w.bin"), [1, 1, 1, 1, .. BitConverter.GetBytes(5f), .. BitConverter.GetBytes(-7f), 9]);
        Assert.That(Run(("location", "data/w.bin"), ("offset", "4"), ("length", "8")), Is.EqualTo(new[] { 5f, 0f }));
        Assert.That(Run(("location", "data/w.bin"), ("offset", "4")), Is.EqualTo(new[] { 5f, 0f }));
    }

    [TestCase("../secret.bin")]
    [TestCase("data/../../secret.bin")]
    [TestCase("..\\secret.bin")]
    [TestCase("/etc/passwd")]
    [TestCase("C:\\secret.bin")]
    [TestCase("")]
    [TestCase(".")]
    public void DataElsewhereIsRefused(string location)
    {
        File.WriteAllBytes(In("secret.bin"), new byte[8]);
        Directory.CreateDirectory(In("model/data"));
        Assert.That(() => Run(("location", location)), Throws.InstanceOf<TenonFormatException>().With.Message.Contains("TEN5204"));
    }

    [Test]
    public void LinkThatLeavesTheFolderIsRefused()
    {
        File.WriteAllBytes(In("secret.bin"), new byte[8]);
        Directory.CreateDirectory(In("outside"));
        File.WriteAllBytes(In("outside/w.bin"), new byte[8]);
        Directory.CreateDirectory(In("model"));
        try
        {
            File.CreateSymbolicLink(In("model/link.bin"), In("secret.bin"));
            Directory.CreateSymbolicLink(In("model/folder"), In("outside"));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            Assert.Ignore($"Links can't be made here: {e.Message}");
        }

        Assert.That(() => Run(("location", "link.bin")), Throws.InstanceOf<TenonFormatException>().With.Message.Contains("TEN5204"));
        Assert.That(() => Run(("location", "folder/w.bin")), Throws.InstanceOf<TenonFormatException>().With.Message.Contains("TEN5204"));
    }

    [TestCase("0", "12")]
    [TestCase("8", "8")]
    [TestCase("-1", "8")]
    [TestCase("9223372036854775807", "8")]
    [TestCase("x", "8")]
    public void PartThatDoesNotFitIsRefused(string offset, string length)
    {
        File.WriteAllBytes(In("model/w.bin"), new byte[12]);
        Assert.That(() => Run(("location", "w.bin"), ("offset", offset), ("length", length)), Throws.InstanceOf<TenonFormatException>().With.Message.Contains("TEN5203"));
    }

    [Test]
    public void MissingFileIsAnError() => Assert.That(() => Run(("location", "none.bin")), Throws.InstanceOf<TenonFormatException>().With.Message.Contains("none.bin"));

    private string In(string path)
    {
        var full = Path.Combine(_folder.FullName, path);
        Directory.CreateDirectory(Path.GetDirectoryName(full)!);
        return full;
    }

    private float[] Run(params (string Key, string Value)[] entries)
    {
        var tensor = new TensorProto { Name = "w", DataType = (int)OnnxElement.Float, Dims = { 2 }, DataLocation = TensorProto.Types.DataLocation.External };
        tensor.ExternalData.AddRange(entries.Select(e => new StringStringEntryProto { Key = e.Key, Value = e.Value }));
        File.WriteAllBytes(In("model/m.onnx"), new ModelBuilder().Output("y").With(tensor).With(Node("Relu", "w", "y")).Model.ToByteArray());
        return OnnxModel.Load(In("model/m.onnx")).Run()["y"].Tensor.ToArray<float>();
    }
}
