using System.Diagnostics;
using Tenon.Core;

namespace Tenon.Benchmarks;

/// <summary>How many nodes of index arithmetic <see cref="GraphRewrite"/> simplifies in a second.</summary>
internal static class RewriteThroughput
{
    private const int Expressions = 4_000;
    private const int Attempts = 7;

    /// <summary>The median of several attempts, each with a graph that was never seen.</summary>
    public static (int Nodes, double NodesPerSecond, double BytesPerNode) Measure()
    {
        var rates = new List<double>();
        var (nodes, bytes) = (0, 0.0);
        for (var attempt = 0; attempt < Attempts; attempt++)
        {
            var root = CreateGraph(attempt);
            nodes = root.TopologicalOrder().Count;
            var allocated = GC.GetAllocatedBytesForCurrentThread();
            var begin = Stopwatch.GetTimestamp();
            var simplified = GraphRewrite.Apply(root, Simplifier.Rules);
            rates.Add(nodes / Stopwatch.GetElapsedTime(begin).TotalSeconds);
            bytes = (double)(GC.GetAllocatedBytesForCurrentThread() - allocated) / nodes;
            GC.KeepAlive(simplified);
        }

        rates.Sort();
        return (nodes, rates[rates.Count / 2], bytes);
    }

    // What reshapes, permutations and padding leave: flat offsets taken apart by // and % and put together again.
    private static UOp CreateGraph(int seed)
    {
        var random = new Random(seed);
        var sinks = new UOp[Expressions];
        for (var i = 0; i < Expressions; i++)
        {
            long[] sizes = [random.Next(2, 9) * 4, random.Next(2, 9) * 8, random.Next(2, 30), random.Next(2, 12)];
            var ranges = new UOp[sizes.Length];
            for (var r = 0; r < ranges.Length; r++)
            {
                ranges[r] = UOp.Range(UOp.Index(sizes[r]), (seed * Expressions + i) * ranges.Length + r);
            }

            var flat = Flatten(ranges, sizes);
            long[] others = [sizes[0] * sizes[1] / 4, 4, sizes[2] * sizes[3]];
            var parts = Split(flat, others);
            var inside = UOp.Alu(Ops.And, UOp.Alu(Ops.CmpLt, parts[1], UOp.Index(3)), UOp.Alu(Ops.CmpLt, parts[0], UOp.Index(others[0] - 1)));
            var again = Flatten([parts[2], parts[0], parts[1]], [others[2], others[0], others[1]]);
            sinks[i] = UOp.Where(inside, UOp.Alu(Ops.Add, again, UOp.Index(random.Next(100))), UOp.Index(0));
        }

        return UOp.Sink(sinks);
    }

    private static UOp Flatten(UOp[] indices, long[] sizes)
    {
        var flat = indices[0];
        for (var i = 1; i < indices.Length; i++)
        {
            flat = UOp.Alu(Ops.Add, UOp.Alu(Ops.Mul, flat, UOp.Index(sizes[i])), indices[i]);
        }

        return flat;
    }

    private static UOp[] Split(UOp flat, long[] sizes)
    {
        var parts = new UOp[sizes.Length];
        long stride = 1;
        for (var i = sizes.Length - 1; i >= 0; i--)
        {
            parts[i] = UOp.Alu(Ops.FloorMod, UOp.Alu(Ops.FloorDiv, flat, UOp.Index(stride)), UOp.Index(sizes[i]));
            stride *= sizes[i];
        }

        return parts;
    }
}
