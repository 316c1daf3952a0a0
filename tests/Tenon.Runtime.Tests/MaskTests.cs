using Tenon.Core;
using Tenon.Core.Backend;

namespace Tenon.Runtime.Tests;

/// <summary>What is masked is as if the plugin had never claimed it.</summary>
public sealed class MaskTests
{
    private static readonly Capabilities Claimed = new()
    {
        DTypes = new Dictionary<DType, DTypeSupport> { [DType.Float32] = DTypeSupport.Storage, [DType.Float16] = DTypeSupport.Storage },
        MaxBuffers = 8,
        LocalBytes = 1024,
        Workgroups = new WorkgroupLimits { MaxGroups = new(100), MaxLanes = new(64, 8), MaxLanesPerGroup = 64, SubgroupSize = 16 },
    };

    private static readonly CodeGeneratorTarget Target = new()
    {
        ExtraOps = new OpSet(Ops.MulAcc, Ops.Shuffle, Ops.Local, Ops.Barrier, Ops.LaneXor),
        DTypes = new Dictionary<DType, DTypeSupport>
        {
            [DType.Float32] = DTypeSupport.Storage | DTypeSupport.Arithmetic | DTypeSupport.Vector | DTypeSupport.MaskedLoad,
            [DType.Float16] = DTypeSupport.Storage | DTypeSupport.Arithmetic | DTypeSupport.Conversion,
        },
        VectorBytes = 32,
        Fingerprint = "test",
    };

    [Test]
    public void WordsTakeAwayWhatTheyName()
    {
        Assert.Multiple(() =>
        {
            Assert.That(Of("mulacc").Apply(Target).ExtraOps.Contains(Ops.MulAcc), Is.False);
            Assert.That(Of("vectors").Apply(Target) is { VectorBytes: 0 } t && !t.ExtraOps.Contains(Ops.Shuffle) && t.DTypes[DType.Float32] == (DTypeSupport.Storage | DTypeSupport.Arithmetic));
            Assert.That(Of("lanes").Apply(Target).ExtraOps, Is.EqualTo(new OpSet(Ops.MulAcc, Ops.Shuffle, Ops.Local)));
            Assert.That(Of("lanes").Apply(Claimed).Workgroups, Is.EqualTo(new WorkgroupLimits { MaxGroups = new(100), MaxLanes = new(1), MaxLanesPerGroup = 1, PreferredLanes = 1 }));
            Assert.That(Of("subgroups").Apply(Claimed).Workgroups!.SubgroupSize, Is.Zero);
            Assert.That(Of("Local").Apply(Claimed).LocalBytes, Is.Zero);
            Assert.That(Of("float16").Apply(Claimed).DTypes.Keys, Is.EqualTo(new[] { DType.Float32 }));
            Assert.That(Of("*:MaskedLoad").Apply(Target).DTypes[DType.Float32].HasFlag(DTypeSupport.MaskedLoad), Is.False);
            Assert.That(Of("float16:Arithmetic").Apply(Target).DTypes[DType.Float16], Is.EqualTo(DTypeSupport.Storage | DTypeSupport.Conversion));
            Assert.That(Of("maxBuffers=4", "vectorBytes=16", "localBytes=9999").Apply(Claimed) is { MaxBuffers: 4, LocalBytes: 1024 });
            Assert.That(Of("vectorBytes=16").Apply(Target).VectorBytes, Is.EqualTo(16));
            Assert.That(Of("ILaunchGraphs").Hides(typeof(ILaunchGraphs)));
        });
    }

    [Test]
    public void WhatEveryDeviceMustHaveCantBeMasked([Values("", "speed", "Add", "float33", "float32:Fast", "maxBuffers=many", "IBackendPlugin", "float32:1", "7")] string word) =>
        Assert.That(() => Of(word), Throws.TypeOf<TenonException>().With.Property("Code").EqualTo("TEN2104").And.Message.Contains("maxBuffers"));

    [Test]
    public void ADeviceIsOpenedBehindItsMask()
    {
        using var inner = new VisibleDevice();
        var plugin = new FakePlugin("FAKE") { OnOpen = (_, _) => inner };
        var options = new RuntimeOptions();
        options.Cache.Enabled = false;
        using var runtime = new TenonRuntimeBuilder(options).AddPlugins([new PluginRegistration("fake", plugin) { Mask = ["ILaunchTiming", "float16"] }]).Build();
        var device = runtime.Devices.Open("FAKE").Device;
        Assert.Multiple(() =>
        {
            Assert.That(device.TryGetFeature<ILaunchTiming>(), Is.Null);
            Assert.That(device.TryGetFeature<IHostVisibleMemory>(), Is.SameAs(inner));
            Assert.That(device.Capabilities.DTypes, Does.ContainKey(DType.Float32).And.Not.ContainKey(DType.Float16));
            Assert.That(device.CodeGenerators.Single().Name, Is.EqualTo("Walk"));
            Assert.That(runtime.Plugins.Plugins.Single().Notes, Is.EqualTo(new[] { "Masked: ILaunchTiming, float16." }));
            Assert.That(CapabilityMask.WordsFor(inner, inner.CodeGenerators[0]), Does.Contain("ILaunchTiming").And.Contain("IHostVisibleMemory").And.Not.Contain("ILaunchGraphs"));
        });
        using var program = device.Load(device.CodeGenerators[0].Generate(new LinearProgram { Name = "k", Ops = [UOp.Sink([])], Parameters = [], GlobalSize = 1 }));
        Assert.That(inner.Loads, Is.EqualTo(1));
        runtime.Dispose();
        Assert.That(inner.IsClosed);
    }

    [Test]
    public void EachClaimHasAWord()
    {
        using var device = new FakeDevice(Claimed, generators: new Generator());
        Assert.That(CapabilityMask.WordsFor(device, device.CodeGenerators[0]), Is.EqualTo(new[]
        {
            "vectors", "vectorBytes=16", "lanes", "subgroups", "MulAcc", "Local", "Shuffle", "Barrier", "LaneXor", "*:Vector", "*:MaskedLoad", "*:Conversion", "float16:Arithmetic",
        }));
        foreach (var word in CapabilityMask.WordsFor(device, device.CodeGenerators[0]))
        {
            Assert.That(() => Of(word), Throws.Nothing);
        }
    }

    private static CapabilityMask Of(params string[] words) => CapabilityMask.Parse(words);

    private sealed class VisibleDevice : FakeDevice, IHostVisibleMemory, ILaunchTiming
    {
        public nint GetAddress(BufferView view) => 0;

        public TimeSpan Measure(KernelProgram program, ReadOnlySpan<BufferView> buffers, ReadOnlySpan<long> variables) => default;
    }

    private sealed class Generator : CodeGenerator
    {
        public override string Name => "Test";

        public override CodeGeneratorTarget Target => MaskTests.Target;

        public override string Render(LinearProgram program) => "";

        protected override (ReadOnlyMemory<byte> Binary, string? Source) GenerateCore(LinearProgram program) => default;
    }
}
