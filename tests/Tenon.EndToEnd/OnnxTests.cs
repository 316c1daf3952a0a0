using System.Text;

namespace Tenon.EndToEnd;

public sealed class OnnxTests
{
    private TemporaryFolder _folder = null!;

    private string Model => Path.Combine(_folder.Path, "m.onnx");

    [SetUp]
    public void SetUp()
    {
        _folder = new TemporaryFolder();

        // y = LeakyRelu(x) with a slope of 0.5, x [batch, 2]: messages by the numbers of their fields.
        byte[] slope = [.. Text(1, "alpha"), 2 << 3 | 5, .. BitConverter.GetBytes(0.5f), 0xa0, 1, 1];
        byte[] node = [.. Text(1, "x"), .. Text(2, "y"), .. Text(4, "LeakyRelu"), .. Field(5, slope)];
        byte[] shape = [.. Field(1, Text(2, "batch")), .. Field(1, [1 << 3, 2])];
        var type = Field(2, Field(1, [1 << 3, 1, .. Field(2, shape)]));
        byte[] graph = [.. Field(1, node), .. Text(2, "g"), .. Field(11, [.. Text(1, "x"), .. type]), .. Field(12, [.. Text(1, "y"), .. type])];
        File.WriteAllBytes(Model, [1 << 3, 8, .. Text(2, "a test"), .. Field(7, graph), .. Field(8, [2 << 3, 16])]);

        static byte[] Text(int number, string text) => Field(number, Encoding.UTF8.GetBytes(text));
        static byte[] Field(int number, byte[] content) => [(byte)(number << 3 | 2), (byte)content.Length, .. content];
    }

    [TearDown]
    public void TearDown() => _folder.Dispose();

    [TestCase("rows=3", "batch")]
    [TestCase("batch=-1", "0 or more")]
    public void SizesThatTheModelDoesNotHaveAreRefused(string size, string expected) =>
        TenonProcess.Run("onnx", "run", Model, "--random", "--size", size).AssertFailure("TEN9014", size, expected);

    [Test]
    public void TuningFindsCountsAndKeeps()
    {
        var (file, log) = (Path.Combine(_folder.Path, "tuned.jsonl"), Path.Combine(_folder.Path, "log.jsonl"));
        string[] store = ["--set", $"tuning:folder={_folder.Path}"];
        var (result, report) = TenonProcess.RunForReport(TenonProcess.BuiltFolder, ["tune", Model, "--size", "batch=500", "--budget", "3s", "--out", file, "--log", log, .. store]);
        result.AssertSuccess();
        Assert.That(report.GetProperty("isIsolated").GetBoolean(), result.Output + result.Error);
        var (tried, timed) = (report.GetProperty("tried").GetInt32(), report.GetProperty("timed").GetInt32());
        Assert.That(timed, Is.Positive);
        Assert.That(tried, Is.EqualTo(timed + report.GetProperty("rejected").EnumerateObject().Sum(r => r.Value.GetInt32())));
        var kernels = report.GetProperty("kernels").GetArrayLength();
        Assert.That(File.ReadLines(log).Count(), Is.EqualTo(tried + kernels));
        Assert.That(File.ReadLines(file).Count(), Is.InRange(2, 1 + kernels));
        Assert.That(Directory.EnumerateFiles(Path.Combine(_folder.Path, "tuning"), "*", SearchOption.AllDirectories), Is.Not.Empty);

        var shipped = TenonProcess.Run("onnx", "run", Model, "--random", "--set", $"tuning:files:0={file}");
        shipped.AssertSuccess();
        File.WriteAllText(file, "not such a file");
        TenonProcess.Run("onnx", "run", Model, "--random", "--set", $"tuning:files:0={file}", "--set", "cache:enabled=false").AssertFailure("TEN1111");
    }

    [Test]
    public void InfoTellsWhatIsInAModel()
    {
        var report = Path.Combine(_folder.Path, "info.json");
        var result = TenonProcess.Run("onnx", "info", Model, "--json", report);
        result.AssertSuccess();
        Assert.That(result.Output, Does.Contain("LeakyRelu").And.Contain("[batch, 2]").And.Contain("a test"));
        Assert.That(File.ReadAllText(report), Does.Contain("\"x\": \"float32 [batch, 2]\""));
    }

    [TestCase("npy")]
    [TestCase("pb")]
    public void RunReadsAndWritesFiles(string format)
    {
        var (input, output) = (Path.Combine(_folder.Path, "x.npy"), Path.Combine(_folder.Path, "out"));
        WriteNpy(input, [-2, 4, 6, -8]);
        TenonProcess.Run("onnx", "run", Model, "--input", $"x={input}", "--output", output, "--format", format).AssertSuccess();
        var bytes = File.ReadAllBytes(Path.Combine(output, $"y.{format}"));
        var numbers = new[] { -1f, 4f, 6f, -4f }.SelectMany(BitConverter.GetBytes).ToArray();
        Assert.That(bytes.AsSpan().IndexOf(numbers), Is.Positive);

        // What was written is read again.
        var again = TenonProcess.Run("onnx", "run", Model, "--input", $"x={Path.Combine(output, $"y.{format}")}", "--dtype", "f16");
        again.AssertSuccess();
        Assert.That(again.Output, Does.Contain("float32 [2, 2]").And.Contain("-2"));
    }

    [Test]
    public void BenchTimesIt()
    {
        var result = TenonProcess.Run("onnx", "bench", Model, "--random", "--size", "batch=3", "--runs", "2", "--warmup", "1");
        result.AssertSuccess();
        Assert.That(result.Output, Does.Contain("median ms").And.Contain("2 runs"));
    }

    [Test]
    public void ExplainShowsItsKernels()
    {
        var result = TenonProcess.Run("explain", Model, "--", "batch=3");
        result.AssertSuccess();
        Assert.That(result.Output, Does.Contain("schedule"));
        TenonProcess.Run("explain", "absent.onnx").AssertFailure("TEN5200", "absent.onnx");
    }

    [Test]
    public void WhatIsMissingIsSaid()
    {
        TenonProcess.Run("onnx", "run", Model).AssertFailure("TEN9014", "'x'", "--input");
        TenonProcess.Run("onnx", "run", Model, "--input", "z=nothing.npy", "--random").AssertFailure("nothing.npy");
        TenonProcess.Run("onnx", "bench", Model, "--random", "--runs", "1", "--peer", _folder.Path).AssertFailure("TEN9015");
        File.WriteAllText(Model, "not a model");
        TenonProcess.Run("onnx", "info", Model).AssertFailure("TEN5200");
    }

    private static void WriteNpy(string path, float[] values)
    {
        var header = $"{{'descr': '<f4', 'fortran_order': False, 'shape': ({values.Length / 2}, 2), }}".PadRight(117) + "\n";
        File.WriteAllBytes(path, [0x93, .. "NUMPY"u8, 1, 0, (byte)header.Length, 0, .. Encoding.ASCII.GetBytes(header), .. values.SelectMany(BitConverter.GetBytes)]);
    }
}
