using System.Runtime.InteropServices;
using Tenon.Compiler.Tests.Search;
using Tenon.Core;
using Tenon.Core.Backend;
using Tenon.Runtime;
using Tenon.Sdk.Interpreter;

namespace Tenon.Compiler.Tests.Workgroups;

/// <summary>Estimates for groups of lanes rank what is known to be good before what is known to be bad, and the heuristic chooses the former.</summary>
public sealed class GroupCostTests
{
    private static readonly Opt[] Groups = [new(OptKind.Global, 0), new(OptKind.Global, 1)];

    // Neighbouring lanes along memory, and a square of results in each.
    private static readonly Opt[] Tiled = [new(OptKind.Unroll, 0, 4), new(OptKind.Unroll, 1, 4), new(OptKind.Lane, 1, 16), new(OptKind.Lane, 0, 16), .. Groups];
    private static readonly Opt[] Staged = [.. Tiled, new(OptKind.Tile, 2, 16), new(OptKind.Stage, 2, 0), new(OptKind.Stage, 2, 1), new(OptKind.Unroll, 7, 4)];
    private static readonly Opt[] Along = [new(OptKind.Lane, 1, 32), new(OptKind.Lane, 0, 8), .. Groups];
    private static readonly Opt[] Across = [new(OptKind.Lane, 0, 32), new(OptKind.Lane, 1, 8), .. Groups];

    [Test]
    public void Products_of_matrices()
    {
        var kernel = SearchKernels.MatMul(1024, 512, 1024);
        using var device = new InterpreterDevice(new InterpreterOptions());
        double[] worse = [Cycles(device, kernel), Cycles(device, kernel, Staged), Cycles(device, kernel, Along), Cycles(device, kernel, Across), Cycles(device, kernel, Groups)];
        Assert.That(worse[1..], Is.Ordered.Ascending, string.Join(' ', worse));
        Assert.That(worse[0], Is.LessThanOrEqualTo(worse[1] * 1.2), string.Join(' ', worse));
        Assert.That(Cycles(device, kernel, Tiled), Is.LessThan(worse[2]));
    }

    /// <summary>Where a core runs the lanes of a group, waiting for each other costs more than local memory gains.</summary>
    [Test]
    public void Nothing_is_staged_where_local_memory_is_slow()
    {
        var kernel = SearchKernels.MatMul(256, 256, 256);
        using var device = new InterpreterDevice(new InterpreterOptions { LocalMemoryIsFast = false, PreferredLanes = 8, VectorBytes = 0 });
        Assert.That(Cycles(device, kernel, Tiled), Is.LessThan(Cycles(device, kernel, Staged)));
        Assert.That(Chosen(device, kernel).Applied, Has.None.Matches<Opt>(o => o.Kind == OptKind.Stage).And.Some.Matches<Opt>(o => o.Kind == OptKind.Lane));
    }

    /// <summary>A vector of a lane as wide as all that run side by side: a group is one lane.</summary>
    [Test]
    public void Groups_are_work_items_where_vectors_are_as_wide_as_lanes()
    {
        using var device = new InterpreterDevice(new InterpreterOptions { LocalMemoryIsFast = false, PreferredLanes = 8, VectorBytes = 32 });
        Assert.That(Chosen(device, SearchKernels.MatMul(256, 256, 256)).Applied, Has.None.Matches<Opt>(o => o.Kind == OptKind.Lane).And.Some.Matches<Opt>(o => o is { Kind: OptKind.Vector, Amount: 8 }));
    }

    [Test]
    public void Sums_of_rows()
    {
        var kernel = SearchKernels.Of(Tensor.Empty([512, 4096]).Sum(1)).Single();
        using var device = new InterpreterDevice(new InterpreterOptions());
        var (along, across) = (Cycles(device, kernel, new(OptKind.Lane, 1, 128), Groups[0]), Cycles(device, kernel, new(OptKind.Lane, 0, 128), Groups[0]));
        Assert.That(along, Is.LessThan(across));
        Assert.That(Cycles(device, kernel), Is.LessThan(across));
    }

    /// <summary>Both sides of a transpose touch neighbours by way of local memory, whose rows are padded.</summary>
    [Test]
    public void Transposes_go_through_padded_local_memory()
    {
        var kernel = SearchKernels.Of(Tensor.Empty([256, 512]).Transpose(0, 1) * 2).Single();
        using var device = new InterpreterDevice(new InterpreterOptions());
        var chosen = Chosen(device, kernel);
        Assert.That(chosen.Order.Where(u => u.Op == Ops.Local).Select(u => u.ArgAs<LocalArg>().Size), Is.EqualTo(new long[] { 32 * 33 }));
        Assert.That(Cycles(device, kernel), Is.LessThan(Cycles(device, kernel, new(OptKind.Lane, 1, 32), new(OptKind.Lane, 0, 8), Groups[0], Groups[1])));
    }

    /// <summary>
    /// Few results, very long sums, as the gradients of a convolution's weights: the sum is taken in parts, so that all cores have something to do, and
    /// lanes are spread over the window too.
    /// </summary>
    [Test]
    public void Gradients_of_weights()
    {
        var (x, y) = (Tensor.Empty([4, 64, 12, 12]).To("INTERPRETER"), Tensor.Empty([8, 64, 8, 8]).To("INTERPRETER"));
        UOp[] kernels = [.. TenonRuntime.Default.Schedule([(x.Conv2d(y).Node, "INTERPRETER")]).Calls.Select(c => c.Kernel).OfType<UOp>()];
        Assert.That(kernels, Has.Length.EqualTo(2), "the sum in parts, and the sum of these");
        using var device = new InterpreterDevice(new InterpreterOptions());
        var chosen = Chosen(device, kernels[0]).Applied;
        Assert.That(chosen.Count(o => o.Kind == OptKind.Lane), Is.GreaterThanOrEqualTo(3), string.Join(' ', chosen));
        Assert.That(chosen.Where(o => o.Kind == OptKind.Lane).Aggregate(1, (p, o) => p * o.Amount), Is.GreaterThanOrEqualTo(32), string.Join(' ', chosen));
    }

    /// <summary>Barriers order no buffers: what lanes read together must not be what another of them overwrites.</summary>
    [Test]
    public void What_is_overwritten_is_not_shared_by_lanes()
    {
        var kernel = SearchKernels.Of((Tensor.Empty([40, 1]).Expand(40, 300) * Tensor.Empty([40, 300])).Exp2().Sum(1)).Single();
        var pair = InPlace.PairsOf(kernel).Single();
        int[] slots = [.. Enumerable.Range(0, 3)];
        slots[pair.Input] = pair.Output;
        var unified = InPlace.Unify(new ScheduledCall(kernel, [0, 1, 2], "INTERPRETER"), slots).Kernel!;
        using var device = new InterpreterDevice(new InterpreterOptions { ChecksBuffers = true });
        var view = View(device);
        var nest = Nest(device, unified);
        Assert.That(new LegalOpts(nest, view).WhyNot(new Opt(OptKind.Lane, 1, 64)), Is.EqualTo("a turn reads what another overwrites"));
        Assert.That(LegalOpts.Of(nest, view), Has.None.Matches<Opt>(o => o.Kind == OptKind.Stage && nest.ReadsOverwritten(nest.Factors()[o.Amount])));

        // And what the heuristic chooses runs without a race, to the same result.
        var program = KernelCompiler.Compile(unified, device.Capabilities, device.CodeGenerators[0].Target);
        using var loaded = device.Load(device.CodeGenerators[0].Generate(program));
        float[][] data = [.. program.Parameters.Select((p, slot) => Enumerable.Range(0, p.Size > 40 ? 40 * 300 : 40).Select(i => (i % 7 * 0.25f) - (slot * 0.5f)).ToArray())];
        var buffers = data.Select(d => device.Allocator.Allocate(4 * d.Length)).ToArray();
        for (var i = 0; i < data.Length; i++)
        {
            device.Allocator.CopyIn(new(buffers[i], 0, 4 * data[i].Length), MemoryMarshal.AsBytes<float>(data[i]));
        }

        loaded.Launch([.. buffers.Select(b => new BufferView(b, 0, b.Bytes))], []);
        var (factor, rows) = data[0].Length == 40 ? (0, 1) : (1, 0);
        var results = new float[40];
        device.Allocator.CopyOut(new(buffers[factor], 0, 160), MemoryMarshal.AsBytes(results.AsSpan()));
        var expected = Enumerable.Range(0, 40).Select(i => Enumerable.Range(0, 300).Sum(k => MathF.Pow(2, data[factor][i] * data[rows][(i * 300) + k])));
        Assert.That(results, Is.EqualTo(expected).Within(0.01).Percent);
        Array.ForEach(buffers, b => b.Dispose());
    }

    private static CodeGeneratorView View(Device device) => new(device.CodeGenerators[0].Target, device.Capabilities);

    private static LoopNest Nest(Device device, UOp kernel) => new(RangeMerging.Apply(KernelCompiler.Decompose(kernel, View(device))));

    private static LoopNest Chosen(Device device, UOp kernel)
    {
        var nest = Nest(device, kernel);
        Heuristic.Change(nest, View(device));
        return nest;
    }

    // Of the loops that the heuristic chooses, or of others.
    private static double Cycles(Device device, UOp kernel, params Opt[] opts)
    {
        var nest = opts.Length == 0 ? Chosen(device, kernel) : Nest(device, kernel);
        foreach (var opt in opts)
        {
            new LegalOpts(nest, View(device)).Require(opt);
            nest.Apply(opt);
        }

        return NestEstimate.Of(nest, View(device), device.Capabilities)!.Cycles;
    }
}
