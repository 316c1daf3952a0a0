using Tenon.Core;

namespace Tenon.Compiler;

/// <summary>Estimates the time of a kernel for a choice of vector loops: scalar operations count one, vectors too.</summary>
internal sealed class LoopCost
{
    private const double GatherPenalty = 1.5;
    private const double GatePenalty = 3;
    private readonly List<UOp> _work;
    private readonly CodeGeneratorView _target;

    public LoopCost(UOp kernel, CodeGeneratorView target)
    {
        _target = target;
        _work = kernel.TopologicalOrder().FindAll(u => u.Op is Ops.Load or Ops.Store or Ops.Reduce || (OpSet.Elementwise.Contains(u.Op) && u.DType != DType.Index && u.Ranges.Count > 0));
    }

    /// <summary>Whether no value would need the lanes of two loops at once.</summary>
    public bool CanAdd(UOp range, IReadOnlyCollection<UOp> vectors) =>
        _work.TrueForAll(u => !BodyRanges(u).Contains(range) || !BodyRanges(u).Any(vectors.Contains));

    public double Of(IReadOnlyDictionary<UOp, int> lanes)
    {
        var total = 0.0;
        foreach (var u in _work)
        {
            var ranges = BodyRanges(u);
            var points = ranges.Aggregate(1.0, (p, r) => p * r[0].Max);
            var vector = ranges.FirstOrDefault(lanes.ContainsKey);
            total += vector is null ? points : Vectorised(u, vector, lanes[vector], points);
        }

        return total;
    }

    private double Vectorised(UOp u, UOp vector, int lanes, double points)
    {
        switch (u.Op)
        {
            case Ops.Load when u.Src.Length == 3 && u[1].DependsOn(vector):
                return points * GatePenalty;
            case Ops.Load or Ops.Store:
                return Strides.Along(u[0][1], vector) == 1 && _target.IsVector(u[0].DType) ? points / lanes : points * GatherPenalty;
            case Ops.Reduce when u.Src[1..].Contains(vector):
                // The lanes are combined at the end.
                return points / lanes + points / u.Src[1..].ToArray().Aggregate(1.0, (p, r) => p * r[0].Max) * lanes;
            default:
                return _target.IsVector(u.DType) && _target.IsVector(u[0].DType) ? points / lanes : points * GatherPenalty;
        }
    }

    private static IReadOnlyCollection<UOp> BodyRanges(UOp u) => u.Op == Ops.Reduce ? u[0].Ranges.Union(u.Src[1..].ToArray()).ToList() : u.Ranges;
}
