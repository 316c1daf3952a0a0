using System.Text;
using System.Text.Json;
using Tenon.EndToEnd;

namespace Tenon.Web.Tests;

/// <summary><c>tenon export web</c>, without a browser.</summary>
internal sealed class ExportCommandTests
{
    private TemporaryFolder _folder = null!;

    private string Model => Path.Combine(_folder.Path, "m.onnx");

    private string Target => Path.Combine(_folder.Path, "page");

    [SetUp]
    public void SetUp()
    {
        _folder = new TemporaryFolder();
        Write("LeakyRelu");
    }

    [TearDown]
    public void TearDown() => _folder.Dispose();

    [Test]
    public void AFolderHoldsEverything()
    {
        Run("--size", "batch=3").AssertSuccess();
        string[] expected = ["README.md", "index.html", "kernels.wgsl", "manifest.json", "model.js", "page.js", "sample.safetensors", "style.css", "weights.safetensors"];
        Assert.That(Directory.EnumerateFiles(Target).Select(Path.GetFileName), Is.EquivalentTo(expected));
        Assert.That(Directory.EnumerateFileSystemEntries(_folder.Path), Has.Exactly(2).Items, "nothing else is left");
        using var manifest = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(Target, "manifest.json")));
        var input = manifest.RootElement.GetProperty("inputs")[0];
        Assert.That(input.GetProperty("shape").EnumerateArray().Select(s => s.GetInt32()), Is.EqualTo(new[] { 3, 2 }));
        Assert.That(File.ReadAllText(Path.Combine(Target, "index.html")), Does.Contain("<title>m</title>"));
        Assert.That(Directory.EnumerateFiles(Target).Select(File.ReadAllText), Has.None.Contains("{{"));
    }

    [Test]
    public void FoldersThatHoldSomethingAreKept()
    {
        Directory.CreateDirectory(Target);
        Run("--size", "batch=3").AssertSuccess();
        var mine = Path.Combine(Target, "mine.txt");
        File.WriteAllText(mine, "");
        Run("--size", "batch=3").AssertFailure("TEN6110", "not empty", "--force");
        Assert.That(File.Exists(mine));
        Run("--size", "batch=3", "--force").AssertSuccess();
        Assert.That(File.Exists(mine), Is.False);
        TenonProcess.Run("export", "web", Model, "--size", "batch=1", "-o", Model).AssertFailure("TEN6110", "is a file");
        TenonProcess.Run("export", "web", Model, "--size", "batch=1", "-o", Path.Combine(Model, "within")).AssertFailure("TEN6111");
    }

    [Test]
    public void WhatIsMissingOrImpossibleIsSaidAndNothingIsWritten()
    {
        Run().AssertFailure("TEN6115", "'x'", "--size batch=N", "--input x=FILE");
        Run("--size", "batch=2", "--constant", "z").AssertFailure("TEN6113", "x");
        Write("NonZero", outputType: 7);
        Run("--size", "batch=2").AssertFailure("TEN5209", "NonZero", "asks for a value");
        Assert.That(Directory.EnumerateFileSystemEntries(_folder.Path), Is.EqualTo(new[] { Model }));
    }

    [Test]
    public void OptionsOfTheOtherKindOfModelAreRefused()
    {
        foreach (var (model, option) in new[] { ("mnist", "--size=batch=2"), (Model, "--epochs=2") })
        {
            var result = TenonProcess.Run("export", "web", model, option, "-o", Target);
            Assert.That((result.ExitCode, result.Error), Is.EqualTo((2, result.Error)));
            Assert.That(result.Error, Does.Contain(option.Split('=')[0]).And.Contain("has no meaning"));
        }
    }

    private ProcessResult Run(params string[] options) => TenonProcess.Run(["export", "web", Model, "-o", Target, .. options]);

    // y = Op(x), x [batch, 2]: messages by the numbers of their fields.
    private void Write(string op, byte outputType = 1)
    {
        byte[] node = [.. Text(1, "x"), .. Text(2, "y"), .. Text(4, op), .. Text(3, "only")];
        byte[] Typed(byte type) => Field(2, Field(1, [1 << 3, type, .. Field(2, [.. Field(1, Text(2, "batch")), .. Field(1, [1 << 3, 2])])]));
        byte[] graph = [.. Field(1, node), .. Text(2, "g"), .. Field(11, [.. Text(1, "x"), .. Typed(1)]), .. Field(12, [.. Text(1, "y"), .. outputType == 1 ? Typed(1) : []])];
        File.WriteAllBytes(Model, [1 << 3, 8, .. Field(7, graph), .. Field(8, [2 << 3, 16])]);

        static byte[] Text(int number, string text) => Field(number, Encoding.UTF8.GetBytes(text));
        static byte[] Field(int number, byte[] content) => [(byte)(number << 3 | 2), (byte)content.Length, .. content];
    }
}
