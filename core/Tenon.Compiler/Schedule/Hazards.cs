using Tenon.Core;

namespace Tenon.Compiler;

/// <summary>
/// Orders the reads of a state of storage before the writes that end it. A kernel that must come after such a write, or that
/// writes while it reads other elements, reads a copy of what it needs of the state instead. Reads and writes of different
/// elements need neither.
/// </summary>
internal sealed class Hazards
{
    private readonly FusionPlan _plan;
    private readonly SlotTable _slots;
    private readonly Dictionary<Access, Snapshot> _snapshots = [];
    private readonly Dictionary<(UOp State, long Constant, string Terms), (int Slot, KernelGroup Group)> _copies = [];

    private Hazards(FusionPlan plan, SlotTable slots) => (_plan, _slots) = (plan, slots);

    /// <summary>For each access that can't read the storage itself, what it reads.</summary>
    public static Dictionary<Access, Snapshot> Resolve(FusionPlan plan, SlotTable slots)
    {
        using var stage = Tracing.Begin("schedule/hazards");
        var hazards = new Hazards(plan, slots);
        var writes = new Dictionary<int, List<Write>>();
        foreach (var node in plan.Order)
        {
            if (node.Op == Ops.After && plan.StorageOf(node) is { } stored)
            {
                writes.TryAdd(stored.Slot, []);
                writes[stored.Slot].Add(new Write(stored, new Region(stored.Offset)));
            }
        }

        foreach (var node in plan.Order)
        {
            if (node.Op is Ops.Param or Ops.After && writes.TryGetValue(slots.SlotOf(node), out var all))
            {
                // A state that is not stored has nobody who loads it.
                var next = node.Op == Ops.Param ? 0 : 1 + all.FindIndex(w => w.Value.Node == node);
                if (next < all.Count && (node.Op == Ops.Param || next > 0))
                {
                    hazards.Protect(node, all, next);
                }
            }
        }

        return hazards._snapshots;
    }

    // Sees to it that whoever reads the state that lasts until a write finds it.
    private void Protect(UOp state, List<Write> writes, int next)
    {
        foreach (var use in _plan.UsesOf(state))
        {
            if (use.Sources is null)
            {
                var region = new Region(MovementIndex.Flatten(state.Shape, use.Index));
                if (!CanRead(use.Group, region, writes, next))
                {
                    _snapshots[use] = CopyOf(state, use, region, writes, next);
                }
            }
        }

        foreach (var copy in _plan.CopiesOf(state))
        {
            var whole = Whole(writes[next].Value.Slot);
            if (!CanRead(copy, whole, writes, next))
            {
                var (slot, group) = Snapshot(state, whole, writes, next, isWhole: true);
                copy.CopySource = slot;
                copy.WaitFor(group);
            }
        }
    }

    private static bool CanRead(KernelGroup reader, Region region, List<Write> writes, int next)
    {
        for (var i = next; i < writes.Count; i++)
        {
            var writer = writes[i].Value.Home.Group;
            var isOwn = reader == writer && region.Offset == writes[i].Region.Offset;
            if (isOwn || Region.AreDisjoint(region, writes[i].Region))
            {
                continue;
            }

            if (reader.Reaches(writer))
            {
                return false;
            }

            // Later writes wait for this one.
            writer.WaitFor(reader);
            return true;
        }

        return true;
    }

    // Copies the places that the access reads, densely; or from the first to the last, if that is less or they are not all there.
    private Snapshot CopyOf(UOp state, Access use, Region region, List<Write> writes, int next)
    {
        var size = _slots[writes[next].Value.Slot].Size;
        var (min, max) = (Math.Max(0, region.Min), Math.Min(size - 1, region.Max));
        var dense = region.Terms.Aggregate(1.0, (n, t) => n * (t.Max - t.Min + 1));
        if (use.Valid is not null || region.Min < 0 || region.Max >= size || dense >= max - min + 1)
        {
            var isWhole = 2 * (max - min + 1) > size;
            min = isWhole ? 0 : min;
            var span = new Region(IndexMath.Add(UOp.Range(UOp.Index(max - min + 1), 0), UOp.Index(min)));
            var (slot, group) = Snapshot(state, isWhole ? Whole(writes[next].Value.Slot) : span, writes, next, isWhole);
            use.Group.WaitFor(group);
            return new Snapshot(slot, IndexMath.Sub(region.Offset, UOp.Index(min)));
        }

        var (copy, copier) = Snapshot(state, region, writes, next, isWhole: false);
        var offset = UOp.Index(0);
        foreach (var (_, term, least, greatest) in region.Terms)
        {
            offset = IndexMath.Add(IndexMath.Mul(offset, UOp.Index(greatest - least + 1)), IndexMath.Sub(term, UOp.Index(least)));
        }

        use.Group.WaitFor(copier);
        return new Snapshot(copy, offset);
    }

    // A kernel that copies a region while the storage is in a state; one for all who need the same.
    private (int Slot, KernelGroup Group) Snapshot(UOp state, Region region, List<Write> writes, int next, bool isWhole)
    {
        var key = (state, region.Constant, string.Join(' ', region.Terms.Select(t => (t.Factor, t.Min, t.Max))));
        if (_copies.TryGetValue(key, out var known))
        {
            return known;
        }

        var source = writes[next].Value.Slot;
        var (dtype, device) = (_slots[source].DType, _slots[source].Device);
        var shape = new Shape([.. region.Terms.Select(t => t.Max - t.Min + 1)]);
        var (slot, group) = (_slots.AddTemporary(dtype, shape.MaxElements, device), new KernelGroup(_plan.Groups.Count, device, level: 0));
        var index = group.OpenOutput(shape);
        var home = new Access(group, index, null, Enclosing.Nothing);
        if (isWhole)
        {
            group.CopySource = source;
        }
        else
        {
            var place = UOp.Index(region.Constant);
            for (var i = 0; i < index.Length; i++)
            {
                place = IndexMath.Add(place, IndexMath.Mul(IndexMath.Add(index[i], UOp.Index(region.Terms[i].Min)), UOp.Index(region.Terms[i].Factor)));
            }

            home.Value = UOp.New(Ops.Load, dtype, [_slots.Address(source, place)]);
        }

        group.Outputs.Add(new StoredValue(TensorRules.Reshape(UOp.New(Ops.Param, dtype, [], new ParamArg(slot, shape.MaxElements, device)), shape), slot, home));
        _plan.Groups.Add(group);
        if (next > 0)
        {
            group.WaitFor(writes[next - 1].Value.Home.Group);
        }

        writes[next].Value.Home.Group.WaitFor(group);
        return _copies[key] = (slot, group);
    }

    private Region Whole(int slot) => new(UOp.Range(UOp.Index(_slots[slot].Size), 0));

    private sealed record Write(StoredValue Value, Region Region);
}

/// <summary>What an access reads instead of storage that is overwritten before it can be read.</summary>
/// <param name="Slot">The copy.</param>
/// <param name="Offset">The place in the copy of the access's element.</param>
internal sealed record Snapshot(int Slot, UOp Offset);
