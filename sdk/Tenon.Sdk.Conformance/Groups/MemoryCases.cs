using Tenon.Core;
using Tenon.Core.Backend;

namespace Tenon.Sdk.Conformance;

/// <summary>Memory and copies, at odd sizes and offsets.</summary>
internal static class MemoryCases
{
    private const long Absurd = 1L << 60;
    private static readonly int[] Sizes = [1, 2, 3, 7, 63, 64, 65, 4095, 4096, 4097, (1 << 20) + 1, 9_000_001];

    public static IEnumerable<ConformanceCase> For(Subject subject)
    {
        var allocator = subject.Device.Allocator;
        yield return new("nothing", () =>
        {
            using var buffer = allocator.Allocate(0);
            Expect.That(buffer.Bytes == 0, $"a buffer of 0 bytes has {buffer.Bytes}");
            allocator.CopyIn(Subject.Whole(buffer), []);
            allocator.CopyOut(Subject.Whole(buffer), []);
        });
        foreach (var bytes in Sizes)
        {
            yield return new($"there and back/{bytes} bytes", () => ThereAndBack(subject, bytes));
        }

        foreach (var (offset, bytes) in new[] { (0, 1), (1, 1), (1, 2), (2, 3), (3, 5), (5, 64), (63, 2), (64, 64), (65, 127), (999, 1) })
        {
            yield return new($"parts/{bytes} bytes at {offset}", () => Part(subject, offset, bytes));
        }

        yield return new("the source may be changed", () => SourceChanges(subject));
        yield return new("many buffers", () => Many(subject));
        yield return new("buffers don't share bytes", () => Neighbours(subject));
        yield return new("large", () => ThereAndBack(subject, (int)Math.Min(64 << 20, subject.Capabilities.MaxBufferBytes)));
        yield return new("too much", () => TooMuch(subject, Math.Max(Absurd, subject.Capabilities.MaxBufferBytes)));
        yield return subject.Capabilities.MaxBufferBytes >= Absurd
            ? ConformanceCase.Skipped("beyond the largest buffer", "MaxBufferBytes is not limited")
            : new("beyond the largest buffer", () => TooMuch(subject, subject.Capabilities.MaxBufferBytes + 1));
        yield return new("wrong arguments", () => WrongArguments(subject));
        yield return subject.Device.TryGetFeature<IHostVisibleMemory>() is { } visible
            ? new("memory of the host", () => Visible(subject, visible))
            : ConformanceCase.Skipped("memory of the host", "the device isn't IHostVisibleMemory");
        yield return subject.Device.TryGetFeature<IHostMemoryUse>() is { } use
            ? new("borrowed memory", () => Borrowed(subject, use))
            : ConformanceCase.Skipped("borrowed memory", "the device isn't IHostMemoryUse");
        if (subject.Generator is null)
        {
            yield return ConformanceCase.Skipped("views of launches", "the device has no code generator");
            yield break;
        }

        foreach (var offset in new[] { 256, 512, 768, 4096 })
        {
            yield return new($"views of launches/at {offset}", () => View(subject, offset));
        }
    }

    private static void ThereAndBack(Subject subject, int bytes)
    {
        var content = Elements.Noise(bytes, bytes);
        using var buffer = subject.Allocate(content);
        Expect.That(buffer.Bytes == bytes, $"a buffer of {bytes} bytes says that it has {buffer.Bytes}");
        Expect.Same(subject.Read(buffer), content, "what was copied in and out");
    }

    private static void Part(Subject subject, int offset, int bytes)
    {
        var content = Elements.Noise(1000, seed: 1);
        using var buffer = subject.Allocate(content);
        var part = new byte[bytes];
        subject.Device.Allocator.CopyOut(new BufferView(buffer, offset, bytes), part);
        Expect.Same(part, content.AsSpan(offset, bytes), "a part that was copied out");
        part = Elements.Noise(bytes, seed: 2);
        part.CopyTo(content, offset);
        subject.Device.Allocator.CopyIn(new BufferView(buffer, offset, bytes), part);
        Expect.Same(subject.Read(buffer), content, "a buffer after a part was copied in");
    }

    private static void SourceChanges(Subject subject)
    {
        foreach (var bytes in new[] { 100, 70_000, 5 << 20 })
        {
            var source = Elements.Noise(bytes, bytes);
            var content = source.ToArray();
            using var buffer = subject.Device.Allocator.Allocate(bytes);
            subject.Device.Allocator.CopyIn(Subject.Whole(buffer), source);
            Array.Fill(source, (byte)0xEE);
            Expect.Same(subject.Read(buffer), content, $"{bytes} bytes whose source was changed after CopyIn");
        }
    }

    private static void Many(Subject subject)
    {
        var count = subject.IsQuick ? 200 : 2000;
        var buffers = new List<(DeviceBuffer Buffer, byte[] Content)>();
        var random = new Random(5);
        for (var i = 0; i < count; i++)
        {
            var content = Elements.Noise(random.Next(1, 3000), i);
            buffers.Add((subject.Allocate(content), content));
            if (random.Next(3) == 0)
            {
                var (one, expected) = buffers[random.Next(buffers.Count)];
                Expect.Same(subject.Read(one), expected, "one of many buffers");
                one.Dispose();
                buffers.RemoveAll(b => b.Buffer == one);
            }
        }

        foreach (var (buffer, content) in buffers)
        {
            Expect.Same(subject.Read(buffer), content, "one of many buffers");
            buffer.Dispose();
        }
    }

    private static void Neighbours(Subject subject)
    {
        var buffers = Enumerable.Range(0, 50).Select(i => subject.Allocate(new byte[i + 1])).ToList();
        foreach (var (buffer, i) in buffers.Select((b, i) => (b, i)).Reverse())
        {
            subject.Device.Allocator.CopyIn(Subject.Whole(buffer), [.. Enumerable.Repeat((byte)i, i + 1)]);
        }

        foreach (var (buffer, i) in buffers.Select((b, i) => (b, i)))
        {
            Expect.Same(subject.Read(buffer), [.. Enumerable.Repeat((byte)i, i + 1)], $"buffer {i} of 50");
            buffer.Dispose();
        }
    }

    private static void TooMuch(Subject subject, long bytes)
    {
        Expect.Throws(() => subject.Device.Allocator.Allocate(bytes).Dispose(), $"allocating {bytes} bytes", typeof(BackendException));
        ThereAndBack(subject, 1000);
    }

    private static void WrongArguments(Subject subject)
    {
        var allocator = subject.Device.Allocator;
        Expect.Throws(() => allocator.Allocate(-1), "allocating -1 bytes", typeof(ArgumentOutOfRangeException));
        var buffer = allocator.Allocate(10);
        Expect.Throws(() => allocator.CopyIn(new BufferView(buffer, 5, 6), new byte[6]), "a copy beyond the end", typeof(BackendException));
        Expect.Throws(() => allocator.CopyOut(new BufferView(buffer, -1, 2), new byte[2]), "a copy before the beginning", typeof(BackendException));
        Expect.Throws(() => allocator.CopyOut(new BufferView(buffer, 0, 4), new byte[5]), "a copy of another size", typeof(BackendException));
        buffer.Dispose();
        buffer.Dispose();
        Expect.Throws(() => allocator.CopyIn(new BufferView(buffer, 0, 4), new byte[4]), "a copy to a buffer that is freed", typeof(ObjectDisposedException));
    }

    private static unsafe void Visible(Subject subject, IHostVisibleMemory memory)
    {
        var content = Elements.Noise(1000, seed: 4);
        using var buffer = subject.Allocate(content);
        subject.Device.Synchronize();
        var address = memory.GetAddress(Subject.Whole(buffer));
        Expect.That(address % subject.Capabilities.Alignment == 0, $"an allocation begins at {address:x}, not at a multiple of Alignment ({subject.Capabilities.Alignment})");
        Expect.Same(new ReadOnlySpan<byte>((void*)address, 1000), content, "what is at the address");
        Expect.That(memory.GetAddress(new BufferView(buffer, 17, 3)) == address + 17, "the address of a part isn't that of the whole and the offset");
        content[13] ^= 0xFF;
        ((byte*)address)[13] ^= 0xFF;
        Expect.Same(subject.Read(buffer), content, "what was written at the address");
        foreach (var bytes in Sizes)
        {
            using var other = subject.Device.Allocator.Allocate(bytes);
            Expect.That(memory.GetAddress(Subject.Whole(other)) % subject.Capabilities.Alignment == 0, $"an allocation of {bytes} bytes isn't aligned to {subject.Capabilities.Alignment}");
        }
    }

    private static unsafe void Borrowed(Subject subject, IHostMemoryUse use)
    {
        var numbers = Enumerable.Range(0, 257).ToArray();
        fixed (int* address = numbers)
        {
            // An element further on: aligned to no more than that.
            using (var borrowed = use.Borrow((nint)(address + 1), 1024))
            {
                Expect.Same(subject.Read(borrowed), Elements.ToBytes(numbers[1..]), "borrowed memory");
                if (subject.Generator is not null)
                {
                    using var kernel = subject.Device.Load(subject.Generator.Generate(OpenCases.Chain(subject, 2)));
                    kernel.Launch([Subject.Whole(borrowed)]);
                    subject.Device.Synchronize();
                    Expect.That(numbers[0] == 0 && numbers[1..].SequenceEqual(Enumerable.Range(1, 256).Select(i => OpenCases.Chained(i, 2))), "a kernel doesn't work on borrowed memory where it lies");
                }
            }

            subject.Device.Synchronize();
        }

        Expect.That(numbers[0] == 0, "borrowed memory is changed when it is given back");
    }

    private static void View(Subject subject, int offset)
    {
        var content = Elements.Noise(offset + 1024 + 64, seed: 6);
        using var buffer = subject.Allocate(content);
        using var kernel = subject.Device.Load(subject.Generator!.Generate(OpenCases.Chain(subject, 1)));
        kernel.Launch([new BufferView(buffer, offset, 1024)]);
        var numbers = Elements.Of<int>(content[offset..(offset + 1024)]);
        Elements.ToBytes(Array.ConvertAll(numbers, n => OpenCases.Chained(n, 1))).CopyTo(content, offset);
        Expect.Same(subject.Read(buffer), content, $"a buffer of which a kernel got the part at {offset}");
    }
}
