using Tenon.Core.Backend;
using Tenon.Plugins.Cpu.Clang;
using Tenon.Tests.Shared;
using static Tenon.Tests.Shared.Kernels;

namespace Tenon.Sdk.Tests.CStyle;

/// <summary>What is said when the compiler is absent, or refuses, or when a library is damaged.</summary>
internal sealed class ClangToolchainTests
{
    [Test]
    public void ACompilerThatIsNotThereIsNotedWithTheRemedy()
    {
        var host = new SettingsHost(("clang", Path.Combine(Path.GetTempPath(), "no-such-clang")));

        Assert.That(ClangGenerator.TryCreate(host), Is.Null);
        Assert.That(host.Notes, Has.Count.EqualTo(1));
        Assert.That(host.Notes[0], Does.Contain("no-such-clang").And.Contain("plugins.json").And.Contain("14"));
    }

    [Test]
    public void AFileThatIsNotAProgramIsNoted()
    {
        var path = Path.GetTempFileName();
        try
        {
            var host = new SettingsHost(("clang", path));
            Assert.That(ClangGenerator.TryCreate(host), Is.Null);
            Assert.That(host.Notes.Single(), Does.Contain(path));
        }
        finally
        {
            File.Delete(path);
        }
    }

    [Test]
    public void ARefusedSourceIsReportedWithWhatTheCompilerSaid()
    {
        var compiler = ClangRunner.Compiler();
        var folder = Directory.CreateTempSubdirectory().FullName;
        var error = Assert.Throws<BackendException>(() => compiler.Compile("broken", "int f(void) { return nonsense; }", folder))!;

        Assert.That(error.Message, Does.Contain("broken").And.Contain("nonsense").And.Contain("<stdin>:1:"));
        Assert.That(Directory.GetFiles(folder).Select(Path.GetFileName), Is.EqualTo(new[] { "broken.c" }));
        Directory.Delete(folder, recursive: true);
    }

    [Test]
    public void TheFingerprintTellsProcessorsApart()
    {
        var native = ClangRunner.Native().Generator.Target;
        Assert.That(native.Fingerprint, Does.StartWith("clang-"));
        Assert.That(ClangRunner.Native().Generator.Target.Fingerprint, Is.EqualTo(native.Fingerprint));
        Assert.That(native.VectorBytes == 16 || ClangRunner.Oldest().Generator.Target.Fingerprint != native.Fingerprint);
    }

    [Test]
    public void ADamagedLibraryIsReportedAndNothingIsLeft()
    {
        var folder = Directory.CreateTempSubdirectory().FullName;
        var kernel = new CompiledKernel { Name = "damaged", Generator = "Clang", Binary = new byte[] { 1, 2, 3 }, GlobalSize = 1, BufferCount = 0, VariableCount = 0 };

        var error = Assert.Throws<BackendException>(() => new ClangKernelLoader(folder).Load(kernel))!;
        Assert.That(error.Message, Does.Contain("TEN4002").And.Contain("damaged"));
        Assert.That(Directory.GetFiles(folder), Is.Empty);
        Directory.Delete(folder);
    }

    [Test]
    public void NothingIsLeftOfALoadedKernel()
    {
        var runner = ClangRunner.Native();
        var folder = Directory.CreateTempSubdirectory().FullName;
        var program = Program("small", 1, Store(At(Param(0, DType.Int32, 1), Int(0)), Int(1)));
        using (new ClangKernelLoader(folder).Load(runner.Generator.Generate(program)))
        {
        }

        Assert.That(Directory.GetFiles(folder), Is.Empty);
        Directory.Delete(folder);
    }
}
