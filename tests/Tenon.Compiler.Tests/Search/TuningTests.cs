using Tenon.Core;
using Tenon.Runtime;
using Tenon.Tests.Shared;

namespace Tenon.Compiler.Tests.Search;

/// <summary>Searches on the processor, and what becomes of what they find.</summary>
public sealed class TuningTests
{
    private string _folder = "";

    [SetUp]
    public void MakeFolder() => _folder = Directory.CreateTempSubdirectory("tenon-tuning").FullName;

    [TearDown]
    public void DeleteFolder() => Directory.Delete(_folder, recursive: true);

    [Test]
    public void What_a_search_finds_is_used_by_the_next_process()
    {
        UOp kernel;
        SearchResult result;
        using (var runtime = Open())
        {
            kernel = SearchKernels.MatMul(30, 40, 50);
            (_, result) = Search(runtime, kernel);
            Assert.That(result.Tried, Is.EqualTo(result.Timed + result.Rejected.Values.Sum()));
            Assert.That(result.Rejected.Keys, Has.None.EqualTo(RejectReason.WrongResult));
            Assert.That(result.HeuristicSeconds, Is.Positive);
        }

        using var next = Open();
        var known = next.Tuning.Store.Find(kernel, next.Devices.Open("CPU"));
        Assert.That(known, Is.Not.Null);
        Assert.That(known!.Opts ?? result.Heuristic, Is.EqualTo(result.Best));
        Assert.That(known.Kernel, Is.EqualTo(kernel.ArgAs<KernelArg>().Name));
    }

    [Test]
    public void A_file_that_comes_with_a_program_goes_before_the_folder()
    {
        var (file, log) = (Path.Combine(_folder, "shipped.jsonl"), new StringWriter());
        Opt[] shipped = [new(OptKind.Unroll, 0, 5)], own = [new(OptKind.Unroll, 0, 3)];
        using var runtime = Open(o =>
        {
            o.Tuning.Files.Add(file);
            (o.Debug, o.DebugWriter) = (5, log);
        });
        var (kernel, device) = (SearchKernels.MatMul(30, 40, 50), runtime.Devices.Open("CPU"));
        var key = CacheKey.OfTuning(kernel, device.Capabilities, device.Generator);
        runtime.Tuning.Store.Keep(new TunedKernel(key, "r", "CPU", own, 1, 2));
        TuningFile.Write(file, [new TunedKernel(key, "r", "CPU", shipped, 1, 2)]);
        Assert.That(runtime.Tuning.OptsOf(kernel, device), Is.EqualTo(shipped));

        var (a, b) = (Ones(runtime, 30, 40), Ones(runtime, 40, 50));
        Assert.That(runtime.Tuning.Store.Find(Product(runtime, a, b).Kernel, device), Is.Not.Null, "the kernel of tensors with storage is the same");
        Assert.That(Run(runtime, a, b), Is.All.EqualTo(40));
        Assert.That(log.ToString(), Does.Not.Contain("doesn't apply"));
    }

    [Test]
    public void What_no_longer_applies_is_left_out_and_said()
    {
        var log = new StringWriter();
        using var runtime = Open(o => (o.Debug, o.DebugWriter) = (1, log));
        var device = runtime.Devices.Open("CPU");
        var (a, b) = (Ones(runtime, 30, 40), Ones(runtime, 40, 50));
        var kernel = Product(runtime, a, b).Kernel;
        runtime.Tuning.Store.Keep(new TunedKernel(CacheKey.OfTuning(kernel, device.Capabilities, device.Generator), "r", "CPU", [new(OptKind.Unroll, 77, 5)], 1, 2));
        Assert.That(Run(runtime, a, b), Is.All.EqualTo(40));
        Assert.That(log.ToString(), Does.Contain("TEN1100").And.Contain("as the heuristic chooses"));
    }

    [Test]
    public void Kernels_of_other_loops_are_other_files_of_the_cache()
    {
        using var runtime = Open();
        var (kernel, device) = (SearchKernels.MatMul(30, 40, 50), runtime.Devices.Open("CPU"));
        string Key(params Opt[]? opts) => CacheKey.OfKernel(kernel, device.Capabilities, device.Generator, "", opts);
        Assert.That(new[] { Key(null), Key(), Key(new Opt(OptKind.Unroll, 0, 2)), Key(new Opt(OptKind.Unroll, 0, 3)) }, Is.Unique);
    }

    [Test]
    public void Damaged_lines_are_left_out()
    {
        var file = Path.Combine(_folder, "tuned.jsonl");
        TunedKernel[] kernels = [.. "abc".Select(c => new TunedKernel(new string(c, 64), "r_1", "CPU CLR", [new(OptKind.Vector, 0, 4), new(OptKind.Stage, -1, 1)], 1e-3, 2e-3))];
        TuningFile.Write(file, [.. kernels, new TunedKernel(new string('d', 64), "r_2", "CPU CLR", null, null, null)]);
        var read = TuningFile.Read(file);
        Assert.That(read.Select(k => k.Key[0]), Is.EqualTo("abcd"));
        Assert.That(read[0].Opts, Is.EqualTo(kernels[0].Opts));
        Assert.That(read[3].Opts, Is.Null);

        var lines = File.ReadAllLines(file);
        File.WriteAllLines(file, [lines[0], lines[1].Replace("\"amount\":4", "\"amount\":8"), lines[2][..30], lines[3].Replace("Stage", "Fold"), lines[4]]);
        var damage = new List<string>();
        Assert.That(TuningFile.Read(file, damage.Add).Select(k => k.Key[0]), Is.EqualTo("d"));
        Assert.That(damage, Has.Count.EqualTo(3));

        File.WriteAllText(file, "something else\n");
        Assert.That(() => TuningFile.Read(file), Throws.TypeOf<TenonException>().With.Property("Code").EqualTo("TEN1111"));
        Assert.That(() => TuningFile.Read(file + "x"), Throws.TypeOf<TenonException>().With.Property("Code").EqualTo("TEN1110"));
    }

    [Test]
    public void A_search_on_the_first_use_finds_and_keeps()
    {
        using var runtime = Open(o => (o.Tuning.Search, o.Tuning.SearchSeconds) = (TuningSearch.OnMiss, 1));
        var (a, b) = (Ones(runtime, 30, 40), Ones(runtime, 40, 50));
        var kernel = Product(runtime, a, b).Kernel;
        Assert.That(Run(runtime, a, b), Is.All.EqualTo(40));
        Assert.That(runtime.Tuning.Store.Find(kernel, runtime.Devices.Open("CPU")), Is.Not.Null);
    }

    [Test]
    public void A_kernel_that_picks_by_index_is_timed_with_indices_in_range()
    {
        var kernel = SearchKernels.Of(Tensor.Empty([1000, 16]).Gather(0, Tensor.Empty([64, 16], DType.Int32))).Single();
        var slot = kernel.TopologicalOrder().Single(u => u.Op == Ops.Param && u.DType == DType.Int32).ArgAs<ParamArg>().Slot;
        var indices = System.Runtime.InteropServices.MemoryMarshal.Cast<byte, int>(new TuningInputs(kernel).Make(slot, DType.Int32, 64 * 16).AsSpan()).ToArray();
        Assert.That(indices, Has.All.InRange(0, 999));
        Assert.That(indices.Distinct().Count(), Is.GreaterThan(500), "they are spread");
    }

    [Test]
    public void Much_work_is_checked_by_a_sample_of_it()
    {
        using var runtime = Open();
        var (kernel, device) = (SearchKernels.MatMul(2048, 2048, 2048), runtime.Devices.Open("CPU"));
        var plain = PlainSample.Compile(kernel, device.Capabilities, device.Generator.Target, new CompilerOptions(), 1e8);
        Assert.That(plain.Operations, Is.LessThan(2.0 * 2048 * 2048 * 2048 / 50));
    }

    private static (TunedKernel, SearchResult) Search(TenonRuntime runtime, UOp kernel) =>
        runtime.Tuning.Search(kernel, runtime.Devices.Open("CPU"), new SearchOptions { Clock = new StoppedClock(), TimedPerStep = 4, MaxSteps = 2 }, null, default);

    private static UOp Ones(TenonRuntime runtime, long rows, long columns)
    {
        var buffer = runtime.CreateBuffer(DType.Float32, rows * columns, "CPU");
        var values = new float[rows * columns];
        Array.Fill(values, 1);
        runtime.CopyIn(buffer, System.Runtime.InteropServices.MemoryMarshal.AsBytes<float>(values));
        return TensorOps.Reshape(buffer, rows, columns);
    }

    private static (UOp Value, UOp Kernel) Product(TenonRuntime runtime, UOp a, UOp b)
    {
        var (m, k, n) = (a.Shape[0], a.Shape[1], b.Shape[1]);
        var left = TensorOps.Expand(TensorOps.Reshape(a, m, 1, k), m, n, k);
        var right = TensorOps.Expand(TensorOps.Reshape(TensorOps.Permute(b, 1, 0), 1, n, k), m, n, k);
        var value = TensorOps.Reduce(Ops.Add, UOp.Alu(Ops.Mul, left, right), 2);
        return (value, runtime.Schedule([(value, "CPU")]).Calls.Single().Kernel!);
    }

    private static float[] Run(TenonRuntime runtime, UOp a, UOp b)
    {
        var result = runtime.Realize([(Product(runtime, a, b).Value, "CPU")])[0];
        var values = new float[result.Shape.MaxElements];
        runtime.CopyOut(result, System.Runtime.InteropServices.MemoryMarshal.AsBytes(values.AsSpan()));
        return values;
    }

    private TenonRuntime Open(Action<RuntimeOptions>? configure = null)
    {
        var options = TenonConfiguration.Load(null, [new("cache:enabled", "false"), new("tuning:folder", _folder)]);
        configure?.Invoke(options);
        return new TenonRuntimeBuilder(options).Build();
    }
}
