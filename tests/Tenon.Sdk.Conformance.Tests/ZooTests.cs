using Tenon.Runtime;
using Tenon.Tests.Shared;

namespace Tenon.Sdk.Conformance.Tests;

/// <summary>Each device that does other than it claims is found out, and one that does what it claims is not.</summary>
[NonParallelizable]
public sealed class ZooTests
{
    [Test]
    public void TheSoundDevicePasses()
    {
        var report = Run(Fault.None, isApart: false, "open*", "memory*", "ops/float32x4*", "ops/int16/*", "ops/bool/*", "ops/float16*", "control*", "limits*", "queue*", "features*", "corpus/matmul*", "corpus/reductions*");
        Assert.That(report.Results.Where(r => r.IsFailure).Select(r => $"{r.FullName}: {r.Message}"), Is.Empty);
        Assert.Multiple(() =>
        {
            Assert.That(report.Results, Has.Count.GreaterThan(400));
            Assert.That(report.Results.Select(r => r.Group).Distinct(), Is.EqualTo(new[] { "open", "memory", "ops", "control", "corpus", "limits", "queue", "features" }));
            Assert.That(report.Results, Has.Some.Matches<CaseResult>(r => r.Name.StartsWith("barriers/") && r.Outcome == CaseOutcome.Passed));
            Assert.That(report.Results, Has.Some.Matches<CaseResult>(r => r.Name.StartsWith("exchange/") && r.Outcome == CaseOutcome.Passed));
            Assert.That(report.Results.Where(r => r.Outcome == CaseOutcome.Skipped), Has.All.Matches<CaseResult>(r => r.Message.Length > 0));
            Assert.That(report is { Device: "ZOO", Generator: "Zoo", Plugin: "test.zoo 0.0.0", IsPassed: true });
        });
    }

    [TestCase(Fault.MaxLosesNaN, "ops/float32/Max", "ops/float32/*")]
    [TestCase(Fault.ContractsMulAdd, "ops/float32/Mul then Add", "ops/float32/*")]
    [TestCase(Fault.ShiftsLogically, "ops/int16/Shr", "ops/int16/*")]
    [TestCase(Fault.IgnoresGates, "control/gates/float32", "control/gates/float32")]
    [TestCase(Fault.IgnoresOffsetsOfCopies, "memory/parts/2 bytes at 1", "memory/parts*")]
    [TestCase(Fault.IgnoresOffsetsOfLaunches, "memory/views of launches/at 256", "memory/views*")]
    [TestCase(Fault.RunsItemsTwice, "control/items/7", "control/items*")]
    [TestCase(Fault.DropsTheLastGroup, "control/items/1000", "control/items*")]
    [TestCase(Fault.SwallowsErrorsOfLoading, "open/a damaged kernel", "open/a damaged*")]
    [TestCase(Fault.SwallowsErrorsOfCompiling, "limits/buffers/one more than 10", "limits/buffers*")]
    [TestCase(Fault.AllocatesNothingBeyondItsMemory, "memory/too much", "memory/too*")]
    [TestCase(Fault.ThrowsBareExceptions, "memory/too much", "memory/too*")]
    [TestCase(Fault.LaunchesOutOfOrder, "queue/launches in order", "queue/launches*")]
    [TestCase(Fault.CopiesBeforeTheQueue, "queue/copies between launches", "queue/copies between*")]
    [TestCase(Fault.ListsOtherDevicesEachTime, "open/listed again", "open/listed*")]
    [TestCase(Fault.ClaimsMoreLocalBytes, "limits/local bytes/16384", "limits/local*")]
    [TestCase(Fault.ClaimsMoreLanes, "limits/lanes along x/64", "limits/lanes*")]
    [TestCase(Fault.WrongWithoutVectors, "masks/vectors/elementwise*", "masks/vectors/elementwise*")]
    [TestCase(Fault.WrongInLists, "features/launch graphs/order", "features/launch graphs*")]
    [TestCase(Fault.SharesBytes, "memory/buffers don't share bytes", "memory/buffers*")]
    [TestCase(Fault.ExchangesWithTheWrongLane, "control/exchange/int32 by 4", "control/exchange*")]
    public void EachFaultIsFound(Fault fault, string expected, string filter)
    {
        var report = Run(fault, isApart: false, filter);
        var failed = report.Results.Where(r => r.Outcome == CaseOutcome.Failed).ToList();
        Assert.That(failed, Has.Some.Matches<CaseResult>(r => Wildcard.Matches(expected, r.FullName)), string.Join('\n', report.Results.Select(r => $"{r.FullName} {r.Outcome} {r.Message}")));
        Assert.That(report.IsPassed, Is.False);
    }

    [Test]
    public void ACrashIsAResult()
    {
        var report = Run(Fault.CrashesInADivision, isApart: true, "ops/int32/*");
        var ended = report.Results.Where(r => r.Outcome == CaseOutcome.Ended).ToList();
        Assert.Multiple(() =>
        {
            Assert.That(ended.Select(r => r.FullName), Is.EqualTo(new[] { "ops/int32/IntDiv" }), "the other cases of its program are run by themselves");
            Assert.That(ended[0].Message, Does.Contain("the process ended with exit code").And.Contain("division is broken"));
            Assert.That(report.Count(CaseOutcome.Passed), Is.GreaterThan(20));
        });
    }

    [Test]
    public void AHangIsAResult()
    {
        var report = Run(Fault.HangsInADivision, isApart: true, "ops/int32/Int*");
        Assert.That(report.Results.Select(r => (r.Name, r.Outcome)), Is.EquivalentTo(new[] { ("int32/IntDiv", CaseOutcome.Ended), ("int32/IntMod", CaseOutcome.Passed) }));
        Assert.That(report.Results.Single(r => r.Outcome == CaseOutcome.Ended).Message, Does.Contain("no end after 8 s"));
    }

    [Test]
    public void ADeviceThatCantBeOpenedIsAResult()
    {
        var report = Run(Fault.CrashesWhenOpened, isApart: true, "open*", "memory*");
        Assert.That(report.Results.Select(r => (r.FullName, r.Outcome)), Is.EqualTo(new[] { ("open/all", CaseOutcome.Failed) }));
        Assert.That(report.Results[0].Message, Does.Contain("the driver is broken"));
    }

    [Test]
    public void ADeviceThatOpensOnceFailsWhereItIsOpenedAgain()
    {
        var report = Run(Fault.OpensOnce, isApart: true, "open/open*", "memory/nothing");
        Assert.That(report.Results.Where(r => r.IsFailure).Select(r => r.FullName), Is.EqualTo(new[] { "open/open twice at once", "open/open and close in turn" }));
    }

    [Test]
    public void ExpectedFailuresAreListedAndMustFail()
    {
        var file = Path.GetTempFileName();
        try
        {
            File.WriteAllText(file, """[ { "case": "ops/float32/Max", "reason": "loses NaN" }, { "case": "ops/float32/Sq*", "reason": "was inexact once" } ]""");
            var report = Run(Fault.MaxLosesNaN, isApart: false, ExpectedFailures.Load(file), "ops/float32/*");
            Assert.Multiple(() =>
            {
                Assert.That(report.Results.Single(r => r.Name == "float32/Max") is { Outcome: CaseOutcome.Expected, IsFailure: false } r && r.Message.StartsWith("loses NaN: "));
                Assert.That(report.Results.Where(r => r.IsFailure).Select(r => (r.Name, r.Outcome)), Is.EqualTo(new[] { ("float32/Sqrt", CaseOutcome.UnexpectedPass) }));
                Assert.That(report.IsPassed, Is.False);
            });
            var xml = JUnitReport.Create([report]).ToString();
            Assert.That(xml, Does.Contain("<testsuite name=\"ZOO/Zoo.ops\"").And.Contain("failures=\"1\"").And.Contain("listed to fail").And.Contain("Expected: loses NaN"));
        }
        finally
        {
            File.Delete(file);
        }
    }

    [TestCase("{}")]
    [TestCase("[ { \"case\": \"a\" } ]")]
    [TestCase("[ { \"case\": \"a\", \"reason\": \"\" } ]")]
    [TestCase("no json")]
    public void AListThatIsNoneIsRefused(string content)
    {
        var file = Path.GetTempFileName();
        try
        {
            File.WriteAllText(file, content);
            Assert.That(() => ExpectedFailures.Load(file), Throws.TypeOf<TenonException>().With.Property("Code").EqualTo("TEN4400"));
        }
        finally
        {
            File.Delete(file);
        }
    }

    private static ConformanceReport Run(Fault fault, bool isApart, params string[] filters) => Run(fault, isApart, ExpectedFailures.None, filters);

    private static ConformanceReport Run(Fault fault, bool isApart, ExpectedFailures expected, params string[] filters)
    {
        var options = new RuntimeOptions();
        (options.Cache.Enabled, options.Tuning.Enabled) = (false, false);
        using var clock = new HangClock();
        return ConformanceKit.Run(new ConformanceOptions
        {
            Device = "ZOO",
            Runtime = options,
            Plugins = [new PluginRegistration("test.zoo", new ZooPlugin(), settings: new Dictionary<string, string> { ["fault"] = $"{fault}" })],
            Filters = filters,
            Expected = expected,
            Quick = true,
            Deadline = TimeSpan.FromSeconds(8),
            Clock = clock,
            InProcess = !isApart,
        });
    }
}
