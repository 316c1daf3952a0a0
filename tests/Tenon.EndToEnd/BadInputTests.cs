using System.Text.Json.Nodes;

namespace Tenon.EndToEnd;

/// <summary>What can be wrong from outside gives one message and an exit code, and hides no other device.</summary>
public sealed class BadInputTests
{
    private Installation _copy = null!;

    [SetUp]
    public void SetUp() => _copy = new Installation();

    [TearDown]
    public void TearDown() => _copy.Dispose();

    [Test]
    public void UnknownDevice() => Train("--device", "TPU").AssertFailure("TPU", "CPU", "NULL");

    [Test]
    public void UnknownGenerator() => Train("--generator", "Fortran").AssertFailure("Fortran", "CLR");

    [TestCase("tenon", "foo")]
    [TestCase("tenon train", "train", "foo", "--quiet")]
    public void UnknownCommand(string command, params string[] arguments)
    {
        var result = TenonProcess.Run(arguments);
        Assert.That(result.ExitCode, Is.EqualTo(2));
        Assert.That(result.Error, Does.Contain("'foo' is not a command").And.Contain(command == "tenon" ? "onnx" : "mnist").And.Contain($"'{command} --help'"));
    }

    [Test]
    public void FilterThatNoCaseMatches() => TenonProcess.Run("plugin", "test", "NULL", "--filter", "operations/*").AssertFailure("TEN4403", "operations/*", "ops");

    [TestCase("--save", "weights.safetensors")]
    [TestCase("--json", "report.json")]
    public void PlaceThatCannotBeWrittenIsFoundBeforeTraining(string option, string file) =>
        Train(option, _copy.Path("no such folder", file)).AssertFailure("TEN9005", option);

    [Test]
    public void MissingPluginsFile()
    {
        File.Delete(_copy.PluginsFile);
        Train().AssertFailure("TEN2101", _copy.PluginsFile);
    }

    [Test]
    public void MalformedPluginsFile()
    {
        File.WriteAllText(_copy.PluginsFile, "{ \"plugins\": [\n  oops ] }");
        Train().AssertFailure("TEN2103", _copy.PluginsFile, "line 2");
    }

    [Test]
    public void MisspelledSetting()
    {
        _copy.EditPlugins(p => p["defaultDevise"] = "CPU");
        Train().AssertFailure("TEN2104", "defaultDevise", "defaultDevice");
    }

    [Test]
    public void ListedPluginThatIsAbsent()
    {
        _copy.EditPlugins(p => p["plugins"]!.AsArray().Add(new JsonObject { ["id"] = "acme.npu", ["path"] = "plugins/npu" }));
        AssertUnavailable("acme.npu", "TEN2002", "npu");
    }

    [Test]
    public void TwoPluginsWithOneDevice()
    {
        TemporaryFolder.Copy(_copy.Path("plugins", "null"), _copy.Path("plugins", "other"));
        _copy.EditManifest("other", m => m["id"] = "acme.null");
        _copy.EditPlugins(p => p["plugins"]!.AsArray().Add(new JsonObject { ["id"] = "acme.null", ["path"] = "plugins/other" }));
        Train("--device", "NULL").AssertFailure("TEN2102", "NULL", "tenon.null", "acme.null");
        Train("--device", "CPU").AssertSuccess();
    }

    [Test]
    public void ADllThatIsNoPlugin()
    {
        File.Copy(_copy.Path("Spectre.Console.dll"), _copy.Path("plugins", "null", "Spectre.Console.dll"));
        _copy.EditManifest("null", m => m["assembly"] = "Spectre.Console.dll");
        AssertUnavailable("tenon.null", "TEN2007", "Spectre.Console.dll");
    }

    [Test]
    public void AFileThatIsNoDll()
    {
        File.WriteAllText(_copy.Path("plugins", "null", "Tenon.Plugins.Null.dll"), "not a library");
        AssertUnavailable("tenon.null", "TEN2006", "Tenon.Plugins.Null.dll");
    }

    [Test]
    public void AContractThatDoesNotFit()
    {
        _copy.EditManifest("null", m => m["contract"] = "2.0");
        AssertUnavailable("tenon.null", "TEN2001", "2.0");
    }

    [Test]
    public void TruncatedDigits()
    {
        var folder = _copy.SmallData();
        var file = Path.Combine(folder, "train-images-idx3-ubyte");
        File.WriteAllBytes(file, File.ReadAllBytes(file)[..5000]);
        Train("--data", folder).AssertFailure("TEN3268", file);
    }

    [Test]
    public void TruncatedWeights()
    {
        var weights = _copy.Path("w.safetensors");
        Train().AssertSuccess();
        File.WriteAllBytes(weights, File.ReadAllBytes(weights)[..1000]);
        Train("--load", weights).AssertFailure(weights);
    }

    [Test]
    public void WeightsThatAreMissing() => Train("--load", _copy.Path("none.safetensors")).AssertFailure("none.safetensors");

    [Test]
    public void ReportThatCannotBeWritten() => Train("--json", _copy.Path("none", "report.json")).AssertFailure("TEN9005", "none");

    [TestCase("--epochs", "many")]
    [TestCase("--seed", "x")]
    [TestCase("--lr", "fast")]
    [TestCase("--debug", "all")]
    [TestCase("--epochs", "-1")]
    [TestCase("--batch", "0")]
    [TestCase("--lr", "NaN")]
    [TestCase("--debug", "9")]
    [TestCase("--set", "threads")]
    [TestCase("--wrong", "1")]
    public void WrongUsageSaysSoAndStartsNothing(string option, string value)
    {
        var result = Train(option, value);
        Assert.That(result.ExitCode, Is.EqualTo(2), result.Error);
        Assert.That(result.Error.TrimEnd().Split('\n'), Has.Length.EqualTo(1), result.Error);
        Assert.That(result.Error, Does.StartWith("tenon: ").And.Contain("--help"));
    }

    [Test]
    public void TheStackTraceIsShownWhenAskedFor() =>
        Assert.That(Train("--device", "TPU", "--trace").Error, Does.Contain("   at Tenon."));

    private ProcessResult Train(params string[] arguments)
    {
        var all = new List<string> { "train", "mnist" };
        Otherwise("--epochs", () => "0");
        Otherwise("--save", () => _copy.Path("w.safetensors"));
        Otherwise("--data", _copy.SmallData);
        return TenonProcess.RunIn(_copy.Folder, [.. all, .. arguments]);

        void Otherwise(string option, Func<string> value) => all.AddRange(arguments.Contains(option) ? [] : [option, value()]);
    }

    private void AssertUnavailable(string plugin, params string[] parts)
    {
        var result = TenonProcess.RunIn(_copy.Folder, "devices");
        result.AssertFailure([plugin, .. parts]);
        Assert.That(result.Output, Does.Contain("CPU/CLR"));
    }
}
