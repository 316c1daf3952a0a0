using Tenon.Compiler.Tests.Search;
using Tenon.Core;
using Tenon.Core.Backend;
using Tenon.Runtime;

namespace Tenon.Compiler.Tests;

/// <summary>Loops in blocks, and factors in local arrays.</summary>
public sealed class StagingTests
{
    private static readonly Opt[][] Plans =
    [
        [new(OptKind.Stage, -1, 0)],
        [new(OptKind.Stage, -1, 1), new(OptKind.Stage, -1, 0)],
        [new(OptKind.Tile, 1, 5), new(OptKind.Stage, 1, 1)],
        [new(OptKind.Tile, 0, 7), new(OptKind.Global, 0), new(OptKind.Tile, 1, 8), new(OptKind.Stage, 1, 1), new(OptKind.Stage, -1, 0)],
        [new(OptKind.Unroll, 0, 3), new(OptKind.Unroll, 1, 8), new(OptKind.Vector, 4, 4), new(OptKind.Tile, 0, 3), new(OptKind.Tile, 1, 2), new(OptKind.Global, 0), new(OptKind.Stage, 1, 1), new(OptKind.Stage, -1, 0)],
        [new(OptKind.Unroll, 2, 2), new(OptKind.Accumulate, 2)],
        [new(OptKind.Unroll, 0, 4), new(OptKind.Unroll, 1, 8), new(OptKind.Vector, 4, 4), new(OptKind.Tile, 2, 5), new(OptKind.Stage, -1, 1), new(OptKind.Accumulate, 2)],
        [new(OptKind.Tile, 0, 7), new(OptKind.Global, 0), new(OptKind.Tile, 1, 8), new(OptKind.Tile, 2, 7), new(OptKind.Accumulate, 2), new(OptKind.Stage, 10, 1), new(OptKind.Stage, 6, 0)],
        [new(OptKind.Tile, 2, 4), new(OptKind.Accumulate, 2), new(OptKind.Stage, -1, 1), new(OptKind.Stage, -1, 0)],
        [new(OptKind.Unroll, 2, 2), new(OptKind.Unroll, 0, 4), new(OptKind.Stage, 0, 1), new(OptKind.Stage, 0, 0)],
    ];

    private TenonRuntime? _before;

    /// <summary>Remembers the default runtime.</summary>
    [SetUp]
    public void Remember() => _before = TenonRuntime.Default;

    /// <summary>Restores the default runtime.</summary>
    [TearDown]
    public void Restore() => TenonRuntime.Default = _before;

    /// <summary>The product of two matrices of odd sizes, whatever is staged.</summary>
    [Test]
    public void ProductsAreRight([ValueSource(nameof(Plans))] Opt[] plan, [Values] bool transposed)
    {
        using var runtime = TenonRuntime.Default = Runtime(plan);
        var (a, b) = (Data(17 * 14, 0.25f), Data(14 * 19, -0.5f));
        var (x, y) = (Tensor.From(a).Reshape(17, 14), Tensor.From(b).Reshape(transposed ? [19, 14] : [14, 19]));
        var result = x.MatMul(transposed ? y.Transpose(0, 1) : y).ToArray<float>();
        for (var i = 0; i < 17; i++)
        {
            for (var j = 0; j < 19; j++)
            {
                var sum = 0f;
                for (var k = 0; k < 14; k++)
                {
                    sum += a[i * 14 + k] * b[transposed ? j * 14 + k : k * 19 + j];
                }

                Assert.That(result[i * 19 + j], Is.EqualTo(sum), $"{i}, {j}");
            }
        }
    }

    /// <summary>What the heuristic blocks: products and convolutions too large for the caches that it is told of.</summary>
    [Test]
    public void BlockedKernelsAreRight([Values(1, 2)] int threads, [Values("auto", "256", "0")] string vector)
    {
        var staged = 0;
        using var runtime = TenonRuntime.Default = Runtime(Optimise, ("plugins:tenon.cpu:threads", $"{threads}"), ("plugins:tenon.cpu:vector", vector));
        var (a, b) = (Tensor.From(Data(170 * 33, 0.5f)).Reshape(170, 33), Tensor.From(Data(33 * 175, 0.25f)).Reshape(33, 175));
        var expected = (a.Unsqueeze(2) * b.Unsqueeze(0)).Contiguous().Sum(1).ToArray<float>();
        Assert.That(a.MatMul(b).ToArray<float>(), Is.EqualTo(expected));
        Assert.That(a.MatMul(Transposed(b)).ToArray<float>(), Is.EqualTo(expected));
        Assert.That(Transposed(a).MatMul(b).ToArray<float>(), Is.EqualTo(expected));
        Assert.That(Transposed(a).MatMul(Transposed(b)).Relu().ToArray<float>(), Is.EqualTo(expected.Select(v => Math.Max(v, 0))));

        var (x, w) = (Tensor.From(Data(2 * 6 * 11 * 14, 0.5f)).Reshape(2, 6, 11, 14), Tensor.From(Data(37 * 6 * 9, 0.5f)).Reshape(37, 6, 3, 3));
        var windows = x.Pad([(0, 0), (0, 0), (1, 1), (1, 1)]).Contiguous().Unfold(2, 3).Unfold(3, 3).Unsqueeze(1);
        var sums = (windows * w.Reshape(1, 37, 6, 1, 1, 3, 3)).Contiguous().Sum([2, 5, 6]).ToArray<float>();
        Assert.That(x.Conv2d(w, padding: 1).ToArray<float>(), Is.EqualTo(sums));
        var narrow = Tensor.From(Data(16 * 70, 0.5f)).Reshape(16, 70, 1, 1);
        var image = Tensor.From(Data(70 * 100, 0.5f)).Reshape(1, 70, 10, 10);
        Assert.That(image.Conv2d(narrow).ToArray<float>(), Is.EqualTo((narrow.Reshape(16, 70, 1) * image.Reshape(1, 70, 100)).Contiguous().Sum(1).ToArray<float>()));
        var row = Tensor.From(Data(48, 0.5f)).Reshape(1, 48);
        var wide = Tensor.From(Data(48 * 2100, 0.25f)).Reshape(48, 2100);
        Assert.That(row.MatMul(wide).ToArray<float>(), Is.EqualTo((row.Unsqueeze(2) * wide.Unsqueeze(0)).Contiguous().Sum(1).ToArray<float>()));
        Assert.That(staged, vector == "0" ? Is.Zero : Is.GreaterThanOrEqualTo(4));

        // Caches so small that all of this is large.
        UOp Optimise(UOp kernel, CodeGeneratorView target)
        {
            var device = TenonRuntime.Default!.Devices.Open("CPU");
            var small = new Capabilities { DTypes = device.Capabilities.DTypes, Parallelism = threads, L1CacheBytes = 1 << 10, L2CacheBytes = 1 << 14, L3CacheBytes = 1 << 16, LocalBytes = 1 << 20 };
            var optimised = Heuristic.Apply(kernel, new CodeGeneratorView(device.Generator.Target, small));
            staged += optimised.TopologicalOrder().Exists(u => u.Op == Ops.Local) ? 1 : 0;
            return optimised;
        }

        static Tensor Transposed(Tensor t) => t.Transpose(0, 1).Contiguous().Transpose(0, 1);
    }

    /// <summary>Sums so long that few columns of one factor stay in a cache are taken in blocks; all of the changes are ones that a search may make.</summary>
    [Test]
    public void LongSumsAreTakenInBlocks([Values(1, 2)] int threads, [Values] bool transposed)
    {
        var (rows, length, columns, cache) = transposed ? (512, 66, 512, 1 << 15) : (170, 512, 300, 1 << 17);
        var applied = new List<Opt>();
        using var runtime = TenonRuntime.Default = Runtime(Optimise, ("plugins:tenon.cpu:threads", $"{threads}"));
        var (a, b, row) = (Data(rows * length, 0.5f), Data(length * columns, 0.25f), Data(columns, 0.5f));
        var left = transposed ? Tensor.From(a).Reshape(length, rows).Transpose(0, 1) : Tensor.From(a).Reshape(rows, length);
        var expected = new float[rows * columns];
        for (var i = 0; i < expected.Length; i++)
        {
            expected[i] = row[i % columns];
            for (var k = 0; k < length; k++)
            {
                expected[i] += a[transposed ? k * rows + i / columns : i / columns * length + k] * b[k * columns + i % columns];
            }
        }

        Assert.That((left.MatMul(Tensor.From(b).Reshape(length, columns)) + Tensor.From(row)).ToArray<float>(), Is.EqualTo(expected));
        Assert.That(applied.Select(o => o.Kind), Is.SupersetOf(new[] { OptKind.Accumulate, OptKind.Stage }));

        UOp Optimise(UOp kernel, CodeGeneratorView target)
        {
            var device = TenonRuntime.Default!.Devices.Open("CPU");
            var small = new Capabilities { DTypes = device.Capabilities.DTypes, Parallelism = threads, L1CacheBytes = 1 << 10, L2CacheBytes = cache * device.Generator.Target.VectorBytes / 64, L3CacheBytes = 1 << 22, LocalBytes = 1 << 22 };
            var view = new CodeGeneratorView(device.Generator.Target, small);
            var nest = LoopNest.Of(kernel, view);
            Heuristic.Change(nest, view);
            if (nest.Applied.Any(static o => o.Kind == OptKind.Accumulate))
            {
                applied.AddRange(nest.Applied);
                Assert.That(() => Tuned.Apply(kernel, nest.Applied, view), Throws.Nothing);
            }

            return nest.Kernel;
        }
    }

    /// <summary>Shares of threads are as equal as they can be, and few where each packs something for itself.</summary>
    [TestCase(1, 37, 37, false, 2, ExpectedResult = 2)]
    [TestCase(1, 37, 37, true, 2, ExpectedResult = 19)]
    [TestCase(1, 293, 73, true, 2, ExpectedResult = 49)]
    [TestCase(1, 293, 36, true, 1, ExpectedResult = 33)]
    [TestCase(1, 16, 16, false, 64, ExpectedResult = 1)]
    [TestCase(64, 10, 10, true, 2, ExpectedResult = 10)]
    [TestCase(5, 10, 10, true, 2, ExpectedResult = 5)]
    public long SharesAreEqual(long items, long turns, long most, bool packs, int threads) => Blocking.Share(items, turns, most, packs, threads);

    /// <summary>What is summed over lies in the order of its use: copies that are written out are within all loops, whichever they are of.</summary>
    [Test]
    public void TermsLieInTheOrderOfTheirUse()
    {
        var nest = new LoopNest(SearchKernels.Of(Tensor.Empty([1, 8, 6, 6]).Conv2d(Tensor.Empty([4, 8, 3, 3]))).Single());
        nest.Apply(new Opt(OptKind.Unroll, nest.Ranges.Find(static r => r.ArgAs<RangeArg>().Kind == RangeKind.Reduce && r[0].Max == 8)!.ArgAs<RangeArg>().Id, 2));
        nest.Apply(new Opt(OptKind.Stage, -1, nest.Factors().FindIndex(static f => f.Ranges.Length == 5)));
        var index = nest.Order.Find(static u => u.Op == Ops.Load && u[0][0].Op == Ops.After)![0][1];
        var steps = nest.Ranges.FindAll(static r => r.ArgAs<RangeArg>().Kind is RangeKind.Reduce or RangeKind.Unroll).ConvertAll(r => (r[0].Max, Strides.Along(index, r)));
        Assert.That(steps, Is.EquivalentTo(new (long, long?)[] { (4, 18), (3, 6), (3, 2), (2, 1) }));
    }

    /// <summary>A factor that doesn't exist, or that is staged already.</summary>
    [Test]
    public void WrongStagesThrow()
    {
        using var missing = Runtime([new(OptKind.Stage, -1, 2)]);
        using var twice = Runtime([new(OptKind.Stage, -1, 0), new(OptKind.Stage, -1, 0)]);
        Assert.That(() => Product(missing), Throws.TypeOf<TenonException>().With.Property("Code").EqualTo("TEN1050"));
        Assert.That(() => Product(twice), Throws.TypeOf<TenonException>().With.Property("Code").EqualTo("TEN1051"));
    }

    private static float[] Product(TenonRuntime runtime)
    {
        TenonRuntime.Default = runtime;
        return Tensor.From(Data(12, 1)).Reshape(3, 4).MatMul(Tensor.From(Data(20, 1)).Reshape(4, 5)).ToArray<float>();
    }

    // Small whole numbers and halves: every order of summing gives the same.
    private static float[] Data(int count, float step) => [.. Enumerable.Range(0, count).Select(i => (i * 7 % 13 - 6) * step)];

    private static TenonRuntime Runtime(Opt[] plan) => Runtime((kernel, target) =>
    {
        if (!kernel.TopologicalOrder().Exists(u => u.Op == Ops.Reduce))
        {
            return kernel;
        }

        var nest = new LoopNest(kernel);
        foreach (var opt in plan)
        {
            nest.Apply(opt);
        }

        return nest.Kernel;
    });

    private static TenonRuntime Runtime(Func<UOp, CodeGeneratorView, UOp> optimiser, params (string Key, string Value)[] settings)
    {
        var options = TenonConfiguration.Load(null, [KeyValuePair.Create("cache:enabled", (string?)"false"), .. settings.Select(s => KeyValuePair.Create(s.Key, (string?)s.Value))]);
        return new TenonRuntimeBuilder(options).Build(new TensorCompiler(new CompilerOptions { Optimiser = optimiser }));
    }
}
