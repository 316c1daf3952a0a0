using Tenon.Core;

namespace Tenon.Compiler;

/// <summary>Estimates the bytes that the accesses of a kernel bring into a cache.</summary>
internal sealed class CacheTraffic
{
    private const int LineBytes = 64;
    private readonly UOp[] _loops;
    private readonly double[][] _footprints;
    private readonly bool[][] _depends;

    /// <param name="order">The kernel's nodes.</param>
    /// <param name="ranges">Its ranges, outer loops first.</param>
    public CacheTraffic(List<UOp> order, UOp[] ranges)
    {
        // Reductions run inside of output loops, whatever their numbers.
        _loops = [.. ranges.Where(r => KindOf(r) is not (RangeKind.Unroll or RangeKind.Vector)).OrderBy(r => KindOf(r) == RangeKind.Reduce ? 1 : KindOf(r) == RangeKind.Global ? -1 : 0)];
        UOp[] inner = [.. ranges.Where(r => KindOf(r) is RangeKind.Unroll or RangeKind.Vector)];
        var accesses = order.FindAll(u => u.Op is Ops.Load or Ops.Store);
        (_footprints, _depends) = (new double[accesses.Count][], new bool[accesses.Count][]);
        for (var a = 0; a < accesses.Count; a++)
        {
            var (memory, index, bytes) = (accesses[a][0][0], accesses[a][0][1], (double)accesses[a][0].DType.Bytes);
            var most = memory.Op == Ops.Param ? memory.ArgAs<ParamArg>().Size * bytes : double.PositiveInfinity;
            _depends[a] = Array.ConvertAll(_loops, index.DependsOn);
            _footprints[a] = new double[_loops.Length + 1];
            var (elements, run) = (1.0, 1.0);
            foreach (var r in inner)
            {
                Widen(index, r, ref elements, ref run);
            }

            for (var l = _loops.Length; l >= 0; l--)
            {
                _footprints[a][l] = Math.Min(most, elements / run * Math.Max(run * bytes, LineBytes));
                if (l > 0)
                {
                    Widen(index, _loops[l - 1], ref elements, ref run);
                }
            }
        }
    }

    /// <summary>Bytes that come into a cache of a size: what doesn't fit is fetched again at each turn of the loops around it.</summary>
    public double Into(long cacheBytes)
    {
        // The outermost loop whose body's data fits.
        var fits = 0;
        while (fits < _loops.Length && _footprints.Sum(f => f[fits]) > cacheBytes)
        {
            fits++;
        }

        var total = 0.0;
        for (var a = 0; a < _footprints.Length; a++)
        {
            var turns = 1.0;
            for (var l = 0; l < fits; l++)
            {
                // What the loop just around doesn't change is still there at its next turn.
                turns *= _depends[a][l] || l < fits - 1 ? _loops[l][0].Max : 1;
            }

            total += _footprints[a][fits] * turns;
        }

        return total;
    }

    private static void Widen(UOp index, UOp range, ref double elements, ref double run)
    {
        if (index.DependsOn(range))
        {
            elements *= range[0].Max;
            run *= Strides.Along(index, range) is { } stride && Math.Abs(stride) <= run ? range[0].Max : 1;
        }
    }

    private static RangeKind KindOf(UOp range) => range.ArgAs<RangeArg>().Kind;
}
