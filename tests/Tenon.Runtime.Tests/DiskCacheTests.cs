namespace Tenon.Runtime.Tests;

public sealed class DiskCacheTests
{
    private string _folder = "";

    [SetUp]
    public void CreateFolder() => _folder = Directory.CreateTempSubdirectory("tenon-cache").FullName;

    [TearDown]
    public void DeleteFolder() => Directory.Delete(_folder, recursive: true);

    [Test]
    public void TheSecondProcessCompilesNothing()
    {
        Assert.That(Compute(), Is.EqualTo(1));
        Assert.That(Compute(), Is.Zero);
    }

    [Test]
    public void AnotherCompilerOrGeneratorCompilesAgain()
    {
        Assert.That(Compute(), Is.EqualTo(1));
        Assert.That(Compute("other"), Is.EqualTo(1));
        Assert.That(Compute(generator: "Run"), Is.EqualTo(1));
    }

    [Test]
    public void DamagedEntriesAreCompiledAgain([Values("flip", "cut", "empty", "garbage")] string damage)
    {
        Compute();
        var file = Directory.EnumerateFiles(_folder, "*", SearchOption.AllDirectories).Single();
        var bytes = File.ReadAllBytes(file);
        bytes[^5] ^= 1;
        File.WriteAllBytes(file, damage switch { "cut" => bytes[..^9], "empty" => [], "garbage" => new byte[4096], _ => bytes });
        Assert.That(Compute(), Is.EqualTo(1));
        Assert.That(Compute(), Is.Zero, "and stored again");
    }

    [Test]
    public void NoTemporaryFilesStay()
    {
        Compute();
        Assert.That(Directory.EnumerateFiles(_folder, "*.tmp", SearchOption.AllDirectories), Is.Empty);
    }

    [Test]
    public void AFolderThatCannotBeWrittenIsNoError()
    {
        var file = Path.Combine(_folder, "file");
        File.WriteAllText(file, "");
        _folder = file;
        Assert.That(Compute(), Is.EqualTo(1));
        _folder = Path.GetDirectoryName(file)!;
    }

    private int Compute(string fingerprint = "fake", string generator = "Walk")
    {
        var fake = new FakeGenerator(generator);
        var plugin = new FakePlugin("FAKE") { OnOpen = (_, _) => new FakeDevice(generators: fake) };
        using var runtime = Graphs.Runtime(plugin, new FakeCompiler { Fingerprint = fingerprint }, o => (o.Cache.Enabled, o.Cache.Folder) = (true, _folder));
        var y = runtime.Realize(runtime.Buffer(1, 2).Add(runtime.Buffer(3, 4)));
        Assert.That(runtime.Read(y), Is.EqualTo(new float[] { 4, 6 }));
        Assert.That(runtime.Statistics.DiskCacheHits, Is.EqualTo(1 - fake.Compiled));
        return fake.Compiled;
    }
}
