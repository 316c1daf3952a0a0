using Tenon.Core;

namespace Tenon.Compiler;

/// <summary>
/// Places of a schedule's temporaries in one arena a device, so that those that live at different times share memory. Where most
/// is alive a kernel's result takes the place of an input that ends with it, if each element is read only for the one in its place.
/// </summary>
/// <param name="Calls">The steps; those that write in place have kernels that say so.</param>
/// <param name="Slots">The storage, temporaries with their places.</param>
/// <param name="ArenaBytes">Bytes of the arena of each device.</param>
/// <param name="LeastBytes">The most bytes that are in use at once: no arena can be smaller.</param>
public sealed record MemoryPlan(
    IReadOnlyList<ScheduledCall> Calls, IReadOnlyList<ScheduleSlot> Slots, IReadOnlyDictionary<string, long> ArenaBytes, IReadOnlyDictionary<string, long> LeastBytes)
{
    private const long Alignment = 256;

    // A kernel that writes in place is another one to compile, and may be slower at its edges.
    private const double WorthWhile = 0.95;

    /// <summary>Places every temporary.</summary>
    /// <param name="calls">The steps in order.</param>
    /// <param name="slots">The storage.</param>
    public static MemoryPlan Of(IReadOnlyList<ScheduledCall> calls, IReadOnlyList<ScheduleSlot> slots)
    {
        using var stage = Tracing.Begin("schedule/memory plan");
        var lives = LivesOf(calls, slots);
        if (InPlaceCalls(calls, slots, lives) is { } inPlace)
        {
            (calls, lives) = (inPlace, LivesOf(inPlace, slots));
        }

        var (placed, bytes, least) = (slots.ToArray(), new Dictionary<string, long>(), new Dictionary<string, long>());
        foreach (var device in lives.GroupBy(l => slots[l.Key].Device))
        {
            var members = device.ToArray();
            var layout = OffsetAllocator.Place(Array.ConvertAll(members, m => m.Value), Alignment);
            for (var i = 0; i < members.Length; i++)
            {
                placed[members[i].Key] = slots[members[i].Key] with { ArenaOffset = layout.Offsets[i] };
            }

            (bytes[device.Key], least[device.Key]) = (layout.Bytes, layout.LeastBytes);
        }

        return new MemoryPlan(calls, placed, bytes, least);
    }

    // Each temporary by its slot, from the first to the last call that uses it.
    private static Dictionary<int, Lifetime> LivesOf(IReadOnlyList<ScheduledCall> calls, IReadOnlyList<ScheduleSlot> slots)
    {
        var lives = new Dictionary<int, Lifetime>();
        for (var i = 0; i < calls.Count; i++)
        {
            foreach (var slot in calls[i].Slots)
            {
                if (slots[slot].Kind == SlotKind.Temporary)
                {
                    lives[slot] = lives.TryGetValue(slot, out var life) ? life with { Last = i } : new Lifetime(slots[slot].DType.BytesOf(slots[slot].Size), i, i);
                }
            }
        }

        return lives;
    }

    // The steps with results in the places of inputs, at those steps where more would be alive than must be; null if it doesn't pay.
    private static ScheduledCall[]? InPlaceCalls(IReadOnlyList<ScheduledCall> calls, IReadOnlyList<ScheduleSlot> slots, Dictionary<int, Lifetime> lives)
    {
        var pairs = new List<InPlacePair>();
        for (var i = 0; i < calls.Count; i++)
        {
            pairs.AddRange(PairsAt(i, calls[i], slots, lives));
        }

        if (pairs.Count == 0)
        {
            return null;
        }

        // Devices are weighed together: more than one in a schedule is rare.
        var least = OffsetAllocator.MostAlive([.. lives.Values]);
        var leastInPlace = OffsetAllocator.MostAlive([.. LivesOf(Apply(calls, pairs), slots).Values]);
        if (leastInPlace > least * WorthWhile)
        {
            return null;
        }

        var alive = new long[calls.Count];
        foreach (var (bytes, first, last) in lives.Values)
        {
            for (var step = first; step <= last; step++)
            {
                alive[step] += bytes;
            }
        }

        return Apply(calls, pairs.FindAll(p => alive[p.Step] > leastInPlace));
    }

    private static IEnumerable<InPlacePair> PairsAt(int step, ScheduledCall call, IReadOnlyList<ScheduleSlot> slots, Dictionary<int, Lifetime> lives)
    {
        if (call.Kernel is null || !call.Slots.Any(s => lives.TryGetValue(s, out var l) && l.First == step) || !call.Slots.Any(s => lives.TryGetValue(s, out var l) && l.Last == step && l.First < step))
        {
            yield break;
        }

        var taken = new HashSet<int>();
        foreach (var (output, input) in InPlace.PairsOf(call.Kernel))
        {
            var (to, from) = (call.Slots[output], call.Slots[input]);
            if (lives.TryGetValue(to, out var result) && lives.TryGetValue(from, out var source) && result.First == step && source.Last == step && source.First < step
                && slots[to] == slots[from] && taken.Add(to) && taken.Add(from))
            {
                yield return new InPlacePair(step, to, from);
            }
        }
    }

    private static ScheduledCall[] Apply(IReadOnlyList<ScheduledCall> calls, List<InPlacePair> pairs)
    {
        var place = new Dictionary<int, int>();
        foreach (var pair in pairs)
        {
            place[pair.Output] = place.GetValueOrDefault(pair.Input, pair.Input);
        }

        return [.. calls.Select(c => InPlace.Unify(c, [.. c.Slots.Select(s => place.GetValueOrDefault(s, s))]))];
    }

    private readonly record struct InPlacePair(int Step, int Output, int Input);
}
