using System.Diagnostics;
using Tenon.Core;

namespace Tenon.Benchmarks;

/// <summary>How many nodes of index arithmetic <see cref="GraphRewrite"/> simplifies in a second.</summary>
/// <param name="Nodes">Nodes of the graph.</param>
/// <param name="NodesPerSecond">How many of them are done in a second, with all that they become on the way.</param>
/// <param name="BytesPerRewrite">What the .NET heap is asked for each time that a rule fires, new nodes included.</param>
internal sealed record RewriteThroughput(int Nodes, double NodesPerSecond, double BytesPerRewrite)
{
    private const int Expressions = 4_000;
    private const int Attempts = 7;

    /// <summary>The median of several attempts, each with a graph that was never seen.</summary>
    public static RewriteThroughput Measure()
    {
        var rates = new List<double>();
        var (nodes, bytes) = (0, 0L);
        for (var attempt = 0; attempt < Attempts; attempt++)
        {
            var root = CreateGraph(attempt);
            nodes = root.TopologicalOrder().Count;
            var allocated = GC.GetAllocatedBytesForCurrentThread();
            var begin = Stopwatch.GetTimestamp();
            var simplified = GraphRewrite.Apply(root, Simplifier.Rules);
            rates.Add(nodes / Stopwatch.GetElapsedTime(begin).TotalSeconds);
            bytes = GC.GetAllocatedBytesForCurrentThread() - allocated;
            GC.KeepAlive(simplified);
        }

        rates.Sort();
        return new RewriteThroughput(nodes, rates[rates.Count / 2], (double)bytes / CountRewrites(Attempts - 1));
    }

    // In a run of its own: a listener costs time. The rules remember what they changed nothing in, so the graph is a new one.
    private static int CountRewrites(int seed)
    {
        var counter = new Counter();
        Tracing.Listener = counter;
        try
        {
            GraphRewrite.Apply(CreateGraph(seed + Attempts), Simplifier.Rules);
        }
        finally
        {
            Tracing.Listener = null;
        }

        return counter.Rewrites;
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

    private sealed class Counter : RewriteListener
    {
        public int Rewrites { get; private set; }

        public override void Tried(TraceStage? stage, Rule rule, UOp before, UOp? after, long ticks) => Rewrites += after is null ? 0 : 1;

        public override void End(TraceStage stage)
        {
        }
    }
}
