namespace Tenon.Runtime.Tests;

public sealed class DiskStoreTests
{
    private string _folder = "";

    [SetUp]
    public void CreateFolder() => _folder = Directory.CreateTempSubdirectory("tenon-cache").FullName;

    [TearDown]
    public void DeleteFolder() => Directory.Delete(_folder, recursive: true);

    [Test]
    public void TheSecondProcessSchedulesAndCompilesNothing()
    {
        Assert.That(Compute(), Is.EqualTo((1, 1)));
        Assert.That(Compute(), Is.EqualTo((0, 0)));
    }

    [Test]
    public void AnotherCompilerDoesAllAgainAndAnotherGeneratorCompilesAgain()
    {
        Assert.That(Compute(), Is.EqualTo((1, 1)));
        Assert.That(Compute("other"), Is.EqualTo((1, 1)));
        Assert.That(Compute(generator: "Run"), Is.EqualTo((0, 1)));
        Assert.That(Compute(), Is.EqualTo((0, 0)), "the first are still there");
    }

    [Test]
    public void DamagedFilesAreMadeAgain([Values("flip", "cut", "empty", "garbage", "longer")] string damage)
    {
        Compute();
        foreach (var file in Files())
        {
            var bytes = File.ReadAllBytes(file);
            bytes[^5] ^= 1;
            File.WriteAllBytes(file, damage switch { "cut" => bytes[..^9], "empty" => [], "garbage" => new byte[4096], "longer" => [.. File.ReadAllBytes(file), 0], _ => bytes });
        }

        Assert.That(Compute(), Is.EqualTo((1, 1)));
        Assert.That(Compute(), Is.EqualTo((0, 0)), "and stored again");
    }

    [Test]
    public void AnyDamagedByteIsNoticed()
    {
        Compute();
        var originals = Files().ToDictionary(f => f, File.ReadAllBytes);
        var random = new Random(7);
        for (var i = 0; i < 60; i++)
        {
            foreach (var (file, original) in originals)
            {
                var bytes = (byte[])original.Clone();
                bytes[random.Next(bytes.Length)] ^= (byte)(1 << random.Next(8));
                File.WriteAllBytes(file, bytes);
            }

            Assert.That(Compute(), Is.EqualTo((1, 1)));
        }
    }

    [Test]
    public void AFileUnderAWrongNameIsNotUsed()
    {
        Compute();
        var before = Files();
        Compute("other");
        foreach (var file in Files().Except(before))
        {
            File.Copy(before.Single(b => KindOf(b) == KindOf(file)), file, overwrite: true);
        }

        Assert.That(Compute("other"), Is.EqualTo((1, 1)));
    }

    [Test]
    public void NoTemporaryFilesStay()
    {
        Compute();
        Assert.That(Files().Select(KindOf), Is.EquivalentTo(new[] { "kernels", "schedules" }));
    }

    [Test]
    public void AFolderThatCannotBeWrittenIsNoError()
    {
        var file = Path.Combine(_folder, "file");
        File.WriteAllText(file, "");
        _folder = file;
        Assert.That(Compute(), Is.EqualTo((1, 1)));
        _folder = Path.GetDirectoryName(file)!;
    }

    [Test]
    public void WhatWasNotUsedForLongestGoesFirst()
    {
        var (old, middle, young) = (Write("00", 400, days: 3), Write("11", 400, days: 2), Write("22", 400, days: 0));
        CacheFolder.Trim(_folder, 1200);
        Assert.That(Files(), Is.EquivalentTo(new[] { old, middle, young }), "there is room for all");
        CacheFolder.Trim(_folder, 1100);
        Assert.That(Files(), Is.EquivalentTo(new[] { middle, young }));
        CacheFolder.Trim(_folder, 0);
        Assert.That(Files(), Is.Empty);
    }

    [Test]
    public void TemporaryFilesOfProcessesThatDiedAreDeleted()
    {
        var (kept, _, writing) = (Write("00", 1, days: 9), Write("11.1.1.tmp", 1, days: 2), Write("22.1.1.tmp", 1, days: 0));
        CacheFolder.Trim(_folder, 1 << 20);
        Assert.That(Files(), Is.EquivalentTo(new[] { kept, writing }));
    }

    [Test]
    public void UsingAFileMakesItYoung()
    {
        Compute();
        foreach (var file in Files())
        {
            File.SetLastWriteTimeUtc(file, DateTime.UtcNow.AddDays(-30));
        }

        Compute();
        Assert.That(Files().Select(File.GetLastWriteTimeUtc), Has.All.GreaterThan(DateTime.UtcNow.AddDays(-1)));
    }

    [Test]
    public void ItCanBeMeasuredAndCleared()
    {
        Compute();
        var options = new CacheOptions { Folder = _folder };
        Assert.That(options.Measure().Select(u => (u.Kind, u.Files)), Is.EqualTo(new[] { ("kernels", 1), ("schedules", 1) }));
        Assert.That(options.Measure().Sum(u => u.Bytes), Is.EqualTo(Files().Sum(f => new FileInfo(f).Length)));
        options.Clear();
        Assert.That(Files(), Is.Empty);
        Assert.That(Compute(), Is.EqualTo((1, 1)));
    }

    [Test]
    public void SeveralProcessesMayShareTheFolder()
    {
        Parallel.For(0, 16, _ => Compute());
        Assert.That(Compute(), Is.EqualTo((0, 0)));
        Assert.That(Files(), Has.Length.EqualTo(2));
    }

    private static string KindOf(string file) => Path.GetFileName(Path.GetDirectoryName(Path.GetDirectoryName(file)))!;

    private string[] Files() => Directory.GetFiles(_folder, "*", SearchOption.AllDirectories);

    private string Write(string name, int bytes, int days)
    {
        var path = CacheFolder.PathOf(_folder, CacheFolder.Kernels, name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllBytes(path, new byte[bytes]);
        File.SetLastWriteTimeUtc(path, DateTime.UtcNow.AddDays(-days));
        return path;
    }

    // What a process that computes a sum had to schedule and to compile.
    private (int Scheduled, int Compiled) Compute(string fingerprint = "fake", string generator = "Walk")
    {
        var (fake, compiler) = (new FakeGenerator(generator), new FakeCompiler { Fingerprint = fingerprint });
        var plugin = new FakePlugin("FAKE") { OnOpen = (_, _) => new FakeDevice(generators: fake) };
        using var runtime = Graphs.Runtime(plugin, compiler, o => (o.Cache.Enabled, o.Cache.Folder) = (true, _folder));
        var y = runtime.Realize(runtime.Buffer(1, 2).Add(runtime.Buffer(3, 4)));
        Assert.That(runtime.Read(y), Is.EqualTo(new float[] { 4, 6 }));
        Assert.That(runtime.Statistics.DiskCacheHits, Is.EqualTo(1 - fake.Compiled));
        Assert.That(compiler.Lowered, Is.EqualTo(fake.Compiled));
        Assert.That(runtime.Statistics.SchedulesFromDisk, Is.EqualTo(1 - compiler.Scheduled));
        return (compiler.Scheduled, fake.Compiled);
    }
}
