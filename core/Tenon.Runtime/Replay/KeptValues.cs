using Tenon.Compiler;

namespace Tenon.Runtime;

/// <summary>
/// What a program computes from storage that is mostly the same from run to run: computed by the first run, and again when some of that storage
/// is another, or has been written to. Storage that only these are computed from gives its memory back, where they hold all that it does: who
/// asks for it gets it back. It may be used in several threads at once.
/// </summary>
internal sealed class KeptValues
{
    private readonly Realizer _realizer;
    private readonly MemoryUsers _users;
    private readonly ExecutableSchedule _calls;
    private readonly Group[] _groups;
    private readonly Lock _lock = new();

    /// <param name="realizer">What runs calls.</param>
    /// <param name="users">Those who use memory.</param>
    /// <param name="calls">What is computed, ready to run.</param>
    /// <param name="used">The slots that the program itself uses.</param>
    public KeptValues(Realizer realizer, MemoryUsers users, ExecutableSchedule calls, IReadOnlySet<int> used)
    {
        (_realizer, _users, _calls) = (realizer, users, calls);
        _groups = GroupsOf(calls.Schedule.Calls, used);
        AddSpares(used);
    }

    /// <summary>What is kept now.</summary>
    public IReadOnlyList<Storage> Storages
    {
        get
        {
            lock (_lock)
            {
                return [.. _groups.SelectMany(g => g.Kept).OfType<Storage>()];
            }
        }
    }

    /// <summary>Puts the values into their slots; those of which the sources have changed are computed before, in storage of their own.</summary>
    /// <param name="slots">The storage by slot; of inputs it is there.</param>
    public void Bring(Storage?[] slots)
    {
        lock (_lock)
        {
            foreach (var group in _groups)
            {
                if (!group.IsCurrent(slots))
                {
                    Make(group, slots);
                }

                for (var i = 0; i < group.Results.Length; i++)
                {
                    slots[group.Results[i]] = group.Kept[i];
                }

                foreach (var spare in group.Spares)
                {
                    spare.TryRelease(slots, _users);
                }
            }
        }
    }

    // What neither the program nor a later group reads, and one of what is kept has all of.
    private void AddSpares(IReadOnlySet<int> used)
    {
        var seen = new HashSet<int>(used);
        seen.UnionWith(_groups.SelectMany(g => g.Made));
        foreach (var group in Enumerable.Reverse(_groups))
        {
            foreach (var source in group.Sources.Where(seen.Add))
            {
                if (_calls.Schedule.Calls.Where(c => c.Kernel is not null && c.Slots.Contains(source)).Select(c => SpareSource.Of(_realizer, _calls.Schedule, c, source, used)).FirstOrDefault(s => s is not null) is { } spare)
                {
                    group.Spares.Add(spare);
                }
            }
        }
    }

    private void Make(Group group, Storage?[] slots)
    {
        // What is written to meanwhile is another version.
        var versions = group.VersionsOf(slots);

        // Calls of another kind, or of another function, may have packed the same.
        (Core.UOp, string, string)? key = null;
        if (group is { Calls: [var only], Results: [var result] } && _calls.Schedule.Calls[only] is { Kernel: { } kernel } packing)
        {
            key = (kernel, packing.Device, string.Join(' ', packing.Slots.Select(s => s == result ? "" : $"{slots[s]!.Id}.{slots[s]!.Version}")));
            if (_realizer.Made.Find(key.Value) is { } made)
            {
                (group.Kept, group.Versions) = ([made], versions);
                return;
            }
        }

        foreach (var slot in group.Made)
        {
            var (device, size, dtype) = (_calls.Schedule.Slots[slot].Device, _calls.Schedule.Slots[slot].Size, _calls.Schedule.Slots[slot].DType);
            slots[slot] = new Storage(_realizer.Open(device), dtype.BytesOf(size));
        }

        foreach (var call in group.Calls)
        {
            _realizer.Run(_calls, call, slots);
        }

        group.Kept = Array.ConvertAll(group.Results, r => slots[r]);
        group.Versions = versions;
        if (key is not null)
        {
            _realizer.Made.Add(key.Value, group.Kept[0]!);
        }

        foreach (var slot in group.Made)
        {
            slots[slot] = null;
        }
    }

    // Calls that use each other's results are one group: what only they use is not kept.
    private static Group[] GroupsOf(IReadOnlyList<ScheduledCall> calls, IReadOnlySet<int> used)
    {
        var accesses = calls.Select(KeptCalls.AccessesOf).ToArray();
        var (groupOf, madeBy) = (new int[calls.Count], new Dictionary<int, int>());
        for (var i = 0; i < groupOf.Length; i++)
        {
            groupOf[i] = i;
            foreach (var other in accesses[i].Read.Where(madeBy.ContainsKey).Select(s => groupOf[madeBy[s]]).Distinct())
            {
                for (var j = 0; j < i; j++)
                {
                    groupOf[j] = groupOf[j] == other ? i : groupOf[j];
                }
            }

            Array.ForEach(accesses[i].Written, s => madeBy[s] = i);
        }

        return [.. Enumerable.Range(0, groupOf.Length).GroupBy(i => groupOf[i]).Select(g =>
        {
            int[] made = [.. g.SelectMany(i => accesses[i].Written)];
            return new Group([.. g], [.. g.SelectMany(i => accesses[i].Read).Distinct().Except(made)], made, Array.FindAll(made, used.Contains));
        })];
    }

    private sealed class Group(int[] calls, int[] sources, int[] made, int[] results)
    {
        public int[] Calls => calls;

        public int[] Sources => sources;

        public int[] Made => made;

        public int[] Results => results;

        /// <summary>The storage of the results; null before they are made.</summary>
        public Storage?[] Kept { get; set; } = new Storage?[results.Length];

        /// <summary>The sources that nobody needs once the results are made.</summary>
        public List<SpareSource> Spares { get; } = [];

        /// <summary>What the sources were when the results were made; null before.</summary>
        public (long Storage, long Version)[]? Versions { get; set; }

        public (long Storage, long Version)[] VersionsOf(Storage?[] slots) => Array.ConvertAll(sources, s => (slots[s]!.Id, slots[s]!.Version));

        public bool IsCurrent(Storage?[] slots)
        {
            if (Versions is null)
            {
                return false;
            }

            for (var i = 0; i < sources.Length; i++)
            {
                if (Versions[i] != (slots[sources[i]]!.Id, slots[sources[i]]!.Version))
                {
                    return false;
                }
            }

            return true;
        }
    }
}
