using Tenon.Core;
using Tenon.Core.Backend;

namespace Tenon.Sdk.Conformance;

/// <summary>Groups of several lanes: their numbers, barriers, and exchange in a subgroup.</summary>
internal static class GroupCases
{
    private const int Groups = 5;

    public static IEnumerable<ConformanceCase> For(Subject subject)
    {
        if (subject.Capabilities.Workgroups is not { } limits || limits.MaxLanesPerGroup < 2)
        {
            return [ConformanceCase.Skipped("groups", "the device has no groups of several lanes")];
        }

        return [.. Grids(subject, limits), .. Barriers(subject, limits), .. Exchanges(subject, limits)];
    }

    private static IEnumerable<ConformanceCase> Grids(Subject subject, WorkgroupLimits limits)
    {
        (GridSize Groups, GridSize Lanes)[] grids = [(new(3), new(4)), (new(1), new(3)), (new(2, 3), new(2, 2)), (new(2, 3, 4), new(2, 2, 2)), (new(1, 5), new(1, 7)), (new(1, 1, 3), new(1, 1, 2)), (new(4), new(1, 1, 2))];
        foreach (var (groups, lanes) in grids)
        {
            var name = $"groups/{groups} groups of {lanes} lanes";
            yield return limits.Exceeded(groups, lanes) is { } exceeded
                ? ConformanceCase.Skipped(name, exceeded)
                : ProgramCase.Of(subject, name, groups, lanes, b =>
                {
                    var count = groups.Count * lanes.Count;
                    var at = Ir.At(b.Buffer(DType.Int32, count), b.Item);
                    b.Add(Ir.Store(at, Ir.Add(Ir.Load(at), Ir.Add(Ir.Mul(b.Group, Ir.Int(1000)), b.Lane))));
                    return [new byte[count * 4]];
                });
        }
    }

    private static IEnumerable<ConformanceCase> Barriers(Subject subject, WorkgroupLimits limits)
    {
        if (!subject.Target.ExtraOps.Contains(new OpSet(Ops.Barrier, Ops.Local)) || subject.Capabilities.LocalBytes < 2048)
        {
            yield return ConformanceCase.Skipped("barriers", "the target doesn't list Barrier and Local, or the device has no bytes for it");
            yield break;
        }

        foreach (var lanes in Sizes(limits).Where(l => l * 8 <= subject.Capabilities.LocalBytes))
        {
            yield return ProgramCase.Of(subject, $"barriers/reverse {lanes} lanes", new GridSize(Groups), new GridSize(lanes), b =>
            {
                var (x, y) = (b.Buffer(DType.Int32, Groups * lanes), b.Buffer(DType.Int32, Groups * lanes));
                var array = Ir.Local(DType.Int32, 0, lanes);
                b.Add(array, Ir.Store(Ir.At(array, b.Lane), Ir.Load(Ir.At(x, b.Item))), Ir.Barrier);
                b.Add(Ir.Store(Ir.At(y, b.Item), Ir.Load(Ir.At(array, UOp.Alu(Ops.Sub, Ir.Int(lanes - 1), b.Lane)))));
                return [Elements.ToBytes(Enumerable.Range(7, Groups * (int)lanes).ToArray()), new byte[Groups * lanes * 4]];
            });
            yield return ProgramCase.Of(subject, $"barriers/running sums of {lanes} lanes", new GridSize(Groups), new GridSize(lanes), b => RunningSums(b, lanes));
        }
    }

    // In each turn of a loop all read, then all write: two barriers a turn.
    private static byte[][] RunningSums(ProgramBuilder b, long lanes)
    {
        var (x, y) = (b.Buffer(DType.Int32, Groups * lanes), b.Buffer(DType.Int32, Groups * lanes));
        var array = Ir.Local(DType.Int32, 0, lanes);
        var own = Ir.At(array, b.Lane);
        var turn = Ir.Range(Ir.Int((long)Math.Ceiling(Math.Log2(lanes))), 0);
        var distance = UOp.Alu(Ops.Shl, Ir.Int(1), turn);
        var before = UOp.Alu(Ops.Sub, b.Lane, distance);
        var sum = Ir.Add(Ir.Load(own), Ir.LoadIf(Ir.At(array, before), UOp.Alu(Ops.CmpLt, Ir.Int(-1), before), Ir.Int(0)));
        b.Add(array, Ir.Store(own, Ir.Load(Ir.At(x, b.Item))), Ir.Barrier, turn, sum, Ir.Barrier, Ir.Store(own, sum), Ir.Barrier, Ir.End(turn));
        var last = UOp.New(Ops.Load, DType.Int32, [Ir.At(Ir.Local(DType.Int32, 1, lanes), b.Lane)]);
        b.Add(Ir.Store(Ir.At(y, b.Item), last));
        return [Elements.ToBytes(Enumerable.Range(0, Groups * (int)lanes).Select(i => i * i).ToArray()), new byte[Groups * lanes * 4]];
    }

    private static IEnumerable<ConformanceCase> Exchanges(Subject subject, WorkgroupLimits limits)
    {
        if (!subject.Target.ExtraOps.Contains(Ops.LaneXor) || limits.SubgroupSize < 2)
        {
            yield return ConformanceCase.Skipped("exchange", "the target doesn't list LaneXor, or the size of a subgroup isn't known");
            yield break;
        }

        var lanes = Math.Min(2L * limits.SubgroupSize, Math.Min(limits.MaxLanesPerGroup, limits.MaxLanes.X)) / limits.SubgroupSize * limits.SubgroupSize;
        foreach (var dtype in new[] { DType.Int32, DType.UInt32, DType.Float32 }.Where(d => subject.Support(d).HasFlag(DTypeSupport.Arithmetic)))
        {
            for (var mask = 1; mask < limits.SubgroupSize; mask = mask * 2 == limits.SubgroupSize ? limits.SubgroupSize - 1 : mask * 2)
            {
                var by = mask;
                yield return ProgramCase.Of(subject, $"exchange/{dtype} by {mask}", new GridSize(Groups), new GridSize(lanes), b =>
                {
                    var (x, y) = (b.Buffer(dtype, Groups * lanes), b.Buffer(dtype, Groups * lanes));
                    b.Add(Ir.Store(Ir.At(y, b.Item), Ir.LaneXor(Ir.Load(Ir.At(x, b.Item)), by)));
                    return [Elements.ToBytes(dtype, ControlCases.Numbers(dtype, Groups * (int)lanes)), new byte[Groups * lanes * dtype.Bytes]];
                });
                if (mask == limits.SubgroupSize - 1)
                {
                    break;
                }
            }
        }
    }

    private static IEnumerable<long> Sizes(WorkgroupLimits limits) =>
        new long[] { 2, 3, 32, 64, 100, 256 }.Where(l => l <= limits.MaxLanes.X && l <= limits.MaxLanesPerGroup);
}
