using System.Numerics;
using Tenon.NN;
using Tenon.State;
using static Tenon.Tests.TensorTest;

namespace Tenon.Tests;

/// <summary>Files of <c>torch.save</c>. <c>Data/make_files.py</c> has made them.</summary>
internal sealed class TorchTests
{
    [TestCase("zip.pt")]
    [TestCase("zip-protocol4.pt")]
    [TestCase("legacy.pt")]
    public void CheckpointsAreRead(string name)
    {
        var tensors = TorchFile.Load(Data(name));
        var whole = Enumerable.Range(0, 24).Select(i => (double)i).ToArray();
        Expect(tensors["model.whole"], whole, 0, [4, 6]);
        Expect(tensors["model.transposed"], Tensor.Arange(24).Reshape(4, 6).Permute(1, 0), 0);
        Expect(tensors["model.columns"], Tensor.Arange(24).Reshape(4, 6)[.., 1..6][.., TensorIndex.Every(2)], 0);
        Expect(tensors["model.row"], [12, 13, 14, 15, 16, 17], 0, [6]);
        Expect(tensors["model.inner"], [8, 9, 14, 15], 0, [2, 2]);
        Expect(tensors["model.repeated"], [0, 1, 0, 1, 0, 1], 0, [3, 2]);
        Expect(tensors["model.scalar"], [5], 0, []);
        Expect(tensors["model.empty"], [], 0, [0, 4]);
        Expect(tensors["model.parameter"], [3], 0, [1]);
        Expect(tensors["model.module.weight"], [0, 1, 2, 3, 4, 5], 0, [2, 3]);
        Expect(tensors["model.module.bias"], [7, 8], 0, [2]);
        (string Name, DType DType, double[] Values)[] typed =
        [
            ("halves", DType.Float16, [1.5, -2]), ("brains", DType.BFloat16, [1.5, -2]), ("doubles", DType.Float64, [1.5, -2]), ("bools", DType.Bool, [1, 0]), ("bytes", DType.UInt8, [1, 255]),
            ("chars", DType.Int8, [1, -1]), ("shorts", DType.Int16, [1, -1]), ("ints", DType.Int32, [1, -1]),
        ];
        foreach (var (key, dtype, values) in typed)
        {
            Assert.That(tensors[$"model.{key}"].DType, Is.EqualTo(dtype));
            Expect(tensors[$"model.{key}"], values, 0, [2]);
        }

        Assert.That(tensors["model.complexes"].DType, Is.EqualTo(DType.Complex64));
        Assert.That(tensors["model.complexes"].ToBytes(), Is.EqualTo(Tensor.From<float>([1, 2, 4, -3]).ToBytes()));
        Assert.That(TorchFile.Open(Data(name)).Values.Select(t => t.Device), Is.All.EqualTo(TensorExecutor.Current.FileDevice));
    }

    [TestCase("zip.pt")]
    [TestCase("legacy.pt")]
    public void NumbersAndContainersAreRead(string name)
    {
        var root = (IReadOnlyDictionary<string, object?>)TorchFile.OpenObject(Data(name))!;
        Assert.That(root["epoch"], Is.EqualTo(3L));
        Assert.That(root["best"], Is.EqualTo(0.25));
        Assert.That(root["note"], Is.EqualTo("ü"));
        Assert.That(root["flags"], Is.EqualTo(new object?[] { true, null, new object?[] { 1L, 2L } }));
        Assert.That(root["size"], Is.EqualTo(new object[] { 2L, 3L }));
        Assert.That(root["big"], Is.EqualTo(BigInteger.One << 80));
        var groups = (object?[])((IReadOnlyDictionary<string, object?>)root["optimizer"]!)["param_groups"]!;
        Assert.That(((IReadOnlyDictionary<string, object?>)groups[0]!)["momentum"], Is.EqualTo(0.9));
    }

    [TestCase("evil.pt")]
    [TestCase("evil-legacy.pt")]
    public void PicklesThatNameOtherThanTensorsAreRefused(string name)
    {
        var error = Assert.Throws<TenonFormatException>(() => TorchFile.Open(Data(name)));
        Assert.That(error!.Code, Is.EqualTo("TEN5151"));
        Assert.That(error.Message, Does.Contain("'posix.system'").And.Contain(name).And.Contain("byte"));
    }

    [Test]
    public void CyclesAreRefused() => ExpectError("TEN5150", () => TorchFile.Open(Data("cycle.pt")));

    [Test]
    public void TheFormatIsSeenFromTheContent()
    {
        var folder = Directory.CreateTempSubdirectory("tenon");
        try
        {
            string In(string name) => System.IO.Path.Combine(folder.FullName, name);
            var tensors = new Dictionary<string, Tensor> { ["tensor"] = Tensor.Arange(4) };
            Safetensors.Save(In("a"), tensors);
            GgufFile.Save(In("b"), tensors);
            NpyFile.SaveZip(In("c"), tensors);
            NpyFile.Save(In("d"), tensors["tensor"]);
            File.Copy(Data("tensor.pt"), In("e"));
            foreach (var name in new[] { "a", "b", "c", "d", "e" })
            {
                Expect(StateFile.Load(In(name))["tensor"], [0, 1, 2, 3], 0, [4]);
                Expect(StateFile.Open(In(name))["tensor"].To("CPU"), [0, 1, 2, 3], 0, [4]);
            }

            File.WriteAllText(In("f"), "neither");
            ExpectError("TEN5113", () => StateFile.Open(In("f")));
            File.WriteAllText(In("g"), "");
            ExpectError("TEN5113", () => StateFile.Open(In("g")));

            var linear = new Linear(3, 2);
            linear.Save(In("linear"));
            var other = new Linear(3, 2);
            other.Load(In("linear"));
            Expect(other.StateDict()["weight"], linear.StateDict()["weight"], 0);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static string Data(string name) => System.IO.Path.Combine(TestContext.CurrentContext.TestDirectory, "Data", name);
}
