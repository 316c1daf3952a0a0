using System.Reflection;
using System.Text.Json;

namespace Tenon.EndToEnd;

/// <summary><c>tenon explain</c>.</summary>
public sealed class ExplainTests
{
    private static readonly string Samples = Path.Combine(
        typeof(ExplainTests).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(a => a.Key == "RepositoryFolder").Value!, "docs", "samples");

    [Test]
    public void AModelIsCompiledStageByStage()
    {
        var (result, report) = TenonProcess.RunForReport(TenonProcess.BuiltFolder, "explain", "resnet50", "--device", "NULL");
        result.AssertSuccess();
        Assert.That(result.Output, Does.Contain("fusion plan").And.Contain("lower/indices: ").And.Contain("IndexRules.cs:").And.Not.Contain("\u001b"));
        var stages = report.GetProperty("stages").EnumerateArray().ToList();
        string[] expected = ["schedule", "schedule/tensor rules", "schedule/fusion plan", "schedule/canonicalise", "lower", "lower/decompose", "lower/optimise", "lower/expand", "lower/indices", "lower/linearise", "generate", "load"];
        Assert.That(expected, Is.SubsetOf(stages.Select(s => s.GetProperty("stage").GetString())));

        // All that is known of a kernel is under its name, also what happened before it had one.
        var kernels = stages.Where(s => s.GetProperty("stage").GetString() == "lower").Select(s => s.GetProperty("kernel").GetString()!).ToList();
        Assert.That(kernels, Has.Count.GreaterThan(20).And.Unique);
        Assert.That(kernels, Is.SubsetOf(stages.Where(s => s.GetProperty("stage").GetString() is "schedule/simplify kernel" or "schedule/canonicalise").Select(s => s.GetProperty("kernel").GetString())));
        foreach (var stage in stages.Where(s => s.GetProperty("stage").GetString() == "lower/expand"))
        {
            Assert.That(stage.GetProperty("nodesAfter").GetInt64(), Is.Positive);
        }

        var rules = report.GetProperty("rules").EnumerateArray().ToList();
        Assert.That(rules.Sum(r => r.GetProperty("fired").GetInt64()), Is.GreaterThan(1000));
        Assert.That(rules.All(r => r.GetProperty("tried").GetInt64() >= r.GetProperty("fired").GetInt64()));
        Assert.That(report.GetProperty("rewrites").EnumerateArray().All(r => r.GetProperty("before").GetString() != r.GetProperty("after").GetString() || r.GetProperty("before").GetString()!.Contains('…')));
    }

    [Test]
    public void AScriptIsRunAndItsRewritesAreShown()
    {
        var (result, report) = TenonProcess.RunForReport(TenonProcess.BuiltFolder, "explain", Path.Combine(Samples, "softmax.cs"), "--rule", "Simplifier.cs", "--top", "3");
        result.AssertSuccess();
        Assert.That(result.Output, Does.StartWith("sum 64.000").And.Contain("→").And.Contain("more are recorded"));
        Assert.That(report.GetProperty("stages").EnumerateArray().Select(s => s.GetProperty("stage").GetString()), Has.Member("load"));
    }

    [Test]
    public void AnAssemblyIsRunWithItsArguments()
    {
        using var copy = new Installation();
        var json = copy.Path("trace.json");
        var result = TenonProcess.RunIn(
            copy.Folder, "explain", copy.Path("Tenon.Cli.dll"), "--stage", "lower/decompose", "--json", json, "--",
            "train", "mnist", "--epochs", "1", "--data", copy.SmallData(), "--save", copy.Path("w.safetensors"));
        result.AssertSuccess();
        Assert.That(result.Output, Does.Contain("test accuracy").And.Contain("lower/decompose: ").And.Not.Contain("fusion plan"));
        using var report = JsonDocument.Parse(File.ReadAllBytes(json));
        var schedules = report.RootElement.GetProperty("stages").EnumerateArray().Where(s => s.GetProperty("stage").GetString() == "schedule");
        Assert.That(schedules.Sum(s => s.GetProperty("runs").GetInt64()), Is.GreaterThan(1));
    }

    [TestCase("nothing", "TEN9010")]
    [TestCase("absent.cs", "TEN9010")]
    public void WhatIsNeitherModelNorProgramIsRefused(string target, string code) => TenonProcess.Run("explain", target).AssertFailure(code, target, "resnet50");

    [Test]
    public void AProgramThatFailsOrDoesNotUseTenonIsTold()
    {
        var failed = TenonProcess.Run("explain", Path.Combine(TenonProcess.BuiltFolder, "Tenon.Cli.dll"), "--", "nonsense");
        Assert.That(failed.ExitCode, Is.EqualTo(1));
        Assert.That(failed.Error, Does.Contain("TEN9012").And.Contain("exit code 2"));
        var silent = TenonProcess.Run("explain", Path.Combine(TenonProcess.BuiltFolder, "Tenon.Cli.dll"), "--", "--help");
        Assert.That(silent.ExitCode, Is.EqualTo(1));
        Assert.That(silent.Error, Does.Contain("TEN9013"));
    }
}
