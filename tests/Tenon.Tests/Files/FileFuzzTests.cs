using Tenon.State;
using Tenon.Tests.Shared;

namespace Tenon.Tests.Files;

/// <summary>Damaged files of every format are refused with file, offset and field, or read; nothing else happens.</summary>
[NonParallelizable]
internal sealed class FileFuzzTests
{
    private readonly FileOnlyExecutor _executor = new();
    private TensorExecutor _before = TensorExecutor.Current;
    private string _folder = "";

    [SetUp]
    public void SetUp()
    {
        _before = TensorExecutor.Current;
        _folder = Directory.CreateTempSubdirectory("tenon").FullName;
    }

    [TearDown]
    public void TearDown()
    {
        TensorExecutor.Current = _before;
        Directory.Delete(_folder, recursive: true);
    }

    [Test]
    public void Safetensors()
    {
        State.Safetensors.Save(In("a"), Tensors(), new Dictionary<string, string> { ["made by"] = "tests" });
        State.Safetensors.Save(In("b"), new Dictionary<string, Tensor> { ["x"] = Tensor.Arange(3), ["empty"] = Tensor.Zeros(0, 2) });
        Fuzz("safetensors", 5000, [Bytes("a"), Bytes("b")], path => State.Safetensors.Open(path));
    }

    [Test]
    public void Shards()
    {
        var path = In("m.safetensors.index.json");
        State.Safetensors.SaveShards(path, Tensors(), 30);
        Fuzz("shard index", 1500, [File.ReadAllBytes(path)], p => State.Safetensors.Open(p), "m.safetensors.index.json");
    }

    [Test]
    public void Gguf()
    {
        var metadata = new Dictionary<string, object>
        {
            ["general.architecture"] = "llama",
            ["n"] = 3u,
            ["f"] = 1.5f,
            ["yes"] = true,
            ["texts"] = new[] { "a", "bc" },
            ["numbers"] = new long[] { 1, 2 },
            ["nested"] = new object[] { new[] { 1 }, new[] { "x" } },
            ["general.alignment"] = 64u,
        };
        var raw = Tensor.From<byte>(new byte[4 * 18], [4, 18]);
        var tensors = new Dictionary<string, GgufTensor>
        {
            ["w"] = GgufFile.Of("w", Tensor.Arange(6).Reshape(2, 3)),
            ["q"] = new GgufTensor("q", GgmlFormat.Find(GgmlType.Q4_0)!, [4, 32], raw),
        };
        GgufFile.Save(In("a"), tensors, metadata);
        GgufFile.Save(In("b"), tensors);
        Fuzz("gguf", 6000, [Bytes("a"), Bytes("b")], ReadGguf);
    }

    [Test]
    public void SplitGguf()
    {
        GgufFile.SaveSplit(In("m"), Enumerable.Range(0, 3).ToDictionary(i => $"t{i}", i => GgufFile.Of($"t{i}", Tensor.Arange(i + 1))), 4);
        Fuzz("split gguf", 1000, [Bytes("m-00002-of-00003.gguf")], ReadGguf, "m-00002-of-00003.gguf");
    }

    [Test]
    public void Torch() => Fuzz("pt", 5000, [Data("zip.pt"), Data("zip-protocol4.pt"), Data("tensor.pt"), Data("cycle.pt"), Data("evil.pt")], TorchFile.Open);

    [Test]
    public void LegacyTorch() => Fuzz("legacy pt", 4000, [Data("legacy.pt"), Data("evil-legacy.pt")], TorchFile.Open);

    [Test]
    public void Npy() => Fuzz("npy", 3000, [Data("v2.npy"), Data("v3.npy"), Data("record.npy")], p => new Dictionary<string, Tensor> { ["x"] = NpyFile.Open(p) });

    [Test]
    public void Npz() => Fuzz("npz", 3000, [Data("arrays-compressed.npz"), Data("arrays.npz")], NpyFile.OpenZip);

    [Test]
    public void ContainersThatMultiplyAreRefused()
    {
        // Each list holds the one before twice: a hundred bytes, and more names than atoms.
        var pickle = new List<byte> { 0x80, 2, (byte)']', (byte)'q', 0 };
        for (byte i = 1; i < 90; i++)
        {
            pickle.AddRange([(byte)']', (byte)'h', (byte)(i - 1), (byte)'a', (byte)'h', (byte)(i - 1), (byte)'a', (byte)'q', i]);
        }

        pickle.Add((byte)'.');
        ExpectRefused(pickle, "no end of names");

        // Tuples in tuples, deeper than any stack.
        ExpectRefused([0x80, 2, (byte)']', .. Enumerable.Repeat((byte)0x85, 100_000), (byte)'.'], "deep");
    }

    private void ExpectRefused(List<byte> pickle, string problem)
    {
        TensorExecutor.Current = _executor;
        using (var zip = new System.IO.Compression.ZipArchive(File.Create(In("x.pt")), System.IO.Compression.ZipArchiveMode.Create))
        {
            using var entry = zip.CreateEntry("x/data.pkl", System.IO.Compression.CompressionLevel.NoCompression).Open();
            entry.Write(pickle.ToArray());
        }

        Assert.That(Assert.Throws<TenonFormatException>(() => TorchFile.Open(In("x.pt")))!.Message, Does.Contain(problem));
    }

    private Dictionary<string, Tensor> ReadGguf(string path) => GgufFile.Open(path).Tensors.ToDictionary(t => t.Key, t => t.Value.Raw);

    private void Fuzz(string kind, int count, byte[][] seeds, Func<string, IReadOnlyDictionary<string, Tensor>> open, string name = "damaged")
    {
        TensorExecutor.Current = _executor;
        var fuzzer = new FileFuzzer(kind, In(name), seeds, () =>
        {
            foreach (var tensor in open(In(name)).Values)
            {
                _executor.Touch(tensor, new FileInfo(In(name)).Length);
            }
        });
        var refused = fuzzer.Run(count * LongRun.Factor);
        Assert.That(refused, Is.GreaterThan(count / 4), "hardly any file was damaged where it matters");
    }

    private static Dictionary<string, Tensor> Tensors() => new()
    {
        ["a"] = Tensor.Arange(6).Reshape(2, 3),
        ["layer.weight"] = Tensor.Ones(2, 2),
        ["half"] = Tensor.Ones(3).Cast(DType.Float16),
        ["scalar"] = Tensor.Full([], 2.5),
    };

    private string In(string name) => Path.Combine(_folder, name);

    private byte[] Bytes(string name) => File.ReadAllBytes(In(name));

    private static byte[] Data(string name) => File.ReadAllBytes(Path.Combine(TestContext.CurrentContext.TestDirectory, "Data", name));
}
