using System.Security.Cryptography;
using Tenon.Core.Backend;

namespace Tenon.Runtime.Tests;

/// <summary>Each bad plugin is one coded message, and hides no device of another.</summary>
public sealed class PluginZooTests
{
    private string _root = "";

    [SetUp]
    public void CreateFolder() => _root = Directory.CreateTempSubdirectory("tenon-zoo").FullName;

    [TearDown]
    public void DeleteFolder()
    {
        try
        {
            Directory.Delete(_root, recursive: true);
        }
        catch (UnauthorizedAccessException) when (OperatingSystem.IsWindows())
        {
            // Loaded assemblies can't be deleted there.
        }
    }

    [Test]
    public void GoodPluginsLoad()
    {
        new PluginDll("good").WriteTo(_root);
        using var runtime = Runtime("good");
        Assert.That(runtime.Plugins.Plugins[0].State, Is.EqualTo(PluginState.ManifestRead), "code runs only when a device is asked for");
        Assert.That(runtime.Devices.Names, Is.EquivalentTo(new[] { "FAKE", "OTHER" }));
        var status = runtime.Plugins.Plugins[0];
        Assert.Multiple(() =>
        {
            Assert.That(status.State, Is.EqualTo(PluginState.Loaded));
            Assert.That(status.Version, Is.EqualTo("3.2.1"));
            Assert.That(status.ErrorCode, Is.Null);
            Assert.That(status.Notes, Is.Empty);
        });
        var e = Graphs.Fails("TEN2010", () => runtime.Devices.Open("FAKE"));
        Assert.That(e.Message, Does.Contain("FAKE").And.Contain("good 3.2.1").And.Contain("cannot open"));
        Assert.That(e.InnerException, Is.Not.Null);
    }

    [Test]
    public void FolderIsAbsent() => Expect("TEN2002", "does not exist");

    [Test]
    public void ManifestIsAbsent()
    {
        Directory.CreateDirectory(Path.Combine(_root, "bad"));
        Expect("TEN2003", "tenon.plugin.json");
    }

    [TestCase("{", "can't be read")]
    [TestCase("""{ "id": "else", "version": "1", "contract": "1.0", "assembly": "a.dll" }""", "'else'")]
    [TestCase("""{ "id": "bad", "version": "1", "contract": "new", "assembly": "a.dll" }""", "'contract'")]
    [TestCase("""{ "id": "bad", "version": "1", "contract": "1.0", "assembly": "../a.dll" }""", "'assembly'")]
    [TestCase("""{ "id": "bad", "version": "1", "contract": "1.0", "assembly": "a.dll", "devices": ["gpu 1"] }""", "'devices'")]
    [TestCase("{}", "'id'")]
    public void ManifestIsWrong(string text, string expected)
    {
        Directory.CreateDirectory(Path.Combine(_root, "bad"));
        File.WriteAllText(Path.Combine(_root, "bad", PluginManifest.FileName), text);
        Expect("TEN2003", expected);
    }

    [Test]
    public void AssemblyIsAbsent()
    {
        File.Delete(Path.Combine(new PluginDll("bad").WriteTo(_root), "Plugin.dll"));
        Expect("TEN2002", "Plugin.dll");
    }

    [TestCase("\u007fELF rest", "ELF")]
    [TestCase("this is no library", "begins with bytes")]
    [TestCase("", "0 bytes")]
    public void FileIsNotAnAssembly(string content, string expected)
    {
        File.WriteAllBytes(Path.Combine(new PluginDll("bad").WriteTo(_root), "Plugin.dll"), System.Text.Encoding.Latin1.GetBytes(content));
        Expect("TEN2006", expected);
    }

    [Test]
    public void AssemblyIsCutShort([Values(100, 300, 700, 1500)] int length)
    {
        var path = Path.Combine(new PluginDll("bad").WriteTo(_root), "Plugin.dll");
        File.WriteAllBytes(path, File.ReadAllBytes(path)[..length]);
        using var runtime = Runtime("bad");
        Assert.That(runtime.Devices.Names, Is.EqualTo(new[] { "OTHER" }));
        Assert.That(runtime.Plugins.Plugins[0].ErrorCode, Is.Not.Null);
    }

    [Test]
    public void AssemblyIsNotAPlugin()
    {
        new PluginDll("bad") { HasAttribute = false }.WriteTo(_root);
        Expect("TEN2007", "BackendPlugin");
    }

    [Test]
    public void EntryPointIsNotAPlugin()
    {
        new PluginDll("bad") { IsEntryPointWrong = true }.WriteTo(_root);
        Expect("TEN2008", "IBackendPlugin");
    }

    [Test]
    public void ConstructorThrows()
    {
        new PluginDll("bad") { ConstructorThrows = true }.WriteTo(_root);
        Expect("TEN2008", "the driver is too old");
    }

    [Test]
    public void EnumerationThrows()
    {
        new PluginDll("bad") { EnumerateThrows = true }.WriteTo(_root);
        Expect("TEN2009", "the bus is on fire");
    }

    [Test]
    public void DeviceNameIsWrong()
    {
        new PluginDll("bad") { Device = "my gpu" }.WriteTo(_root);
        Expect("TEN2014", "my gpu");
    }

    [TestCase("2.0", "Update Tenon")]
    [TestCase("0.9", "Update the plugin")]
    public void ContractIsAnother(string contract, string remedy)
    {
        new PluginDll("bad") { Contract = contract }.WriteTo(_root);
        Expect("TEN2001", contract, remedy);
    }

    [Test]
    public void NewerMinorIsFineIfEverythingIsThere()
    {
        new PluginDll("good") { Contract = "1.7" }.WriteTo(_root);
        using var runtime = Runtime("good");
        Assert.That(runtime.Devices.Names, Does.Contain("FAKE"));
    }

    [TestCase("set_DisplayName", "set_DisplayNome", "DeviceDescription.set_DisplayNome")]
    [TestCase("DeviceDescription", "DeviceDescriptiom", "Tenon.Core.Backend.DeviceDescriptiom")]
    [TestCase("FreeCore", "FreeKore", "TestBuffer does not implement Tenon.Core.Backend.DeviceBuffer.FreeCore")]
    public void MemberOfTheContractIsMissing(string from, string to, string expected)
    {
        new PluginDll("bad") { Rename = (from, to), Contract = "1.9" }.WriteTo(_root);
        Expect("TEN2004", expected, "1.9");
    }

    [Test]
    public void BundledContractIsIgnored()
    {
        var folder = new PluginDll("bundles").WriteTo(_root);
        File.Copy(typeof(Contract).Assembly.Location, Path.Combine(folder, "Tenon.Core.dll"));
        using var runtime = Runtime("bundles");
        Assert.That(runtime.Devices.Names, Does.Contain("FAKE"));
        Assert.That(runtime.Plugins.Plugins[0].Notes.Single(), Does.Contain("TEN2005").And.Contain("ignored"));
    }

    [Test]
    public void HashIsPinned()
    {
        var path = Path.Combine(new PluginDll("pinned").WriteTo(_root), "Plugin.dll");
        var hash = Convert.ToHexString(SHA256.HashData(File.ReadAllBytes(path)));
        using var good = Build(Options("pinned", hash));
        Assert.That(good.Devices.Names, Does.Contain("FAKE"));
        using var bad = Build(Options("pinned", new string('0', 64)));
        Assert.That(Graphs.Fails("TEN2011", () => bad.Devices.Open("FAKE")).Message, Does.Contain(hash.ToLowerInvariant()));
    }

    [Test]
    public void TwoPluginsOfOneAssemblyNameLiveSideBySide()
    {
        new PluginDll("one") { Device = "ONE", Declares = null, DisplayName = "first" }.WriteTo(_root);
        new PluginDll("two") { Device = "TWO", Declares = null, DisplayName = "second" }.WriteTo(_root);
        using var runtime = Runtime("one", "two");
        Assert.That(runtime.Devices.Names, Is.EquivalentTo(new[] { "ONE", "TWO", "OTHER" }));
    }

    [Test]
    public void OneDeviceNameTwiceIsNobodys()
    {
        new PluginDll("one").WriteTo(_root);
        new PluginDll("two").WriteTo(_root);
        using var runtime = Runtime("one", "two");
        var message = Graphs.Fails("TEN2102", () => runtime.Devices.Open("FAKE")).Message;
        Assert.That(message, Does.Contain("one and two").And.Contain("\"devices\": { \"FAKE\": \"one\" }"));
        Assert.That(runtime.Devices.Open("OTHER").Name, Is.EqualTo("OTHER"));
    }

    [Test]
    public void OneDeviceNameTwiceIsChosenInTheConfiguration()
    {
        new PluginDll("one").WriteTo(_root);
        new PluginDll("two").WriteTo(_root);
        var options = Options("one", null);
        options.Plugins.Add(new PluginOptions { Id = "two", Path = "two" });
        options.Devices["FAKE"] = "two";
        using var runtime = Build(options);
        Assert.That(Graphs.Fails("TEN2010", () => runtime.Devices.Open("FAKE")).Message, Does.Contain("plugin two"));
        options.Devices["FAKE"] = "three";
        Assert.That(Graphs.Fails("TEN2104", () => Build(options)).Message, Does.Contain("'three'").And.Contain("one, two"));
    }

    [Test]
    public void SwitchedOffPluginsStayOff()
    {
        new PluginDll("off").WriteTo(_root);
        var options = Options("off", null);
        options.Plugins[0].Enabled = false;
        using var runtime = Build(options);
        Assert.That(runtime.Devices.Names, Is.EqualTo(new[] { "OTHER" }));
        Assert.That(Graphs.Fails("TEN2201", () => runtime.Devices.Open("FAKE")).Message, Does.Contain("off is switched off"));
    }

    [Test]
    public void AManifestMaySayLessThanThePluginFinds()
    {
        new PluginDll("more") { Device = "MORE", Declares = [] }.WriteTo(_root);
        using var runtime = Runtime("more");
        Graphs.Fails("TEN2010", () => runtime.Devices.Open("MORE"));
    }

    // The device that the plugin would have, and a plugin that has nothing to do with it.
    private void Expect(string code, params string[] words)
    {
        using var runtime = Runtime("bad");
        Assert.That(runtime.Devices.Open("other:0").Name, Is.EqualTo("OTHER"), "other devices work");
        Assert.That(runtime.Devices.Names, Is.EqualTo(new[] { "OTHER" }));
        var status = runtime.Plugins.Plugins.Single(p => p.Id == "bad");
        Assert.That(status.ErrorCode, Is.EqualTo(code), status.ErrorMessage);
        Assert.That(status.State, Is.LessThan(PluginState.Loaded));
        var asked = Assert.Throws<TenonException>(() => runtime.Devices.Open("FAKE"))!.Message;
        foreach (var word in words.Append("bad"))
        {
            Assert.That(status.ErrorMessage, Does.Contain(word));
            Assert.That(asked, Does.Contain(word), "and comes back when the device is asked for");
        }
    }

    private TenonRuntime Runtime(params string[] ids)
    {
        var options = Options(ids[0], null);
        foreach (var id in ids[1..])
        {
            options.Plugins.Add(new PluginOptions { Id = id, Path = id });
        }

        return Build(options);
    }

    private static TenonRuntime Build(RuntimeOptions options) =>
        new TenonRuntimeBuilder(options).AddPlugin("other", new FakePlugin("OTHER")).Build(new FakeCompiler());

    private RuntimeOptions Options(string id, string? sha256)
    {
        var options = new RuntimeOptions { BaseFolder = _root };
        options.Cache.Enabled = false;
        options.Plugins.Add(new PluginOptions { Id = id, Path = id, Sha256 = sha256 });
        return options;
    }
}
