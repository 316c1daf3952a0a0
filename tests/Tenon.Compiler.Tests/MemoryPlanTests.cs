using Tenon.Core;
using Tenon.Models;
using Tenon.NN;
using Tenon.Runtime;

namespace Tenon.Compiler.Tests;

[NonParallelizable]
public class MemoryPlanTests
{
    private const double MostAboveBound = 1.15;
    private TenonRuntime? _before;

    [OneTimeSetUp]
    public void RunNowhere()
    {
        _before = TenonRuntime.Default;
        TenonRuntime.Default = NewRuntime();
    }

    [OneTimeTearDown]
    public void Restore()
    {
        TenonRuntime.Default.Dispose();
        TenonRuntime.Default = _before;
    }

    [TestCase(1)]
    [TestCase(64)]
    public void The_peak_of_ResNet_50_is_near_what_lives_at_once(int batch)
    {
        var model = new ResNet(50);
        model.Eval();
        Tensor.Realize([.. model.Parameters(), .. model.Buffers()]);
        using var noGradients = Tensor.NoGrad();
        Check(model.Forward(Tensor.Empty([batch, 3, 224, 224])));
    }

    [Test]
    public void What_a_captured_ResNet_50_holds_is_near_what_lives_at_once() => CheckCaptured(() => new ResNet(50), [1, 3, 224, 224], DType.Float32);

    [Test]
    public void What_a_captured_Llama_block_holds_is_near_what_lives_at_once() =>
        CheckCaptured(() => new Llama(new LlamaOptions { Dimensions = 1024, HiddenDimensions = 3584, Layers = 1, Heads = 16, Vocabulary = 1000, Context = 1024 }), [1, 64], DType.Int32);

    [TestCase(1)]
    [TestCase(512)]
    public void The_peak_of_a_Llama_block_is_near_what_lives_at_once(int tokens)
    {
        var options = new LlamaOptions { Dimensions = 1024, HiddenDimensions = 3584, Layers = 1, Heads = 16, Vocabulary = 1000, Context = 1024 };
        var model = new Llama(options);
        Tensor.Realize([.. model.Parameters()]);
        using var noGradients = Tensor.NoGrad();
        Check(model.Forward(Tensor.Empty([1, tokens], DType.Int32)));
    }

    [Test]
    public void The_peak_of_a_Llama_block_that_decodes_is_near_what_lives_at_once()
    {
        const int Heads = 16, Size = 64, Context = 1024, Width = Heads * Size;
        var position = new Variable("position", 0, Context - 1).Bind(17);
        Linear Layer(int inputs, int outputs) => new(inputs, outputs, bias: false);
        var (query, key, value, output) = (Layer(Width, Width), Layer(Width, Width), Layer(Width, Width), Layer(Width, Width));
        var (gate, up, down) = (Layer(Width, 3584), Layer(Width, 3584), Layer(3584, Width));
        var (norm, norm2) = (new RmsNorm(Width), new RmsNorm(Width));
        var (keys, values) = (Tensor.Empty([1, Heads, Context, Size]), Tensor.Empty([1, Heads, Context, Size]));
        Tensor.Realize([.. new Module[] { query, key, value, output, gate, up, down, norm, norm2 }.SelectMany(m => m.Parameters())]);
        using var noGradients = Tensor.NoGrad();
        var x = Tensor.Empty([1, 1, Width]);
        var h = norm.Forward(x);
        var at = TensorIndex.Range(position, position + 1);
        keys[.., .., at].Assign(key.Forward(h).Reshape(1, Heads, 1, Size));
        values[.., .., at].Assign(value.Forward(h).Reshape(1, Heads, 1, Size));
        var past = TensorIndex.Range(0, position + 1);
        var q = query.Forward(h).Reshape(1, Heads, 1, Size);
        var attended = q.ScaledDotProductAttention(keys[.., .., past], values[.., .., past]);
        x += output.Forward(attended.Reshape(1, 1, Width));
        h = norm2.Forward(x);
        Check(x + down.Forward(gate.Forward(h).Silu() * up.Forward(h)), keys, values);
    }

    [Test]
    public void A_result_takes_the_place_of_an_input_that_ends_with_it()
    {
        var (a, b) = (Tensor.Empty([64, 64]), Tensor.Empty([64, 64]));
        var first = a.MatMul(b);
        var second = first.MatMul(b);
        Assert.That(Plan((second.MatMul(b) + first).MatMul(b)).ArenaBytes["NULL"], Is.EqualTo(2 * 64 * 64 * 4));
    }

    // Of a sum beside what is read in place, such as a product that is added to a picture.
    [Test]
    public void Loops_of_sums_stay_what_they_are_in_place()
    {
        var (a, b) = (Tensor.Empty([64, 64]), Tensor.Empty([64, 64]));
        var first = a.MatMul(b);
        var calls = Plan((first.MatMul(b).MatMul(b) + first).MatMul(b)).Calls;
        Assert.That(calls.SelectMany(c => c.Kernel!.TopologicalOrder()).Where(u => u.Op == Ops.Reduce).SelectMany(u => u.Src[1..].ToArray()).Select(r => r.ArgAs<RangeArg>().Kind), Is.All.EqualTo(RangeKind.Reduce));
    }

    [Test]
    public void A_result_that_reads_other_elements_gets_a_place_of_its_own()
    {
        var (a, b) = (Tensor.Empty([64, 64]), Tensor.Empty([64, 64]));
        var first = a.MatMul(b);
        var second = first.MatMul(b);
        Assert.That(Plan((second.MatMul(b) + first.T).MatMul(b)).ArenaBytes["NULL"], Is.EqualTo(3 * 64 * 64 * 4));
    }

    [Test]
    public void The_plan_is_kept_on_disk_with_its_bound()
    {
        var schedule = Plan(Tensor.Empty([64, 64]).MatMul(Tensor.Empty([64, 64])).Exp().MatMul(Tensor.Empty([64, 64])));
        var read = ScheduleSerializer.Deserialize(ScheduleSerializer.Serialize(schedule));
        Assert.That(read.LeastBytes, Is.EquivalentTo(schedule.LeastBytes).And.Not.Empty);
    }

    private static void Check(params Tensor[] outputs)
    {
        var schedule = Plan(outputs);
        var (peak, least) = (schedule.ArenaBytes["NULL"], schedule.LeastBytes["NULL"]);
        TestContext.Out.WriteLine($"{schedule.Calls.Count} kernels: peak {peak:N0}, at least {least:N0}, ratio {(double)peak / least:0.000}");
        Assert.That(least, Is.Positive);
        Assert.That(peak, Is.LessThanOrEqualTo(MostAboveBound * least));
    }

    // With what replays keep: weights as they are packed, in place of these.
    private static void CheckCaptured(Func<Module> create, Shape shape, DType dtype)
    {
        using var runtime = NewRuntime();
        var before = TenonRuntime.Default;
        TenonRuntime.Default = runtime;
        try
        {
            using var noGradients = Tensor.NoGrad();
            var (model, input) = (create(), Tensor.Empty(shape, dtype));
            model.Eval();
            Tensor[] weights = [.. model.Parameters(), .. model.Buffers()];
            Tensor.Realize([.. weights, input]);
            var plain = model.Forward(input);
            var least = weights.Append(input).Append(plain).Sum(t => t.DType.BytesOf(t.Count)) + Plan(plain).LeastBytes["NULL"];
            var captured = Jit.Capture((Func<Tensor, Tensor>)model.Forward);
            for (var i = 0; i < 5; i++)
            {
                plain = captured(input);
            }

            GC.Collect();
            GC.WaitForPendingFinalizers();
            var (memory, kept) = (runtime.Statistics.Memory, Jit.Of(captured).KeptBytes);
            TestContext.Out.WriteLine($"in use {memory.BytesInUse:N0}, of which {kept:N0} are kept, cached {memory.BytesCached:N0}, peak {memory.PeakBytes:N0}, at least {least:N0}");
            Assert.That(kept, Is.Positive);
            Assert.That(memory.BytesInUse, Is.LessThanOrEqualTo(MostAboveBound * least));
        }
        finally
        {
            TenonRuntime.Default = before;
        }
    }

    private static TenonRuntime NewRuntime() => new TenonRuntimeBuilder(TenonConfiguration.Load(overrides: [new("defaultDevice", "NULL"), new("cache:enabled", "false")])).Build();

    private static Schedule Plan(params Tensor[] outputs) => TenonRuntime.Default.Schedule([.. outputs.Select(t => (t.Node, t.Device))]);
}
