using Tenon.Core;
using Tenon.Core.Backend;
using Tenon.Runtime;
using Tenon.Tests.Shared;

namespace Tenon.Compiler.Tests.Search;

public class BeamSearchTests
{
    private static readonly CompilerOptions Compiler = new() { CheckIndices = false };
    private static readonly SearchOptions Options = new() { Clock = new StoppedClock(), TimedPerStep = 6, Width = 3, MaxSteps = 4 };

    private static OpenedDevice Device => TenonRuntime.Default.Devices.Open(RandomProgram.Device);

    // Blocks are others for one thread.
    private static readonly Lazy<CodeGeneratorView> SingleThreaded = new(() =>
    {
        using var runtime = new TenonRuntimeBuilder(TenonConfiguration.Load(null, [new("plugins:tenon.cpu:threads", "1")])).Build();
        var device = runtime.Devices.Open(RandomProgram.Device);
        return new CodeGeneratorView(device.Generator.Target, device.Capabilities);
    });

    private static CodeGeneratorView View => new(Device.Generator.Target, Device.Capabilities);

    [Test]
    public void Every_candidate_is_timed_or_rejected_and_reported_once()
    {
        // Some fail in each way that a timer can report.
        RejectReason[] reasons = [RejectReason.CompileError, RejectReason.WrongResult, RejectReason.Crash, RejectReason.Timeout, RejectReason.OutOfMemory];
        var timer = new FakeTimer(c => 1e-3 * (1 + c.Number % 11), c => c.Step > 0 && c.Number % 3 == 0 ? reasons[c.Number / 3 % reasons.Length] : null);
        var reported = new List<SearchCandidate>();
        var result = Search(MatMul(), timer, reported.Add, Options with { TimedPerStep = 40 });
        Assert.That(reported.Select(c => c.Number).Order(), Is.EqualTo(Enumerable.Range(0, result.Tried)));
        Assert.That(result.Tried, Is.EqualTo(result.Timed + result.Rejected.Values.Sum()));
        Assert.That(result.Timed, Is.EqualTo(reported.Count(c => c.IsTimed)).And.Positive);
        foreach (var reason in result.Rejected.Keys)
        {
            Assert.That(reported.Count(c => c.Rejection?.Reason == reason), Is.EqualTo(result.Rejected[reason]), $"{reason}");
        }

        Assert.That(reasons.Append(RejectReason.Duplicate).Append(RejectReason.Estimate).Append(RejectReason.Illegal), Is.SubsetOf(result.Rejected.Keys));
        Assert.That(reported.Where(c => c.Rejection is not null).Select(c => c.Rejection!.Detail), Has.All.Not.Empty);
    }

    [Test]
    public void What_is_faster_than_the_heuristic_is_found()
    {
        // By more steps than one: the loops of the reduction unrolled by 7, and one output loop by 4.
        static double Seconds(SearchCandidate c) => 1e-3 / (1 + (c.Opts.Any(o => o is { Kind: OptKind.Unroll, Range: 2, Amount: 7 }) ? 1 : 0) + (c.Opts.Any(o => o is { Kind: OptKind.Unroll, Range: 0, Amount: 4 }) ? 1 : 0));
        var result = Search(MatMul(), new FakeTimer(Seconds), null, Options with { TimedPerStep = 200 });
        Assert.That(result.Best, Has.Some.EqualTo(new Opt(OptKind.Unroll, 2, 7)).And.Some.EqualTo(new Opt(OptKind.Unroll, 0, 4)));
        Assert.That(result.Speedup, Is.GreaterThan(1.4));
    }

    [Test]
    public void The_heuristic_stays_where_nothing_is_faster()
    {
        var result = Search(MatMul(), new FakeTimer(c => c.Number == 0 ? 1e-3 : 1.01e-3));
        Assert.That(result.Best, Is.EqualTo(result.Heuristic));
        Assert.That(result.Speedup, Is.EqualTo(1));
    }

    [Test]
    public void A_stopped_search_keeps_what_it_found()
    {
        using var stop = new CancellationTokenSource();
        var seen = 0;
        var timer = new FakeTimer(c =>
        {
            if (++seen == 4)
            {
                stop.Cancel();
            }

            return c.Number == 0 ? 1e-3 : 0.5e-3;
        });
        var result = Search(MatMul(), timer, null, Options, stop.Token);
        Assert.That(result.Speedup, Is.EqualTo(2));
        Assert.That(result.Tried, Is.EqualTo(result.Timed + result.Rejected.Values.Sum()));
    }

    [Test]
    public void No_time_means_the_heuristic_and_nothing_is_forgotten()
    {
        var result = Search(MatMul(), new FakeTimer(c => 1e-3), null, Options with { Budget = TimeSpan.Zero });
        Assert.That(result.Best, Is.EqualTo(result.Heuristic));
        Assert.That(result.Tried, Is.EqualTo(result.Timed + result.Rejected.Values.Sum()));
    }

    [Test]
    public void Changes_of_different_loops_in_another_order_are_the_same_recipe()
    {
        var kernel = RangeMerging.Apply(KernelCompiler.Decompose(MatMul(), View));
        Opt a = new(OptKind.Unroll, 0, 4), b = new(OptKind.Unroll, 1, 32), reduce = new(OptKind.Unroll, 2, 2);
        var one = Recipe.Of(kernel, [a, b, new(OptKind.Vector, 4, 8), reduce, new(OptKind.Global, 0)], View);
        var other = Recipe.Of(kernel, [b, reduce, new(OptKind.Vector, 3, 8), a, new(OptKind.Global, 0, 3)], View);
        var third = Recipe.Of(kernel, [b, reduce, new(OptKind.Vector, 4, 2), a, new(OptKind.Global, 0)], View);
        Assert.That(one.Key, Is.EqualTo(other.Key));
        Assert.That(one.Key, Is.Not.EqualTo(third.Key), "the reduction is split again there");
    }

    [Test]
    public void A_step_without_the_one_before_changes_the_loop_that_it_would_have_changed()
    {
        var kernel = RangeMerging.Apply(KernelCompiler.Decompose(MatMul(), View));
        var whole = Recipe.Of(kernel, [new(OptKind.Unroll, 1, 32), new(OptKind.Vector, 3, 8), new(OptKind.Global, 1)], View);
        var part = Recipe.Replay(whole, new Move([whole.Steps[0] with { IsDropped = true }, .. whole.Steps.Skip(1)], 0), View);
        Assert.That(part.Opts, Is.EqualTo(new Opt[] { new(OptKind.Vector, 1, 8), new(OptKind.Global, 1) }));
    }

    [Test]
    public void What_the_heuristic_chooses_is_legal()
    {
        using var off = new TenonRuntimeBuilder(TenonConfiguration.Load(null, [new("cache:enabled", "false")])).Build();
        for (var seed = 0; seed < 60; seed++)
        {
            var program = RandomProgramGenerator.Create(seed, 8);
            var inputs = program.Inputs.Aggregate(new NodeMap<UOp>(), (map, i) =>
            {
                map[i.Param] = off.CreateBuffer(i.Param.DType, i.Values.Length, RandomProgram.Device);
                return map;
            });
            foreach (var call in off.Schedule([.. program.Results.Select(r => (r.Substitute(inputs), RandomProgram.Device))]).Calls.Where(c => c.Kernel is not null))
            {
                RequireLegal(call.Kernel!, $"seed {seed}");
            }
        }
    }

    [TestCase(512, 512, 512)]
    [TestCase(1000, 777, 1333)]
    [TestCase(2048, 2048, 2048)]
    [TestCase(8, 4096, 4096)]
    [TestCase(4096, 4096, 1)]
    public void What_the_heuristic_chooses_for_large_products_is_legal(long m, long k, long n)
    {
        var (a, b) = (Tensor.Empty([m, k]), Tensor.Empty([k, n]));
        foreach (var product in new[] { a.MatMul(b), a.Reshape(k, m).Transpose(0, 1).MatMul(b), a.MatMul(b.Reshape(n, k).Transpose(0, 1)), (a.MatMul(b) + 1).Relu() })
        {
            SearchKernels.Of(product).ToList().ForEach(kernel => RequireLegal(kernel, "product"));
        }
    }

    [Test]
    public void What_the_heuristic_chooses_for_convolutions_is_legal()
    {
        var x = Tensor.Empty([4, 64, 56, 56]);
        foreach (var y in new[] { x.Conv2d(Tensor.Empty([64, 64, 3, 3])), x.Conv2d(Tensor.Empty([128, 64, 1, 1])), x.Conv2d(Tensor.Empty([128, 64, 3, 3]), stride: 2) })
        {
            SearchKernels.Of(y).ToList().ForEach(kernel => RequireLegal(kernel, "convolution"));
        }
    }

    /// <summary>Copies of such a loop would all begin with the same sum.</summary>
    [Test]
    public void A_loop_that_adds_to_stored_sums_is_not_split()
    {
        var kernel = RangeMerging.Apply(KernelCompiler.Decompose(SearchKernels.MatMul(1, 256, 64), View));
        var row = new LoopNest(kernel).Ranges.Single(r => r.ArgAs<RangeArg>().Kind == RangeKind.Reduce).ArgAs<RangeArg>().Id;
        var nest = Recipe.Of(kernel, [new(OptKind.Unroll, row, 4), new(OptKind.Accumulate, row)], View).Nest;
        var carried = nest.Ranges.Single(r => r[0].Max == 64 && nest.Kernel.TopologicalOrder().Exists(u => u.Op == Ops.End && u.Src[1..].Contains(r) && !u[0][0][1].DependsOn(r)));
        Assert.That(new LegalOpts(nest, View).WhyNot(new Opt(OptKind.Unroll, carried.ArgAs<RangeArg>().Id, 2)), Does.Contain("adds to"));
        var updated = nest.Kernel.TopologicalOrder().Single(u => u.Op == Ops.End && u.Src[1..].Contains(carried)).Src.ToArray().Single(r => r.Op == Ops.Range && r[0].Max == 64 && r != carried);
        Assert.That(new LegalOpts(nest, View).WhyNot(new Opt(OptKind.Unroll, updated.ArgAs<RangeArg>().Id, 7)), Does.Contain("doesn't divide"));
        Assert.That(new LegalOpts(nest, View).WhyNot(new Opt(OptKind.Unroll, updated.ArgAs<RangeArg>().Id, 8)), Is.Null);
    }

    private static void RequireLegal(UOp scheduled, string what)
    {
        foreach (var view in new[] { View, SingleThreaded.Value })
        {
            var kernel = RangeMerging.Apply(KernelCompiler.Decompose(scheduled, view));
            var nest = new LoopNest(kernel);
            Heuristic.Change(nest, view);
            Assert.That(Recipe.Of(kernel, nest.Applied, view).Nest.Kernel, Is.SameAs(nest.Kernel), () => $"{what}, {view.Parallelism} threads: {string.Join("; ", nest.Applied)}");
        }
    }

    [Test]
    public void Times_teach_the_ranking()
    {
        // True times follow a feature that the estimate knows nothing of.
        var random = new Random(1);
        var (ranking, nests) = (new Ranking(2), new List<(NestEstimate Estimate, double Seconds)>());
        for (var i = 0; i < 80; i++)
        {
            var features = Enumerable.Range(0, NestEstimate.FeatureCount).Select(_ => random.NextDouble()).ToArray();
            var estimate = new NestEstimate(1e6 * (1 + random.NextDouble()), 4, features);
            nests.Add((estimate, estimate.Cycles / 6e9 * 3 * Math.Exp(3 * features[2] - features[5])));
        }

        double Error(IEnumerable<(NestEstimate Estimate, double Seconds)> of) => of.Average(n => Math.Abs(Math.Log(ranking.Predict(n.Estimate) / n.Seconds)));
        var before = Error(nests.Skip(40));
        foreach (var (estimate, seconds) in nests.Take(40))
        {
            ranking.Learn(estimate, seconds);
        }

        Assert.That(Error(nests.Skip(40)), Is.LessThan(before / 4));
    }

    private static UOp MatMul() => SearchKernels.MatMul(28, 42, 64);

    private static SearchResult Search(UOp kernel, ICandidateTimer timer, Action<SearchCandidate>? report = null, SearchOptions? options = null, CancellationToken cancel = default) =>
        new BeamSearch(kernel, Device.Capabilities, Device.Generator.Target, Compiler, options ?? Options, timer, new Ranking(Device.Capabilities.Parallelism), report, cancel).Run();
}
