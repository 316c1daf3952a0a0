using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text.Json;

namespace Tenon.EndToEnd;

/// <summary><c>tenon train mnist</c>.</summary>
public sealed class TrainingTests
{
    private const int InterruptSignal = 2;
    private const nint DefaultHandler = 0;
    private const nint IgnoringHandler = 1;
    private Installation _copy = null!;

    [OneTimeSetUp]
    public void SetUp() => _copy = new Installation();

    [OneTimeTearDown]
    public void TearDown() => _copy.Dispose();

    [Test]
    public void LearnsDigitsThatItHasNotSeen()
    {
        var report = Train("learns", "--epochs", "2");
        Assert.That(report.GetProperty("trainingDigits").GetInt32(), Is.EqualTo(8000));
        Assert.That(report.GetProperty("testDigits").GetInt32(), Is.EqualTo(2000));
        Assert.That(report.GetProperty("testAccuracy").GetDouble(), Is.GreaterThan(0.96));
        Assert.That(report.GetProperty("history").GetArrayLength(), Is.EqualTo(2));
    }

    [TestCase("CL")]
    [TestCase("WEBGPU")]
    public void OtherDevicesLearnAsWell(string device)
    {
        Devices.Require(device);
        var (here, onCpu) = (Train($"learns-on-{device}", "--epochs", "1", "--device", device), Train("learns-on-CPU", "--epochs", "1", "--device", "CPU"));
        Assert.That(here.GetProperty("device").GetString(), Is.EqualTo(device));
        Assert.That(here.GetProperty("testAccuracy").GetDouble(), Is.GreaterThan(0.94).And.EqualTo(onCpu.GetProperty("testAccuracy").GetDouble()).Within(0.01));
    }

    [Test]
    public void SavedWeightsGiveTheSameAccuracy()
    {
        var trained = Train("saved", "--epochs", "3", "--data", _copy.SmallData());
        Assert.That(trained.GetProperty("testAccuracy").GetDouble(), Is.GreaterThan(0.5));
        var loaded = Train("again", "--epochs", "0", "--data", _copy.SmallData(), "--load", trained.GetProperty("weights").GetString()!, "--seed", "9");
        Assert.That(loaded.GetProperty("steps").GetInt32(), Is.Zero);
        Assert.That(loaded.GetProperty("testAccuracy").GetDouble(), Is.EqualTo(trained.GetProperty("testAccuracy").GetDouble()));
        Assert.That(loaded.GetProperty("testLoss").GetDouble(), Is.EqualTo(trained.GetProperty("testLoss").GetDouble()).Within(1e-6));
    }

    [Test]
    public void ASecondProcessNeitherSchedulesNorLowers()
    {
        using var cache = new TemporaryFolder();
        JsonElement Run() => Train("second", "--epochs", "1", "--data", _copy.SmallData(), "--set", $"cache:folder={cache.Path}");
        var (first, second) = (Run(), Run());
        Assert.That(first.GetProperty("kernelsFromDisk").GetInt32() + first.GetProperty("schedulesFromDisk").GetInt32(), Is.Zero);
        Assert.That(second.GetProperty("kernelsFromDisk").GetInt32(), Is.EqualTo(first.GetProperty("kernelsCompiled").GetInt32()).And.GreaterThan(0));
        Assert.That(second.GetProperty("schedulesFromDisk").GetInt32(), Is.EqualTo(first.GetProperty("schedules").GetInt32()).And.GreaterThan(0));
        Assert.That(second.GetProperty("testLoss").GetDouble(), Is.EqualTo(first.GetProperty("testLoss").GetDouble()));
    }

    [Test]
    public void SeedsDecide()
    {
        double FirstLoss(string seed) => Train("seed", "--epochs", "1", "--data", _copy.SmallData(), "--seed", seed).GetProperty("firstLoss").GetDouble();
        var loss = FirstLoss("1");
        Assert.That(FirstLoss("1"), Is.EqualTo(loss));
        Assert.That(FirstLoss("2"), Is.Not.EqualTo(loss));
    }

    [TestCase("Clang")]
    [TestCase("LLVM")]
    public void GeneratorsAgreeOnTheFirstLoss(string other)
    {
        Generators.Require(other);
        double FirstLoss(string generator)
        {
            var report = Train("generator", "--epochs", "1", "--data", _copy.SmallData(), "--generator", generator);
            Assert.That(report.GetProperty("generator").GetString(), Is.EqualTo(generator));
            return report.GetProperty("firstLoss").GetDouble();
        }

        Assert.That(FirstLoss(other), Is.EqualTo(FirstLoss("CLR")).Within(1e-4));
    }

    [Test]
    [Platform(Exclude = "Win", Reason = "Windows can't send Ctrl-C to one other process.")]
    public void CtrlCStopsCleanlyAndSaves()
    {
        var weights = _copy.Path("interrupted.safetensors");
        using var process = StartInterruptible("train", "mnist", "--epochs", "500", "--save", weights, "--set", "debug=1");
        var scheduled = process.StandardError.ReadLine();
        Assert.That(scheduled, Does.StartWith("schedule:"));
        Assert.That(SendSignal(process.Id, InterruptSignal), Is.Zero);
        var result = TenonProcess.Wait(process);
        Assert.That(result.ExitCode, Is.EqualTo(130), result.Error);
        Assert.That(result.Output, Does.Contain("interrupted"));
        Assert.That(new FileInfo(weights).Length, Is.GreaterThan(10_000));
    }

    private JsonElement Train(string name, params string[] arguments)
    {
        var (result, report) = TenonProcess.RunForReport(_copy.Folder, ["train", "mnist", "--save", _copy.Path(name + ".safetensors"), .. arguments]);
        result.AssertSuccess();
        return report;
    }

    // What a shell runs in the background ignores Ctrl-C, and so do the programs that it starts in turn.
    private Process StartInterruptible(params string[] arguments)
    {
        var isIgnored = OperatingSystem.IsLinux() && File.ReadLines("/proc/self/status").Any(l => l.StartsWith("SigIgn:", StringComparison.Ordinal) && (Convert.ToUInt64(l[7..].Trim(), 16) >> (InterruptSignal - 1) & 1) != 0);
        if (isIgnored)
        {
            SetSignal(InterruptSignal, DefaultHandler);
        }

        try
        {
            return TenonProcess.Start(_copy.Folder, arguments);
        }
        finally
        {
            if (isIgnored)
            {
                SetSignal(InterruptSignal, IgnoringHandler);
            }
        }
    }

    [DllImport("libc", EntryPoint = "signal")]
    private static extern nint SetSignal(int signal, nint handler);

    // The C library's kill: the program of that name isn't everywhere.
    [DllImport("libc", EntryPoint = "kill")]
    private static extern int SendSignal(int process, int signal);
}
