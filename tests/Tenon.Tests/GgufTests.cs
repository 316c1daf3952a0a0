using System.IO.Compression;
using System.Runtime.InteropServices;
using Tenon.Core;
using Tenon.State;
using static Tenon.Tests.TensorTest;

namespace Tenon.Tests;

internal sealed class GgufTests
{
    private string _folder = "";

    [SetUp]
    public void CreateFolder() => _folder = Directory.CreateTempSubdirectory("tenon").FullName;

    [TearDown]
    public void DeleteFolder() => Directory.Delete(_folder, recursive: true);

    /// <summary>Random blocks of each format (scales that are not finite left out), and the bits that ggml's own code makes of them.</summary>
    public static IEnumerable<TestCaseData> Blocks()
    {
        using var data = new BinaryReader(new GZipStream(File.OpenRead(System.IO.Path.Combine(TestContext.CurrentContext.TestDirectory, "Data", "ggml-blocks.bin.gz")), CompressionMode.Decompress));
        for (var i = 0; i < 26; i++)
        {
            var (type, rawBytes, elementBytes) = ((GgmlType)data.ReadInt32(), data.ReadInt32(), data.ReadInt32());
            yield return new TestCaseData(type, data.ReadBytes(rawBytes), MemoryMarshal.Cast<byte, uint>(data.ReadBytes(elementBytes)).ToArray()).SetArgDisplayNames(type.ToString());
        }
    }

    [TestCaseSource(nameof(Blocks))]
    public void QuantisedBlocksAreWhatGgmlMakesOfThem(GgmlType type, byte[] raw, uint[] expected)
    {
        var bytes = Tensor.From<byte>(raw, [2, raw.Length / 2]);
        Assert.That(MemoryMarshal.Cast<float, uint>(GgufTensor.Dequantize(bytes, type).ToArray<float>()).ToArray(), Is.EqualTo(expected));
        Assert.That(GgmlReference.Dequantize(type, raw).Select(BitConverter.SingleToUInt32Bits), Is.EqualTo(expected));
    }

    [Test]
    public void BlocksOfAllFormatsAreWhatAPlainLoopMakesOfThem()
    {
        var random = new Random(4);
        foreach (var type in Enum.GetValues<GgmlType>())
        {
            if (GgmlFormat.Find(type) is not { Unpack: not null } format)
            {
                continue;
            }

            // Elements that are NaN may have any bits of it.
            var raw = new byte[3 * format.BlockBytes];
            random.NextBytes(raw);
            var expected = GgmlReference.Dequantize(type, raw);
            var actual = GgufTensor.Dequantize(Tensor.From<byte>(raw), type).ToArray<float>();
            for (var i = 0; i < expected.Length; i++)
            {
                Assert.That(BitConverter.SingleToUInt32Bits(actual[i]), float.IsNaN(expected[i]) ? Is.Not.Null : Is.EqualTo(BitConverter.SingleToUInt32Bits(expected[i])), $"{type}, element {i}");
                Assert.That(float.IsNaN(actual[i]), Is.EqualTo(float.IsNaN(expected[i])));
            }
        }
    }

    [Test]
    public void FilesComeBackAsTheyWere()
    {
        var metadata = new Dictionary<string, object>
        {
            ["general.architecture"] = "llama",
            ["u8"] = (byte)200,
            ["i8"] = (sbyte)-3,
            ["u16"] = (ushort)65000,
            ["i16"] = (short)-300,
            ["u32"] = 4000000000u,
            ["i32"] = -5,
            ["u64"] = ulong.MaxValue,
            ["i64"] = long.MinValue,
            ["f32"] = 1.5f,
            ["f64"] = Math.PI,
            ["yes"] = true,
            ["texts"] = new[] { "a", "", "ü" },
            ["bools"] = new[] { true, false },
            ["bytes"] = new byte[] { 1, 2 },
            ["numbers"] = new[] { 1L, -2L },
            ["nested"] = new object[] { new[] { 1, 2 }, new[] { "x" } },
            ["general.alignment"] = 64u,
        };
        DType[] dtypes = [DType.Float32, DType.Float16, DType.BFloat16, DType.Float64, DType.Int8, DType.Int16, DType.Int32, DType.Int64];
        var tensors = dtypes.ToDictionary(d => d.Name, d => (Tensor.Arange(6).Reshape(2, 3) * 0.75).Cast(d));
        GgufFile.Save(In("m.gguf"), tensors, metadata);
        var file = GgufFile.Open(In("m.gguf"));
        Assert.That(file.Metadata, Is.EqualTo(metadata));
        foreach (var (name, tensor) in tensors)
        {
            Assert.That(file.Tensors[name].DType, Is.EqualTo(tensor.DType));
            Expect(file.Tensors[name].ToTensor(), tensor, 0);
        }

        Assert.That(file.Tensors["float32"].Raw.Device, Is.EqualTo(TensorExecutor.Current.FileDevice));
        Expect(GgufFile.Load(In("m.gguf"))["int16"], tensors["int16"]);
        ExpectError("TEN5122", () => GgufFile.Save(In("m.gguf"), new Dictionary<string, Tensor> { ["x"] = Tensor.Ones(2).Cast(DType.Bool) }));
        ExpectError("TEN5123", () => GgufFile.Save(In("m.gguf"), tensors, new Dictionary<string, object> { ["x"] = DateTime.Now }));
    }

    [Test]
    public void QuantisedTensorsAreCopiedAndSlicedAsTheyAre()
    {
        var (type, raw, expected) = ((GgmlType, byte[], uint[]))Blocks().Select(c => ((GgmlType)c.Arguments[0]!, (byte[])c.Arguments[1]!, (uint[])c.Arguments[2]!)).First(c => c.Item1 == GgmlType.Q4_0);
        var quantised = new GgufTensor("w", GgmlFormat.Find(type)!, [4, 64], Tensor.From<byte>(raw, [4, raw.Length / 4]));
        GgufFile.Save(In("a.gguf"), new Dictionary<string, GgufTensor> { ["w"] = quantised });
        GgufFile.Save(In("b.gguf"), GgufFile.Open(In("a.gguf")).Tensors);
        Assert.That(File.ReadAllBytes(In("b.gguf")), Is.EqualTo(File.ReadAllBytes(In("a.gguf"))));
        var opened = GgufFile.Open(In("b.gguf")).Tensors["w"];
        var elements = MemoryMarshal.Cast<uint, float>(expected).ToArray();
        Assert.That(opened.ToTensor().ToArray<float>(), Is.EqualTo(elements));
        Assert.That(GgufTensor.Dequantize(opened.Raw[1..3].To(TensorExecutor.Current.DefaultDevice), type).ToArray<float>(), Is.EqualTo(elements[64..192]));
        Assert.That(opened.To(TensorExecutor.Current.DefaultDevice).Raw.IsRealized, Is.True);
    }

    [Test]
    public void AModelMayBeSeveralFiles()
    {
        var tensors = Enumerable.Range(0, 5).ToDictionary(i => $"t{i}", i => GgufFile.Of($"t{i}", Tensor.Arange(i + 1)));
        GgufFile.SaveSplit(In("m"), tensors, 20, new Dictionary<string, object> { ["k"] = "v" });
        Assert.That(Directory.GetFiles(_folder).Select(f => System.IO.Path.GetFileName(f)).Order(), Is.EqualTo(Enumerable.Range(1, 4).Select(i => $"m-0000{i}-of-00004.gguf")));
        var file = GgufFile.Open(In("m-00003-of-00004.gguf"));
        Assert.That(file.Metadata["k"], Is.EqualTo("v"));
        Assert.That(file.Tensors.Keys, Is.EqualTo(tensors.Keys));
        Expect(file.Tensors["t3"].ToTensor(), Tensor.Arange(4));
        File.Delete(In("m-00002-of-00004.gguf"));
        ExpectError("TEN5121", () => GgufFile.Open(In("m-00001-of-00004.gguf")));
    }

    private string In(string name) => System.IO.Path.Combine(_folder, name);
}
