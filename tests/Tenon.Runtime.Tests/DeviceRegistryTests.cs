using Tenon.Core.Backend;

namespace Tenon.Runtime.Tests;

public sealed class DeviceRegistryTests
{
    [TestCase("FAKE", "FAKE")]
    [TestCase("fake", "FAKE")]
    [TestCase("fake:0", "FAKE")]
    [TestCase("Fake:00", "FAKE")]
    [TestCase("fake:1", "FAKE:1")]
    public void NamesHaveOneSpelling(string name, string canonical)
    {
        using var runtime = Graphs.Runtime();
        Assert.That(runtime.Devices.Canonicalize(name), Is.EqualTo(canonical));
    }

    [Test]
    public void OtherTextIsNoName([Values("", ":1", "FAKE:", "FAKE:-1", "FAKE:x:", "FAKE:x y", "1FAKE", "FA KE", "FAKE:99999999999")] string name)
    {
        using var runtime = Graphs.Runtime();
        Graphs.Fails("TEN2202", () => runtime.Devices.Open(name));
    }

    [Test]
    public void ATargetIsForPluginsThatTakeOne()
    {
        using var runtime = Graphs.Runtime(new FakePlugin("FAKE"));
        Assert.That(Graphs.Fails("TEN2202", () => runtime.Devices.Open("FAKE:arch")).Message, Does.Contain("FAKE:arch").And.Contain("no target"));
    }

    [Test]
    public void EachTargetIsADeviceOfItsOwn()
    {
        var plugin = new TargetedPlugin();
        using var runtime = Graphs.Runtime(plugin);
        var (plain, first, second) = (runtime.Devices.Open("fake"), runtime.Devices.Open("fake:ARCH:v1_a"), runtime.Devices.Open("FAKE:other"));

        Assert.Multiple(() =>
        {
            Assert.That(plugin.Targets, Is.EqualTo(new[] { "ARCH:v1_a", "other" }));
            Assert.That(new[] { plain.Name, first.Name, second.Name }, Is.EqualTo(new[] { "FAKE", "FAKE:ARCH:v1_a", "FAKE:other" }));
            Assert.That(runtime.Devices.Open("FAKE:other"), Is.SameAs(second));
        });
    }

    [Test]
    public void DevicesAreOpenedOnceByManyThreads()
    {
        var plugin = new FakePlugin("FAKE");
        using var runtime = Graphs.Runtime(plugin);
        Assert.That(plugin.Opened, Is.Zero);
        var opened = new OpenedDevice[32];
        Parallel.For(0, opened.Length, i => opened[i] = runtime.Devices.Open(i % 2 == 0 ? "FAKE" : "fake:0"));
        Assert.That(plugin.Opened, Is.EqualTo(1));
        Assert.That(opened.Distinct().Count(), Is.EqualTo(1));
    }

    [Test]
    public void UnknownDevicesAreAnsweredWithThoseThatThereAre()
    {
        using var runtime = Graphs.Runtime();
        var message = Graphs.Fails("TEN2201", () => runtime.Devices.Open("FKAE")).Message;
        Assert.That(message, Does.Contain("no device FKAE").And.Contain("Installed: FAKE (fake)").And.Contain("Did you mean FAKE?"));
        Assert.That(Graphs.Fails("TEN2201", () => runtime.Devices.Open("FAKE:1")).Message, Does.Contain("Plugin fake has FAKE."));
    }

    [Test]
    public void NoPluginsMeansNoDefault()
    {
        using var runtime = new TenonRuntimeBuilder().Build(new FakeCompiler());
        Graphs.Fails("TEN2201", () => _ = runtime.Devices.Default);
    }

    [Test]
    public void TheDefaultIsTheConfiguredOneOrTheFirst()
    {
        using var first = Graphs.Runtime();
        using var configured = Graphs.Runtime(configure: o => o.DefaultDevice = "other:0");
        Assert.That(first.Devices.Default, Is.EqualTo("FAKE"));
        Assert.That(configured.Devices.Default, Is.EqualTo("OTHER"));
    }

    [Test]
    public void AFailedOpenMayBeTriedAgain()
    {
        var attempts = 0;
        var plugin = new FakePlugin("FAKE") { OnOpen = (_, _) => ++attempts == 1 ? throw new BackendException("FAKE7", "busy") : new FakeDevice() };
        using var runtime = Graphs.Runtime(plugin);
        var message = Graphs.Fails("FAKE7", () => runtime.Devices.Open("FAKE")).Message;
        Assert.That(message, Is.EqualTo("FAKE7: Device FAKE of plugin fake 1.2.3 could not be opened: busy"));
        Assert.That(runtime.Devices.Open("FAKE").Device, Is.Not.Null);
    }

    [Test]
    public void PluginsSeeTheGeneratorsOfOthers()
    {
        BackendHost? seen = null;
        var nul = new FakePlugin("NIL") { OnOpen = (_, host) => new FakeDevice(generators: (seen = host).CodeGenerators["FAKE/walk"]()) };
        using var runtime = new TenonRuntimeBuilder().AddPlugin("nil", nul).AddPlugin("fake", new FakePlugin("FAKE")).Build(new FakeCompiler());
        Assert.That(runtime.Devices.Open("NIL").Generator, Is.SameAs(runtime.Devices.Open("FAKE").Generator));
        Assert.Multiple(() =>
        {
            Assert.That(seen!.CodeGenerators.Keys, Is.EqualTo(new[] { "FAKE/Walk" }));
            Assert.That(seen.CodeGenerators.TryGetValue("FAKE/None", out _), Is.False);
            Assert.That(seen.CodeGenerators.ContainsKey("GONE/Walk"), Is.False);
            Assert.That(runtime.Plugins.Plugins[0].Notes, Has.Some.Contains("FAKE/None is not available"));
            Assert.That(runtime.Plugins.Plugins[1].Generators, Is.EqualTo(new[] { "FAKE/Walk" }));
        });
    }

    [Test]
    public void GeneratorsInACircleAreRefused()
    {
        static FakePlugin Plugin(string kind, string needs) => new(kind) { OnOpen = (_, host) => new FakeDevice(generators: host.CodeGenerators[needs]()) };
        using var runtime = new TenonRuntimeBuilder().AddPlugin("a", Plugin("A", "B/Walk")).AddPlugin("b", Plugin("B", "A/Walk")).Build(new FakeCompiler());
        Assert.That(Graphs.Fails("TEN2204", () => runtime.Devices.Open("A")).Message, Does.Contain("circle"));
    }

    [Test]
    public void ClosingClosesDevices()
    {
        var device = new FakeDevice();
        var runtime = Graphs.Runtime(new FakePlugin("FAKE") { OnOpen = (_, _) => device });
        runtime.Buffer(1, 2);
        runtime.Dispose();
        Assert.That(device.IsClosed, Is.True);
        Assert.Throws<ObjectDisposedException>(() => runtime.Devices.Open("FAKE"));
    }
}
