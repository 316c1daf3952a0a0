using Tenon.Core;

namespace Tenon.Compiler;

/// <summary>
/// Orders the reads of what is overwritten before the write. A kernel that must come after the write, or that writes while
/// it reads other elements, reads a copy of the old state instead.
/// </summary>
internal static class Hazards
{
    /// <summary>Per overwritten slot and reading kernel, the slot of the copy to read.</summary>
    public static Dictionary<(int Slot, KernelGroup Reader), int> Resolve(FusionPlan plan, SlotTable slots)
    {
        using var stage = Tracing.Begin("schedule/hazards");
        var snapshots = new Dictionary<(int, KernelGroup), int>();
        var writers = plan.Groups.SelectMany(g => g.Outputs).Where(o => o.Node.Op == Ops.After).ToDictionary(o => o.Slot);
        foreach (var param in plan.Order.Where(u => u.Op == Ops.Param))
        {
            var slot = param.ArgAs<ParamArg>().Slot;
            if (!writers.TryGetValue(slot, out var write))
            {
                continue;
            }

            var writer = write.Home.Group;
            int? copy = null;
            foreach (var reader in plan.UsesOf(param).Select(u => u.Group).Concat(plan.Groups.Where(g => g.CopySource == slot && g != writer)).Distinct())
            {
                var safe = reader == writer
                    ? plan.UsesOf(param).Where(u => u.Group == writer).All(u => ReadsOnlyWhatItWrites(u, write))
                    : !reader.Reaches(writer);
                if (!safe)
                {
                    copy ??= CopyOldState(plan, slots, slot, writer);
                    snapshots[(slot, reader)] = copy.Value;
                    reader.DependsOn.Add(plan.Groups[^1]);
                    if (reader.CopySource == slot)
                    {
                        reader.CopySource = copy;
                    }
                }
                else if (reader != writer)
                {
                    writer.DependsOn.Add(reader);
                }
            }
        }

        return snapshots;
    }

    private static bool ReadsOnlyWhatItWrites(Access read, StoredValue write) =>
        read.Valid is null && read.Index[0] == MovementIndex.Flatten(write.Node.Shape, write.Home.Index);

    private static int CopyOldState(FusionPlan plan, SlotTable slots, int slot, KernelGroup writer)
    {
        var (dtype, size, device) = (slots[slot].DType, slots[slot].Size, slots[slot].Device);
        var copy = slots.AddTemporary(dtype, size, device);
        var group = new KernelGroup(plan.Groups.Count, device) { CopySource = slot };
        var node = UOp.New(Ops.Param, dtype, [], new ParamArg(slot, size, device));
        group.Outputs.Add(new StoredValue(node, copy, new Access(group, group.OpenOutput(node.Shape), null, false)));
        plan.Groups.Add(group);
        if (group != writer)
        {
            writer.DependsOn.Add(group);
        }

        return copy;
    }
}
