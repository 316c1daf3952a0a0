using Tenon.Core.Backend;
using Tenon.Plugins.WebGpu.Memory;
using Tenon.Plugins.WebGpu.Native;
using Tenon.Sdk.Wgsl;

namespace Tenon.Plugins.WebGpu;

/// <summary>
/// What a kernel's buffers are bound by, kept for the next launch with the same. Bindings begin at multiples of an alignment, and two that
/// are written may not overlap: what would is a copy for the time of the launch.
/// </summary>
internal sealed unsafe class BindGroups(string kernel, WgslShader shader, Session session, CommandQueue queue, nint layout)
{
    private const int Kept = 64;

    private readonly Dictionary<Key, nint> _known = [];

    /// <summary>What is bound, and the copies among it.</summary>
    public readonly record struct Bound(nint Group, List<(int Slot, nint Buffer)> Copies);

    /// <summary>Binds views.</summary>
    public Bound Bind(ReadOnlySpan<BufferView> views)
    {
        var places = new Place[views.Length];
        var key = new long[1 + 3 * views.Length];
        key[0] = queue.ParameterBuffer;
        for (var slot = 0; slot < views.Length; slot++)
        {
            var place = places[slot] = Of(views[slot]);
            (key[1 + 3 * slot], key[2 + 3 * slot], key[3 + 3 * slot]) = (place.Buffer.Number, place.Begin, place.End);
        }

        var copies = CopyOverlaps(views, places);
        if (copies.Count > 0)
        {
            return new Bound(Create(places, copies), copies);
        }

        if (!_known.TryGetValue(new Key(key), out var group))
        {
            if (_known.Count >= Kept)
            {
                Clear();
            }

            _known[new Key(key)] = group = Create(places, copies);
        }

        return new Bound(group, copies);
    }

    /// <summary>After the launch: brings copies that it has written back, and lets go of what isn't kept.</summary>
    public void Release(Bound bound, ReadOnlySpan<BufferView> views)
    {
        foreach (var (slot, copy) in bound.Copies)
        {
            if (shader.Written[slot])
            {
                var (buffer, begin, _) = Of(views[slot]);
                queue.Copy(copy, views[slot].Offset - begin, buffer.Handle, views[slot].Offset, views[slot].Bytes);
            }

            session.Library.BufferRelease(copy);
        }

        if (bound.Copies.Count > 0)
        {
            session.Library.BindGroupRelease(bound.Group);
        }
    }

    /// <summary>Lets go of all.</summary>
    public void Clear()
    {
        foreach (var group in _known.Values)
        {
            session.Library.BindGroupRelease(group);
        }

        _known.Clear();
    }

    private Place Of(BufferView view)
    {
        var alignment = session.Limits.OffsetAlignment;
        return new Place((WebGpuBuffer)view.Buffer, view.Offset / alignment * alignment, (view.Offset + Math.Max(view.Bytes, 1) + 3) / 4 * 4);
    }

    private List<(int Slot, nint Buffer)> CopyOverlaps(ReadOnlySpan<BufferView> views, Place[] places)
    {
        var copies = new List<(int Slot, nint Buffer)>();
        for (var i = 0; i < places.Length; i++)
        {
            for (var j = 0; j < i; j++)
            {
                if (!places[i].Overlaps(places[j]) || copies.Exists(c => c.Slot == i || c.Slot == j))
                {
                    continue;
                }

                // Rather one that is only read.
                var slot = shader.Written[i] ? j : i;
                if (shader.Written[slot])
                {
                    RequireApart(views[i], views[j]);
                }

                var (buffer, begin, end) = places[slot];
                var copy = queue.CreateBuffer(WebGpuBuffer.CapacityOf(end - begin), Names.Storage | Names.CopySource | Names.CopyDestination, out var error);
                _ = error is null ? 0 : throw new BackendException("TEN5003", $"WEBGPU ({session.Adapter.Name}) has no {end - begin} bytes for kernel {kernel}: {error}");
                queue.Copy(buffer.Handle, begin, copy, 0, end - begin);
                copies.Add((slot, copy));
            }
        }

        return copies;
    }

    private void RequireApart(BufferView x, BufferView y)
    {
        var isApart = x.Offset + x.Bytes <= y.Offset || y.Offset + y.Bytes <= x.Offset;
        if (!isApart || (y.Offset | y.Bytes | x.Offset | x.Bytes) % 4 != 0)
        {
            throw new BackendException("TEN4355", $"Kernel {kernel} writes to two views of one buffer, bytes {x.Offset} to {x.Offset + x.Bytes} and {y.Offset} to {y.Offset + y.Bytes}, "
                + "which WEBGPU can't keep apart. Store to tensors of their own.");
        }
    }

    private nint Create(Place[] places, List<(int Slot, nint Buffer)> copies)
    {
        var entries = new List<BindGroupEntry> { new() { Binding = WgslShader.ParameterBinding, Buffer = queue.ParameterBuffer, Size = (ulong)Blocks(places.Length) } };
        var unused = new List<nint>();
        for (var slot = 0; slot < places.Length; slot++)
        {
            var (buffer, begin, end) = places[slot];
            var copy = copies.Find(c => c.Slot == slot).Buffer;
            for (var window = 0; window < shader.Windows[slot]; window++)
            {
                var from = begin + window * shader.WindowBytes;
                var size = Math.Min(shader.Windows[slot] > 1 ? shader.WindowBytes : long.MaxValue, end - from);
                if (size > 0)
                {
                    entries.Add(new BindGroupEntry { Binding = (uint)entries.Count, Buffer = copy != 0 ? copy : buffer.Handle, Offset = (ulong)(copy != 0 ? from - begin : from), Size = (ulong)size });
                    continue;
                }

                // The view ends before the last window: something has to be bound.
                unused.Add(queue.CreateBuffer(16, Names.Storage, out _));
                entries.Add(new BindGroupEntry { Binding = (uint)entries.Count, Buffer = unused[^1], Size = 16 });
            }
        }

        using var label = new Text(kernel);
        fixed (BindGroupEntry* data = entries.ToArray())
        {
            var descriptor = new BindGroupDescriptor { Label = label.View, Layout = layout, Count = (nuint)entries.Count, Entries = data };
            var group = session.Library.DeviceCreateBindGroup(session.Handle, &descriptor);
            unused.ForEach(b => session.Library.BufferRelease(b));
            session.ThrowIfFailed($"the launch of kernel {kernel}");
            return group;
        }
    }

    private int Blocks(int buffers) => (4 * Math.Max(1, buffers + shader.Variables) + CommandQueue.BlockBytes - 1) / CommandQueue.BlockBytes * CommandQueue.BlockBytes;

    private readonly record struct Place(WebGpuBuffer Buffer, long Begin, long End)
    {
        public bool Overlaps(Place other) => ReferenceEquals(Buffer, other.Buffer) && Begin < other.End && other.Begin < End;
    }

    private readonly struct Key(long[] numbers) : IEquatable<Key>
    {
        private readonly long[] _numbers = numbers;

        public bool Equals(Key other) => _numbers.AsSpan().SequenceEqual(other._numbers);

        public override bool Equals(object? obj) => obj is Key key && Equals(key);

        public override int GetHashCode()
        {
            var hash = new HashCode();
            foreach (var number in _numbers)
            {
                hash.Add(number);
            }

            return hash.ToHashCode();
        }
    }
}
