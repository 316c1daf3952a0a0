using Tenon.Core.Backend;

namespace Tenon.Runtime.Tests;

public sealed class CachingAllocatorTests
{
    [Test]
    public void SizesAreRoundedByAtMostAnEighth([Values(1, 63, 64, 65, 1000, 4096, 4097, 1_000_000, 123_456_789_012)] long bytes)
    {
        var rounded = CachingAllocator.RoundUp(bytes);
        Assert.That(rounded, Is.GreaterThanOrEqualTo(bytes).And.LessThanOrEqualTo(Math.Max(64, bytes + bytes / 8 + 64)));
        Assert.That(CachingAllocator.RoundUp(rounded), Is.EqualTo(rounded));
    }

    [Test]
    public void MemoryIsReused()
    {
        var device = new FakeDevice();
        var memory = new CachingAllocator("FAKE", device, 1 << 20);
        var first = memory.Rent(1000);
        memory.Return(first);
        Assert.That(memory.Rent(1010), Is.SameAs(first));
        Assert.That(memory.Rent(1010), Is.Not.SameAs(first));
        Assert.Multiple(() =>
        {
            Assert.That(device.Allocations, Is.EqualTo(2));
            Assert.That(memory.Statistics, Is.EqualTo(new MemoryStatistics(2048, 0, 2048, 2, 2, 1)));
        });
    }

    [Test]
    public void ReturningTwiceIsHarmless()
    {
        var memory = new CachingAllocator("FAKE", new FakeDevice(), 1 << 20);
        var buffer = memory.Rent(64);
        memory.Return(buffer);
        memory.Return(buffer);
        var (first, second) = (memory.Rent(64), memory.Rent(64));
        Assert.That(first, Is.Not.SameAs(second));
    }

    [Test]
    public void TooMuchCachedMemoryGoesBackToTheDevice()
    {
        var memory = new CachingAllocator("FAKE", new FakeDevice(), 4096);
        var buffers = Enumerable.Range(0, 8).Select(_ => memory.Rent(1024)).ToList();
        buffers.ForEach(memory.Return);
        Assert.That(memory.Statistics.BytesCached, Is.EqualTo(8192));
        memory.Rent(64);
        Assert.That(memory.Statistics.BytesCached, Is.EqualTo(4096));
        Assert.That(buffers.Count(b => b.IsDisposed), Is.EqualTo(4));
    }

    [Test]
    public void ExhaustedDevicesAreGivenTheirCacheBack()
    {
        var memory = new CachingAllocator("FAKE", new FakeDevice(memory: 4096), long.MaxValue);
        memory.Return(memory.Rent(4096));
        Assert.That(memory.Rent(2048).Bytes, Is.EqualTo(2048));
        var message = Graphs.Fails("TEN5003", () => memory.Rent(4096)).Message;
        Assert.That(message, Does.Contain("4096 bytes").And.Contain("2048 bytes are in use"));
    }

    [Test]
    public void BuffersOverTheLimitAreRefused()
    {
        var capabilities = new Capabilities { DTypes = new Dictionary<DType, DTypeSupport>(), MaxBufferBytes = 100 };
        var memory = new CachingAllocator("FAKE", new FakeDevice(capabilities), 0);
        Assert.That(memory.Rent(100).Bytes, Is.EqualTo(100));
        Assert.That(Graphs.Fails("TEN5003", () => memory.Rent(101)).Message, Does.Contain("101").And.Contain("100"));
    }

    [Test]
    public void TensorsThatNobodyHoldsMakeRoom()
    {
        using var runtime = Graphs.Runtime(new FakePlugin("FAKE") { OnOpen = (_, _) => new FakeDevice(memory: 10_000) });
        for (var i = 0; i < 100; i++)
        {
            runtime.CreateBuffer(DType.UInt8, 4000, "FAKE");
        }
    }

    [Test]
    public void GarbageIsCollectedBeforeMemoryHasDoubled()
    {
        var plugin = new FakePlugin("FAKE") { OnOpen = (_, _) => new FakeDevice() };
        using var runtime = Graphs.Runtime(plugin);
        for (var i = 0; i < 40; i++)
        {
            runtime.CreateBuffer(DType.UInt8, 16 << 20, "FAKE");
        }

        Assert.That(runtime.Statistics.Memory.PeakBytes, Is.LessThanOrEqualTo(256 << 20));
    }
}
