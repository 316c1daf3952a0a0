using System.Buffers.Binary;
using System.Text;
using Tenon.State;
using static Tenon.Tests.TensorTest;

namespace Tenon.Tests;

internal sealed class SafetensorsTests
{
    private string _folder = "";

    private string Path => System.IO.Path.Combine(_folder, "model.safetensors");

    [SetUp]
    public void CreateFolder() => _folder = Directory.CreateTempSubdirectory("tenon").FullName;

    [TearDown]
    public void DeleteFolder() => Directory.Delete(_folder, recursive: true);

    [Test]
    public void TensorsComeBackAsTheyWere()
    {
        var saved = DType.All.Where(HasName).ToDictionary(d => $"of {d}", d => (Tensor.Arange(6).Reshape(2, 3) * 0.75).Cast(d));
        saved["scalar"] = 3;
        saved["none"] = Tensor.Zeros(0, 2);
        Safetensors.Save(Path, saved, new Dictionary<string, string> { ["made by"] = "tests" });
        var loaded = Safetensors.Load(Path);
        Assert.That(loaded.Keys, Is.EquivalentTo(saved.Keys));
        foreach (var (name, tensor) in saved)
        {
            Assert.That(loaded[name].DType, Is.EqualTo(tensor.DType));
            Expect(loaded[name], tensor, 0);
        }

        Assert.That(Safetensors.LoadMetadata(Path)["made by"], Is.EqualTo("tests"));
        Assert.That(Directory.GetFiles(_folder), Has.Length.EqualTo(1));

        static bool HasName(DType d) => !d.IsComplex && (!d.IsPacked || d.IsFloat) && !d.Name.EndsWith("fnuz", StringComparison.Ordinal);
    }

    [Test]
    public void DtypesWithoutANameAreRefused()
    {
        ExpectError("TEN3105", () => Safetensors.Save(Path, new Dictionary<string, Tensor> { ["a"] = Tensor.Ones([2], DType.Int4) }));
        var complex = Tensor.Complex(Tensor.Ones(2), 3);
        Safetensors.Save(Path, new Dictionary<string, Tensor> { ["a"] = complex });
        Assert.That(Safetensors.Load(Path)["a"].ToBytes(), Is.EqualTo(complex.ToBytes()));
    }

    [Test]
    public void TheHeaderIsAlignedAndReadable()
    {
        Safetensors.Save(Path, new Dictionary<string, Tensor> { ["a"] = Tensor.Ones(1) });
        var bytes = File.ReadAllBytes(Path);
        var length = (int)BinaryPrimitives.ReadInt64LittleEndian(bytes);
        Assert.That(length % 8, Is.Zero);
        Assert.That(Encoding.UTF8.GetString(bytes, 8, length).Trim(), Is.EqualTo("""{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}"""));
        Assert.That(bytes, Has.Length.EqualTo(8 + length + 4));
    }

    [TestCase("[]", 0, "TEN3103")]
    [TestCase("{", 0, "TEN3103")]
    [TestCase("""{"a":3}""", 0, "TEN3104")]
    [TestCase("""{"a":{"dtype":"F32","shape":[1]}}""", 4, "TEN3104")]
    [TestCase("""{"a":{"dtype":"F32","shape":[-1],"data_offsets":[0,4]}}""", 4, "TEN3104")]
    [TestCase("""{"a":{"dtype":"F32","shape":[1],"data_offsets":[4,0]}}""", 4, "TEN3104")]
    [TestCase("""{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}""", 4, "TEN3104")]
    [TestCase("""{"__metadata__":{"a":1}}""", 0, "TEN3104")]
    [TestCase("""{"a":{"dtype":"F7","shape":[1],"data_offsets":[0,4]}}""", 4, "TEN3105")]
    [TestCase("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,4]}}""", 4, "TEN3106")]
    [TestCase("""{"a":{"dtype":"F32","shape":[4611686018427387904,4],"data_offsets":[0,0]}}""", 0, "TEN3106")]
    [TestCase("""{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"b":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}""", 8, "TEN3107")]
    [TestCase("""{"a":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}""", 8, "TEN3107")]
    [TestCase("""{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}""", 3, "TEN3107")]
    [TestCase("""{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}""", 5, "TEN3107")]
    public void WrongHeadersSaySo(string header, int dataBytes, string code)
    {
        var text = Encoding.UTF8.GetBytes(header);
        var bytes = new byte[8 + text.Length + dataBytes];
        BinaryPrimitives.WriteInt64LittleEndian(bytes, text.Length);
        text.CopyTo(bytes, 8);
        File.WriteAllBytes(Path, bytes);
        var error = Assert.Throws<TenonFormatException>(() => Safetensors.Load(Path));
        Assert.That(error!.Message, Does.StartWith(code).And.Contain("model.safetensors"));
    }

    [Test]
    public void TruncatedFilesSaySoWhereverTheyEnd()
    {
        Safetensors.Save(Path, new Dictionary<string, Tensor> { ["a"] = Tensor.Ones(2, 2), ["b"] = Tensor.Arange(3) });
        var bytes = File.ReadAllBytes(Path);
        for (var length = 0; length < bytes.Length; length++)
        {
            File.WriteAllBytes(Path, bytes[..length]);
            Assert.Throws<TenonFormatException>(() => Safetensors.Load(Path));
        }

        ExpectError("TEN3100", () => Safetensors.Load(System.IO.Path.Combine(_folder, "missing")));
        ExpectError("TEN3108", () => Safetensors.Save(System.IO.Path.Combine(_folder, "missing", "x"), new Dictionary<string, Tensor> { ["a"] = 1 }));
    }
}
