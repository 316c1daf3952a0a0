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
        var lives = new Dictionary<int, (int First, int Last)>();
        for (var i = 0; i < calls.Count; i++)
        {
            foreach (var slot in calls[i].Slots.Where(s => slots[s].Kind == SlotKind.Temporary))
            {
                lives[slot] = (lives.TryGetValue(slot, out var life) ? life.First : i, i);
            }
        }

        var arenas = new Dictionary<string, long>();
        var placed = new List<(int Slot, long Offset, long Bytes)>();
        foreach (var slot in lives.Keys.OrderByDescending(s => BytesOf(slots[s])).ThenBy(s => s))
        {
            var (bytes, device) = (BytesOf(slots[slot]), slots[slot].Device);
            var offset = 0L;
            foreach (var other in placed.Where(p => slots[p.Slot].Device == device && Overlap(lives[p.Slot], lives[slot])).OrderBy(p => p.Offset))
            {
                if (offset + bytes <= other.Offset)
                {
                    break;
                }

                offset = Math.Max(offset, other.Offset + other.Bytes);
            }

            placed.Add((slot, offset, bytes));
            slots.Place(slot, offset);
            arenas[device] = Math.Max(arenas.GetValueOrDefault(device), offset + bytes);
        }

        return arenas;
    }

    private static bool Overlap((int First, int Last) a, (int First, int Last) b) => a.First <= b.Last && b.First <= a.Last;

    private static long BytesOf(ScheduleSlot slot) => (slot.Size * slot.DType.Bytes + Alignment - 1) / Alignment * Alignment;
}
