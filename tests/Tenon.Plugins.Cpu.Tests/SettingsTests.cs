using Tenon.Core.Backend;

namespace Tenon.Plugins.Cpu.Tests;

internal sealed class SettingsTests
{
    [Test]
    public void CompilersAreLookedForWhenSomebodyAsksForMoreThanTheDefault()
    {
        var (plugin, host) = (new CpuPlugin(), new TestHost(("clang", Path.Combine(Path.GetTempPath(), "no-such-clang")), ("llvm", "no-such-llvm")));
        using var device = plugin.Open(plugin.EnumerateDevices(host)[0], host);
        Assert.That(device.CodeGenerators.First(), Is.SameAs(device.CodeGenerators[0]));
        Assert.That(host.Notes, Is.Empty);
        Assert.That(device.CodeGenerators.Select(g => g.Name), Is.EqualTo(new[] { "CLR" }));
        Assert.That(device.CodeGenerators, Has.Count.EqualTo(1));
        Assert.That(host.Notes, Has.Count.EqualTo(2));
        Assert.That(host.Notes[0], Does.Contain("no-such-clang"));
        Assert.That(host.Notes[1], Does.Contain("no-such-llvm").And.Contain("15").And.Contain("plugins.json"));
    }

    [Test]
    public void AskingForAnAbsentLlvmSaysWhatToDo()
    {
        var (plugin, host) = (new CpuPlugin(), new TestHost(("generator", "llvm"), ("llvm", "no-such-llvm")));
        Assert.That(
            () => plugin.Open(plugin.EnumerateDevices(host)[0], host),
            Throws.TypeOf<BackendException>().With.Property("Code").EqualTo("TEN4100").And.Message.Contains("no-such-llvm").And.Message.Contains("CLR"));
    }

    [Test]
    public void SettingsDecideOnDevicesAndThreads()
    {
        var host = new TestHost(("devices", "3"), ("threads", "5"));
        var devices = new CpuPlugin().EnumerateDevices(host);
        Assert.That(devices.Select(d => (d.Name, d.Ordinal)), Is.EqualTo(new[] { ("CPU", 0), ("CPU", 1), ("CPU", 2) }));
        using var device = new CpuPlugin().Open(devices[2], host);
        Assert.That(device.Capabilities.Parallelism, Is.EqualTo(5));
    }

    [Test]
    public void DefaultsFitTheMachine()
    {
        using var device = TestHost.Open(("threads", "0"));
        Assert.Multiple(() =>
        {
            Assert.That(device.Capabilities.Parallelism, Is.EqualTo(ProcessorSet.OfProcess.Physical));
            Assert.That(device.CodeGenerators[0].Name, Is.EqualTo("CLR"));
            Assert.That(device.CodeGenerators[0].Target.VectorBytes, Is.EqualTo(ClrTarget.WidestVector));
            Assert.That(device.Capabilities.L1CacheBytes, Is.InRange(8 << 10, 1 << 20));
            Assert.That(device.Capabilities.DTypes.Keys, Is.EquivalentTo(DType.Native));
        });
    }

    [TestCase("thread", "4", "threads")]
    [TestCase("threads", "many", "from 0 to 4096")]
    [TestCase("threads", "-1", "from 0 to 4096")]
    [TestCase("devices", "65", "from 0 to 64")]
    [TestCase("cores", "4", "physical, logical")]
    [TestCase("pin", "1", "false, true")]
    [TestCase("generator", "GCC", "CLR, Clang, LLVM")]
    [TestCase("vector", "384", "auto, 512, 256, 128, 0")]
    public void WrongSettingsAreErrors(string key, string value, string expected)
    {
        Assert.That(
            () => new CpuPlugin().EnumerateDevices(new TestHost((key, value))),
            Throws.TypeOf<BackendException>().With.Message.Contains($"'{key}'").And.Message.Contains(expected).And.Property("Code").EqualTo("TEN4007"));
    }
}
