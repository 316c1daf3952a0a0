using Tenon.Core.Backend;

namespace Tenon.Plugins.WebGpu.Tests;

/// <summary>Memory: any bytes may be copied, though the device copies words.</summary>
internal sealed class MemoryTests : DeviceFixture
{
    [Test]
    public void Bytes_at_any_offset_are_copied_and_no_others()
    {
        var random = new Random(1);
        var expected = new byte[301];
        random.NextBytes(expected);
        using var buffer = Upload<byte>(expected);
        for (var i = 0; i < 60; i++)
        {
            var (offset, bytes) = (random.Next(300), 0);
            bytes = random.Next(Math.Min(301 - offset, i < 20 ? 8 : 301));
            random.NextBytes(expected.AsSpan(offset, bytes));
            Device.Allocator.CopyIn(new BufferView(buffer, offset, bytes), expected.AsSpan(offset, bytes));
            var part = new byte[random.Next(301 - offset)];
            Device.Allocator.CopyOut(new BufferView(buffer, offset, part.Length), part);
            Assert.That(part, Is.EqualTo(expected[offset..(offset + part.Length)]), $"{i}: {offset}, {bytes}");
        }

        Assert.That(Download<byte>(buffer), Is.EqualTo(expected));
    }

    [Test]
    public void Copies_beyond_the_size_of_a_part_are_whole()
    {
        var values = new int[(40 << 20) / 4];
        for (var i = 0; i < values.Length; i++)
        {
            values[i] = i * 31;
        }

        using var buffer = Upload<int>(values);
        Assert.That(Download<int>(buffer).AsSpan().SequenceEqual(values));
    }

    [Test]
    public void Too_much_memory_is_refused()
    {
        var error = Assert.Throws<BackendException>(() => Device.Allocator.Allocate(1L << 50));
        Assert.That(error!.Code, Is.EqualTo("TEN5003"));
        Assert.That(error.Message, Does.Contain((1L << 50).ToString(System.Globalization.CultureInfo.InvariantCulture)));
    }

    [Test]
    public void Buffers_of_no_bytes_exist()
    {
        using var buffer = Device.Allocator.Allocate(0);
        Device.Allocator.CopyIn(Whole(buffer), []);
        Assert.That(Download<byte>(buffer), Is.Empty);
    }
}
