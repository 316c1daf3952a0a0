using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Tenon.Runtime.Tests;

[NonParallelizable]
public sealed class ConfigurationTests
{
    private const string Good = """
        {
          // Comments are fine.
          "defaultDevice": "CPU", "debug": 1, "cache": { "enabled": false, "folder": null },
          "devices": { "CPU": "tenon.cpu" },
          "plugins": [
            { "id": "tenon.cpu", "path": "plugins/cpu", "settings": { "generator": "CLR", "deep": { "er": "1" } } },
            { "id": "tenon.null", "path": "plugins/null", "enabled": false, "sha256": null, "mask": ["vectors", "MulAcc"] },
          ]
        }
        """;

    private string _folder = "";
    private string _file = "";

    [SetUp]
    public void CreateFolder()
    {
        _folder = Directory.CreateTempSubdirectory("tenon-config").FullName;
        _file = Path.Combine(_folder, TenonConfiguration.FileName);
    }

    [TearDown]
    public void DeleteFolder() => Directory.Delete(_folder, recursive: true);

    [Test]
    public void FilesAreRead()
    {
        File.WriteAllText(_file, Good);
        var options = TenonConfiguration.Load(_file);
        Assert.Multiple(() =>
        {
            Assert.That(options.DefaultDevice, Is.EqualTo("CPU"));
            Assert.That(options.Debug, Is.EqualTo(1));
            Assert.That(options.Cache.Enabled, Is.False);
            Assert.That(options.Cache.Folder, Is.Null);
            Assert.That(options.BaseFolder, Is.EqualTo(_folder));
            Assert.That(options.Devices["cpu"], Is.EqualTo("tenon.cpu"));
            Assert.That(options.Plugins.Select(p => p.Id), Is.EqualTo(new[] { "tenon.cpu", "tenon.null" }));
            Assert.That(options.Plugins[0].Settings, Is.EquivalentTo(new Dictionary<string, string> { ["generator"] = "CLR", ["deep:er"] = "1" }));
            Assert.That(options.Plugins[1].Enabled, Is.False);
            Assert.That(options.Plugins[1].Mask, Is.EqualTo(new[] { "vectors", "MulAcc" }));
            Assert.That(TenonConfiguration.Load(_file, [new("plugins:tenon.null:mask", "lanes, subgroups")]).Plugins[1].Mask, Is.EqualTo(new[] { "lanes", "subgroups" }));
            Assert.That(options.Plugins[1].Sha256, Is.Null);
        });
    }

    [Test]
    public void LaterSourcesWin()
    {
        File.WriteAllText(_file, Good);
        using var device = new Variable("TENON_DEVICE", "NULL");
        using var debug = new Variable("TENON_DEBUG", "2");
        using var cache = new Variable("TENON_CACHE", "on");
        using var generator = new Variable("TENON__plugins__tenon_cpu__generator", "Clang");
        using var threads = new Variable("TENON__plugins__tenon_cpu__threads", "3");
        using var enabled = new Variable("TENON__plugins__tenon_null__enabled", "true");
        var options = TenonConfiguration.Load(_file, [new("debug", "3"), new("plugins:tenon_cpu:threads", "4")]);
        Assert.Multiple(() =>
        {
            Assert.That(options.DefaultDevice, Is.EqualTo("NULL"));
            Assert.That(options.Debug, Is.EqualTo(3));
            Assert.That(options.Cache.Enabled, Is.True);
            Assert.That(options.Plugins[0].Settings["generator"], Is.EqualTo("Clang"));
            Assert.That(options.Plugins[0].Settings["threads"], Is.EqualTo("4"));
            Assert.That(options.Plugins[1].Enabled, Is.True);
        });
    }

    [TestCase("0", false, null)]
    [TestCase("off", false, null)]
    [TestCase("some/folder", true, "some/folder")]
    public void TheCacheVariableIsASwitchOrAFolder(string value, bool enabled, string? folder)
    {
        File.WriteAllText(_file, """{ "plugins": [] }""");
        using var cache = new Variable("TENON_CACHE", value);
        var options = TenonConfiguration.Load(_file);
        Assert.That((options.Cache.Enabled, options.Cache.Folder), Is.EqualTo((enabled, folder)));
    }

    [Test]
    public void MissingFilesAreNamed()
    {
        Assert.That(Graphs.Fails("TEN2101", () => TenonConfiguration.Load(_file)).Message, Does.Contain(_file).And.Contain("TENON_PLUGINS"));
        using var plugins = new Variable("TENON_PLUGINS", Path.Combine(_folder, "else.json"));
        TenonRuntime.Default = null;
        Assert.That(Graphs.Fails("TEN2101", () => _ = TenonRuntime.Default).Message, Does.Contain("else.json"));
    }

    [TestCase("{\n  \"debug\": 1,\n  oops\n}", "line 3, column 3")]
    [TestCase("{\n  \"debug\": 1", "line 2")]
    [TestCase("[]", "JSON object")]
    [TestCase("", "line 1")]
    public void MalformedFilesAreLocated(string text, string expected)
    {
        File.WriteAllText(_file, text);
        Assert.That(Graphs.Fails("TEN2103", () => TenonConfiguration.Load(_file)).Message, Does.Contain(_file).And.Contain(expected));
    }

    [TestCase("""{ "debgu": 1 }""", "'debgu'")]
    [TestCase("""{ "debug": "much" }""", "'much'")]
    [TestCase("""{ "cache": { "enabled": "maybe" } }""", "true or false")]
    [TestCase("""{ "plugins": [ { "id": "a", "path": "b", "generator": "CLR" } ] }""", "'settings'")]
    [TestCase("""{ "plugins": { "tenon.cpu": { "path": "b" } } }""", "not listed")]
    public void UnknownSettingsAreRefused(string text, string expected)
    {
        File.WriteAllText(_file, text);
        Assert.That(Graphs.Fails("TEN2104", () => TenonConfiguration.Load(_file)).Message, Does.Contain(_file).And.Contain(expected));
    }

    [TestCase("""{ "debug": 9 }""", "0 to 5")]
    [TestCase("""{ "defaultDevice": "two words" }""", "'two words'")]
    [TestCase("""{ "plugins": [ { "id": "a" } ] }""", "'path'")]
    [TestCase("""{ "plugins": [ { "id": "a", "path": "x" }, { "id": "A", "path": "y" } ] }""", "2 times")]
    [TestCase("""{ "plugins": [ { "id": "a", "path": "x", "sha256": "12" } ] }""", "64 hex")]
    public void ImpossibleSettingsAreRefused(string text, string expected)
    {
        File.WriteAllText(_file, text);
        Assert.That(Graphs.Fails("TEN2104", () => new TenonRuntimeBuilder(TenonConfiguration.Load(_file)).Build()).Message, Does.Contain(expected));
    }

    [Test]
    public void ApplicationsGetARuntime()
    {
        var configuration = new ConfigurationBuilder().AddInMemoryCollection([new("cache:enabled", "false"), new("defaultDevice", "fake")]).Build();
        using var provider = new ServiceCollection()
            .AddSingleton(new PluginRegistration("fake", new FakePlugin("FAKE")))
            .AddTenon(configuration, o => o.MaxSchedules = 7)
            .BuildServiceProvider();
        var runtime = provider.GetRequiredService<TenonRuntime>();
        Assert.Multiple(() =>
        {
            Assert.That(provider.GetRequiredService<DeviceRegistry>(), Is.SameAs(runtime.Devices));
            Assert.That(provider.GetRequiredService<PluginHost>(), Is.SameAs(runtime.Plugins));
            Assert.That(TenonRuntime.Default, Is.SameAs(runtime));
            Assert.That(runtime.Options.MaxSchedules, Is.EqualTo(7));
            Assert.That(runtime.Devices.Default, Is.EqualTo("FAKE"));
        });
    }

    [Test]
    public void ApplicationsGetTheirErrorsFromOptions()
    {
        var configuration = new ConfigurationBuilder().AddInMemoryCollection([new("debug", "9")]).Build();
        using var provider = new ServiceCollection().AddTenon(configuration).BuildServiceProvider();
        Assert.Throws<OptionsValidationException>(() => provider.GetRequiredService<TenonRuntime>());
    }

    private sealed class Variable : IDisposable
    {
        private readonly string _name;

        public Variable(string name, string value)
        {
            _name = name;
            Environment.SetEnvironmentVariable(name, value);
        }

        public void Dispose() => Environment.SetEnvironmentVariable(_name, null);
    }
}
