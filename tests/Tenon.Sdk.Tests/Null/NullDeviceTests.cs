using System.Runtime.InteropServices;
using Tenon.Core;
using Tenon.Core.Backend;
using Tenon.Plugins.Null;
using Tenon.Sdk.Targets;
using Tenon.Tests.Shared;
using static Tenon.Tests.Shared.Kernels;

namespace Tenon.Sdk.Tests.Null;

internal sealed class NullDeviceTests
{
    private static readonly LinearProgram Small = Program("small", 1, Store(At(Param(0, DType.Float32, 4), Int(0)), UOp.Const(DType.Float32.Vec(4), 1)));

    [Test]
    public void WhatIsCopiedOutIsNaN()
    {
        using var device = Open(new SettingsHost());
        using var buffer = device.Allocator.Allocate(1L << 50);
        var view = new BufferView(buffer, 0, 32);
        device.Allocator.CopyIn(view, new byte[32]);
        var bytes = new byte[32];
        device.Allocator.CopyOut(view, bytes);

        Assert.Multiple(() =>
        {
            Assert.That(MemoryMarshal.Cast<byte, float>(bytes).ToArray(), Is.All.NaN);
            Assert.That(MemoryMarshal.Cast<byte, double>(bytes).ToArray(), Is.All.NaN);
            Assert.That(MemoryMarshal.Cast<byte, Half>(bytes).ToArray().Select(Half.IsNaN), Is.All.True);
        });
    }

    [Test]
    public void ProgramsAreListedAndLaunchedWithoutBeingRun()
    {
        using var device = Open(new SettingsHost());
        var kernel = device.CodeGenerators[0].Generate(Small);
        using var program = device.Load(kernel);
        using var buffer = device.Allocator.Allocate(16);
        program.Launch([new BufferView(buffer, 0, 16)]);
        device.Synchronize();

        Assert.That(kernel.Source, Does.Contain("small").And.Contain("Store"));
        Assert.That(() => program.Launch([]), Throws.TypeOf<BackendException>());
    }

    [Test]
    public void AnotherGeneratorRendersWithItsTargetAndDoesNotCompile()
    {
        var listing = new ListingGenerator();
        using var device = Open(new SettingsHost(new Dictionary<string, Func<CodeGenerator>> { ["X/Other"] = () => listing }, ("generator", "X/Other")));
        var generator = device.CodeGenerators.Single();
        var kernel = generator.Generate(Small);

        Assert.Multiple(() =>
        {
            Assert.That(kernel.Source, Is.EqualTo(listing.Render(Small)));
            Assert.That(kernel.Binary.Length, Is.Zero);
            Assert.That(generator.Target.VectorBytes, Is.EqualTo(listing.Target.VectorBytes));
            Assert.That(generator.Target.Fingerprint, Is.Not.EqualTo(listing.Target.Fingerprint));
        });
    }

    [Test]
    public void AGeneratorThatIsNotThereIsNotedAndTheDeviceWorks()
    {
        var host = new SettingsHost(("generator", "CPU/CLR"));
        using var device = Open(host);

        Assert.That(host.Notes.Single(), Does.Contain("CPU/CLR").And.Contain("not available"));
        Assert.That(device.CodeGenerators.Single().Generate(Small).Source, Does.Contain("small"));
    }

    [TestCaseSource(typeof(KnownTarget), nameof(KnownTarget.Names))]
    public void ATargetIsADeviceWithItsLimitsThatRendersInItsLanguage(string target)
    {
        using var device = new NullPlugin().Open(new DeviceDescription { Name = "NULL" }, target, new SettingsHost());
        var generator = device.CodeGenerators.Single();
        var kernel = generator.Generate(Program("small", 1, Store(At(Param(0, DType.Float32, 4), Int(0)), UOp.Const(DType.Float32, 1))));

        Assert.Multiple(() =>
        {
            Assert.That(generator.Name, Is.EqualTo(target.Split(':')[0]));
            Assert.That(kernel.Source, Does.Contain(target.StartsWith("WGSL", StringComparison.Ordinal) ? "fn main" : "small(").And.Contain("data0"));
            Assert.That(kernel.Binary.Length, Is.Zero);
            Assert.That(generator.Target.Fingerprint, Does.StartWith("null-"));
            Assert.That(device.Capabilities.Workgroups, Is.Not.Null);
            Assert.That(device.Capabilities.LocalBytes, Is.GreaterThanOrEqualTo(16 << 10));
        });
    }

    [TestCase("CUDA:sm_12", "TEN4250", "sm_90")]
    [TestCase("HIP:gfx1", "TEN4250", "gfx1100")]
    [TestCase("METAL:apple1", "TEN4250", "apple7")]
    [TestCase("FORTRAN", "TEN4251", "OPENCL")]
    public void AnUnknownTargetIsRefusedWithThoseThatAreKnown(string target, string code, string known)
    {
        var error = Assert.Throws<BackendException>(() => new NullPlugin().Open(new DeviceDescription { Name = "NULL" }, target, new SettingsHost()))!;
        Assert.That(error.Code, Is.EqualTo(code));
        Assert.That(error.Message, Does.Contain(known));
    }

    private static Device Open(BackendHost host)
    {
        var plugin = new NullPlugin();
        return plugin.Open(plugin.EnumerateDevices(host).Single(), host);
    }
}
