using Tenon.State;
using static Tenon.Tests.TensorTest;

namespace Tenon.Tests;

/// <summary>Files as tensors.</summary>
internal sealed class FileTests
{
    private string _folder = "";

    [SetUp]
    public void CreateFolder() => _folder = Directory.CreateTempSubdirectory("tenon").FullName;

    [TearDown]
    public void DeleteFolder() => Directory.Delete(_folder, recursive: true);

    [Test]
    public void AFileIsATensor()
    {
        File.WriteAllBytes(In("x"), [1, 2, 3, 4, 5, 6, 7, 8, 9]);
        var x = Tensor.FromFile(In("x"));
        Assert.That(x.Device, Is.EqualTo(TensorExecutor.Current.FileDevice));
        Assert.That(x.IsRealized, Is.True);
        Assert.That(x.ToArray<byte>(), Is.EqualTo(new byte[] { 1, 2, 3, 4, 5, 6, 7, 8, 9 }));
        Assert.That(Tensor.FromFile(In("x"), DType.Int16, [2, 2], 1).ToArray<short>(), Is.EqualTo(new short[] { 0x302, 0x504, 0x706, 0x908 }));
        Assert.That(Tensor.FromFile(In("x"), DType.UInt8, [0]).ToArray<byte>(), Is.Empty);
        Assert.That(x.ToString(), Does.Contain("9"));
    }

    [Test]
    public void ViewsOfAFileGiveWhatViewsOfMemoryDo()
    {
        var memory = Tensor.Arange(4 * 5 * 6).Reshape(4, 5, 6).Realize();
        var file = memory.ToFile(In("x"));
        Func<Tensor, Tensor>[] views =
        [
            x => x[1], x => x[1..3], x => x[2, 3], x => x[2, 1..4], x => x[.., 1], x => x[1..2, 2..3, 4..5], x => x[3, 4, 5],
            x => x[1..3, 1..3, 1..3], x => x[2].Reshape(3, 10)[1], x => x.Permute(2, 0, 1)[3], x => x[1..3].Flip(0), x => x[1].Permute(1, 0)[2..4],
            x => x[3..3], x => x[2].Unsqueeze(0).Expand(3, 5, 6)[1], x => x[1, .., 2..4].Reshape(10),
        ];
        for (var i = 0; i < views.Length; i++)
        {
            var expected = views[i](memory);
            var view = views[i](file);
            Assert.That(view.Device, Is.EqualTo(file.Device));
            Assert.That(view.ToArray<int>(), Is.EqualTo(expected.ToArray<int>()), $"view {i}");
            Expect(view.To(memory.Device) + 1, expected + 1);
        }
    }

    [Test]
    public void OnlyWhatIsSeenIsRead()
    {
        // A file that is larger than memory, of which the system keeps no more than what is written.
        const long Rows = 1L << 28;
        using (var stream = new FileStream(In("huge"), FileMode.Create))
        {
            stream.SetLength(Rows * 1024);
            stream.Position = Rows / 2 * 1024 + 16;
            stream.Write([7, 0, 0, 0]);
        }

        var x = Tensor.FromFile(In("huge"), DType.Int32, [Rows, 256]);
        Assert.That(x[(int)(Rows / 2)].To(TensorExecutor.Current.DefaultDevice)[0..8].ToArray<int>(), Is.EqualTo(new[] { 0, 0, 0, 0, 7, 0, 0, 0 }));
        Assert.That(x[(int)(Rows / 4)..(int)(Rows / 4 + 2), 1..3].ToArray<int>(), Is.EqualTo(new int[4]));
    }

    [Test]
    public void AFileComesFromAnotherAndReplacesItself()
    {
        var x = Tensor.Arange(6).Reshape(2, 3).ToFile(In("x"));
        Assert.That(x[1].ToFile(In("y")).ToArray<int>(), Is.EqualTo(new[] { 3, 4, 5 }));
        Assert.That(x.Permute(1, 0).ToFile(In("x")).ToArray<int>(), Is.EqualTo(new[] { 0, 3, 1, 4, 2, 5 }));
        Assert.That(Directory.GetFiles(_folder), Has.Length.EqualTo(2));
    }

    [Test]
    public void WrongFilesSaySo()
    {
        File.WriteAllBytes(In("x"), new byte[8]);
        Assert.Throws<TenonFormatException>(() => Tensor.FromFile(In("x"), DType.Int32, [3]));
        Assert.Throws<TenonFormatException>(() => Tensor.FromFile(In("x"), DType.Int32, [1L << 62, 1L << 62]));
        Assert.Throws<TenonFormatException>(() => Tensor.FromFile(In("x"), offset: 9));
        ExpectError("TEN3100", () => Tensor.FromFile(In("missing")));
        ExpectError("TEN3108", () => Tensor.Arange(3).ToFile(System.IO.Path.Combine(_folder, "missing", "x")));
        ExpectError("TEN3015", () => (Tensor.FromFile(In("x")) + Tensor.From<byte>([1, 2, 3, 4, 5, 6, 7, 8])).Realize());
    }

    [Test]
    public void SafetensorsAreReadWhenTheyAreUsed()
    {
        var path = In("m.safetensors");
        Safetensors.Save(path, new Dictionary<string, Tensor> { ["a"] = Tensor.Arange(12).Reshape(4, 3), ["b"] = Tensor.Ones(2) });
        var opened = Safetensors.Open(path);
        Assert.That(opened["a"].Device, Is.EqualTo(TensorExecutor.Current.FileDevice));
        Assert.That(opened["a"][1..3].ToArray<int>(), Is.EqualTo(new[] { 3, 4, 5, 6, 7, 8 }));
        Safetensors.Save(In("copy.safetensors"), opened);
        Assert.That(File.ReadAllBytes(In("copy.safetensors")), Is.EqualTo(File.ReadAllBytes(path)));
    }

    [Test]
    public void SafetensorsMayBeShards()
    {
        var path = In("m.safetensors.index.json");
        var saved = Enumerable.Range(0, 5).ToDictionary(i => $"t{i}", i => Tensor.Arange(i + 1));
        Safetensors.SaveShards(path, saved, 20);
        Assert.That(Directory.GetFiles(_folder), Has.Length.EqualTo(5));
        var loaded = Safetensors.Load(path);
        foreach (var (name, tensor) in saved)
        {
            Expect(loaded[name], tensor);
        }

        File.WriteAllText(path, """{"weight_map":{"t0":"../m-00001-of-00004.safetensors"}}""");
        ExpectError("TEN5111", () => Safetensors.Open(path));
        File.WriteAllText(path, """{"weight_map":{"t4":"m-00001-of-00004.safetensors"}}""");
        ExpectError("TEN5111", () => Safetensors.Open(path));
        File.WriteAllText(path, """{"weight_map":{"t4":"m.safetensors.index.json"}}""");
        ExpectError("TEN5111", () => Safetensors.Open(path));
        File.WriteAllText(path, """{"weight_map":["t4"]}""");
        ExpectError("TEN5111", () => Safetensors.Open(path));
    }

    private string In(string name) => System.IO.Path.Combine(_folder, name);
}
