using Tenon.Core;

namespace Tenon.Compiler;

/// <summary>Gives temporaries places in one arena a device, so that those that live at different times share memory.</summary>
internal static class MemoryPlan
{
    private const long Alignment = 256;

    /// <summary>Places every temporary; returns the bytes of the arena of each device, and those that no plan could do without.</summary>
    public static (Dictionary<string, long> Bytes, Dictionary<string, long> LeastBytes) Place(IReadOnlyList<ScheduledCall> calls, SlotTable slots)
    {
        using var stage = Tracing.Begin("schedule/memory plan");
        var (bytes, least) = (new Dictionary<string, long>(), new Dictionary<string, long>());
        foreach (var device in LivesOf(calls, slots).GroupBy(l => slots[l.Slot].Device))
        {
            var lives = device.ToList();
            var layout = OffsetAllocator.Place([.. lives.Select(l => l.Life)], Alignment);
            for (var i = 0; i < lives.Count; i++)
            {
                slots.Place(lives[i].Slot, layout.Offsets[i]);
            }

            (bytes[device.Key], least[device.Key]) = (layout.Bytes, layout.LeastBytes);
        }

        return (bytes, least);
    }

    // Each temporary, from the first to the last call that uses it.
    private static List<(int Slot, Lifetime Life)> LivesOf(IReadOnlyList<ScheduledCall> calls, SlotTable slots)
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

        var lives = new List<(int Slot, Lifetime Life)>();
        for (var slot = 0; slot < first.Length; slot++)
        {
            if (first[slot] >= 0 && slots[slot].Kind == SlotKind.Temporary)
            {
                lives.Add((slot, new Lifetime(slots[slot].DType.BytesOf(slots[slot].Size), first[slot], last[slot])));
            }
        }

        return lives;
    }
}
