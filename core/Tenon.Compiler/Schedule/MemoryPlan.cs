using Tenon.Core;

namespace Tenon.Compiler;

/// <summary>
/// Gives temporaries places in one arena a device, so that those that live at different times share memory: the largest
/// first, each at the lowest free offset.
/// </summary>
internal static class MemoryPlan
{
    private const long Alignment = 256;

    /// <summary>Places every temporary; returns the bytes of the arena of each device.</summary>
    public static Dictionary<string, long> Place(IReadOnlyList<ScheduledCall> calls, SlotTable slots)
    {
        using var stage = Tracing.Begin("schedule/memory plan");
        var arenas = new Dictionary<string, Arena>();
        foreach (var (slot, first, last) in LivesOf(calls, slots))
        {
            if (!arenas.TryGetValue(slots[slot].Device, out var arena))
            {
                arenas.Add(slots[slot].Device, arena = new Arena());
            }

            slots.Place(slot, arena.Place(first, last, BytesOf(slots[slot])));
        }

        return arenas.ToDictionary(a => a.Key, a => a.Value.Bytes);
    }

    // Each temporary with the first and the last call that uses it, the largest first.
    private static List<(int Slot, int First, int Last)> LivesOf(IReadOnlyList<ScheduledCall> calls, SlotTable slots)
    {
        var (first, last) = (new int[slots.Slots.Count], new int[slots.Slots.Count]);
        Array.Fill(first, -1);
        for (var i = 0; i < calls.Count; i++)
        {
            foreach (var slot in calls[i].Slots)
            {
                first[slot] = first[slot] < 0 ? i : first[slot];
                last[slot] = i;
            }
        }

        var lives = new List<(int Slot, int First, int Last)>();
        for (var slot = 0; slot < first.Length; slot++)
        {
            if (first[slot] >= 0 && slots[slot].Kind == SlotKind.Temporary)
            {
                lives.Add((slot, first[slot], last[slot]));
            }
        }

        lives.Sort((a, b) => BytesOf(slots[b.Slot]).CompareTo(BytesOf(slots[a.Slot])) is var order and not 0 ? order : a.Slot.CompareTo(b.Slot));
        return lives;
    }

    private static long BytesOf(ScheduleSlot slot) => (slot.Size * slot.DType.Bytes + Alignment - 1) / Alignment * Alignment;

    /// <summary>The memory of one device, with what lies in it in the order of offsets.</summary>
    private sealed class Arena
    {
        private readonly List<(long Begin, long End, int First, int Last)> _placed = [];

        public long Bytes { get; private set; }

        public long Place(int first, int last, long bytes)
        {
            var offset = 0L;
            foreach (var other in _placed)
            {
                if (other.Begin >= offset + bytes)
                {
                    break;
                }

                offset = other.First <= last && first <= other.Last ? Math.Max(offset, other.End) : offset;
            }

            var at = _placed.FindIndex(p => p.Begin > offset);
            _placed.Insert(at < 0 ? _placed.Count : at, (offset, offset + bytes, first, last));
            Bytes = Math.Max(Bytes, offset + bytes);
            return offset;
        }
    }
}
