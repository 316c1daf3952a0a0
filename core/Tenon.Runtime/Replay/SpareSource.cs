using Tenon.Compiler;
using Tenon.Core.Backend;

namespace Tenon.Runtime;

/// <summary>
/// Storage that a program doesn't read, because it reads what it keeps of it, which has each of its elements: its memory is given back, and who
/// asks for it gets it back from there.
/// </summary>
/// <param name="realizer">What runs calls.</param>
/// <param name="source">The slot of the storage.</param>
/// <param name="kept">The slot of what is kept.</param>
/// <param name="back">What brings the elements back: slot 0 from slot 1.</param>
internal sealed class SpareSource(Realizer realizer, int source, int kept, Schedule back)
{
    private const int MostPatience = 30;

    // What is kept is mostly of other sizes than what is given back.
    private const long MostCached = 8 << 20;
    private readonly Lazy<ExecutableSchedule> _back = new(() => realizer.Prepare(back, static (_, name) => name), LazyThreadSafetyMode.PublicationOnly);
    private long _runs;

    /// <summary>The storage that a call reads, if it can be brought back from what the call writes and a program uses; else null.</summary>
    public static SpareSource? Of(Realizer realizer, Schedule schedule, ScheduledCall call, int source, IReadOnlySet<int> used)
    {
        var kept = call.Slots.FirstOrDefault(s => s != source, source);
        if (call.Slots.Count != 2 || !used.Contains(kept) || Rearrangement.InverseOf(call.Kernel!) is not { } inverse)
        {
            return null;
        }

        ScheduledCall[] calls = [new(inverse.Kernel, [.. inverse.Slots.Select(p => call.Slots[p] == source ? 0 : 1)], call.Device)];
        return new SpareSource(realizer, source, kept, new Schedule { Slots = [schedule.Slots[source], schedule.Slots[kept]], Calls = calls, ArenaBytes = new Dictionary<string, long>() });
    }

    /// <summary>Gives the memory back, unless somebody uses it now, or has asked for it lately: the more often, the longer it stays.</summary>
    public void TryRelease(Storage?[] slots, MemoryUsers users)
    {
        var storage = slots[source]!;
        if (storage.IsReleased)
        {
            _runs = 0;
        }
        else if (++_runs >= 1L << Math.Min(storage.Restores, MostPatience) && users.TryRelease(storage, Restore(slots[kept]!)))
        {
            _runs = 0;
            storage.Device.Memory.Trim(MostCached);
        }
    }

    private Action<BufferView> Restore(Storage kept) => view => realizer.Run(_back.Value, 0, [new Storage(kept.Device, view), kept]);
}
