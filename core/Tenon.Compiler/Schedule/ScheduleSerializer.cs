using Tenon.Core;

namespace Tenon.Compiler;

/// <summary>Schedules as bytes, so that a second process need not make them again.</summary>
public static class ScheduleSerializer
{
    /// <summary>The schedule as bytes; a kernel that is called several times is written once.</summary>
    public static byte[] Serialize(Schedule schedule)
    {
        using var stream = new MemoryStream();
        using var w = new BinaryWriter(stream);
        w.Write7BitEncodedInt(schedule.Slots.Count);
        foreach (var slot in schedule.Slots)
        {
            w.Write((byte)slot.Kind);
            w.Write(slot.DType.Name);
            w.Write(slot.Size);
            w.Write(slot.Device);
            w.Write(slot.ArenaOffset);
        }

        var kernels = new NodeSet();
        w.Write7BitEncodedInt(schedule.Calls.Count);
        foreach (var call in schedule.Calls)
        {
            // 0 is a copy.
            w.Write7BitEncodedInt(call.Kernel is { } kernel ? (kernels.Add(kernel) ? kernels.Count : kernels.IndexOf(kernel) + 1) : 0);
            w.Write(call.Device);
            w.Write7BitEncodedInt(call.Slots.Count);
            foreach (var slot in call.Slots)
            {
                w.Write7BitEncodedInt(slot);
            }
        }

        w.Write7BitEncodedInt(schedule.ArenaBytes.Count);
        foreach (var (device, bytes) in schedule.ArenaBytes)
        {
            w.Write(device);
            w.Write(bytes);
            w.Write(schedule.LeastBytes.GetValueOrDefault(device));
        }

        w.Write(UOpSerializer.Serialize(kernels.Nodes.ToArray()));
        return stream.ToArray();
    }

    /// <summary>The schedule of <see cref="Serialize"/>.</summary>
    /// <exception cref="TenonException">The bytes are damaged or of another version.</exception>
    public static Schedule Deserialize(ReadOnlySpan<byte> bytes)
    {
        using var r = new BinaryReader(new MemoryStream(bytes.ToArray()));
        try
        {
            var slots = new ScheduleSlot[CheckedCount(r)];
            for (var i = 0; i < slots.Length; i++)
            {
                slots[i] = new ScheduleSlot((SlotKind)r.ReadByte(), DType.Parse(r.ReadString()), r.ReadInt64(), r.ReadString(), r.ReadInt64());
            }

            var calls = new (int Kernel, string Device, int[] Slots)[CheckedCount(r)];
            for (var i = 0; i < calls.Length; i++)
            {
                calls[i] = (r.Read7BitEncodedInt(), r.ReadString(), new int[CheckedCount(r)]);
                for (var j = 0; j < calls[i].Slots.Length; j++)
                {
                    calls[i].Slots[j] = r.Read7BitEncodedInt() is var slot && slot >= 0 && slot < slots.Length ? slot : throw new InvalidDataException($"slot {slot} of {slots.Length}");
                }
            }

            var (arenas, least) = (new Dictionary<string, long>(), new Dictionary<string, long>());
            for (var n = CheckedCount(r); n > 0; n--)
            {
                var device = r.ReadString();
                (arenas[device], least[device]) = (r.ReadInt64(), r.ReadInt64());
            }

            var kernels = UOpSerializer.Deserialize(bytes[(int)r.BaseStream.Position..]);
            return new Schedule
            {
                Slots = slots,
                Calls = Array.ConvertAll(calls, c => new ScheduledCall(c.Kernel == 0 ? null : kernels[c.Kernel - 1], c.Slots, c.Device)),
                ArenaBytes = arenas,
                LeastBytes = least,
            };
        }
        catch (Exception e) when (e is IOException or InvalidDataException or FormatException or IndexOutOfRangeException or ArgumentException)
        {
            throw new TenonException("TEN1003", $"A serialised schedule is damaged at byte {r.BaseStream.Position} of {bytes.Length}: {e.Message}", e);
        }
    }

    private static int CheckedCount(BinaryReader r)
    {
        var n = r.Read7BitEncodedInt();
        return n >= 0 && n <= r.BaseStream.Length ? n : throw new InvalidDataException($"a count of {n}");
    }
}
