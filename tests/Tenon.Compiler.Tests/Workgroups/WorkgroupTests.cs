using Tenon.Core;
using Tenon.Core.Backend;
using Tenon.Runtime;
using Tenon.Sdk.Interpreter;

namespace Tenon.Compiler.Tests.Workgroups;

/// <summary>Kernels for groups of lanes give what those of the CPU give; the interpreter checks barriers and local memory as it runs them.</summary>
public sealed class WorkgroupTests
{
    private static readonly (string Name, Func<Func<float[], long[], Tensor>, Tensor> Compute)[] Cases =
    [
        ("elementwise", x => x([0.5f, 1], [37, 53]) * 2 + x([-1, 0.25f], [37, 53])),
        ("vectors", x => (x([0.5f, 1], [64, 1024]) * 3).Relu()),
        ("transposed", x => x([0.5f, 1], [37, 53]).Transpose(0, 1) + x([0.5f], [53, 37])),
        ("transposed in squares", x => x([0.5f, 1], [64, 96]).Transpose(0, 1) * 2),
        ("transposed in squares, several at once", x => x([0.5f, 1], [2, 32, 64]).Transpose(1, 2) + x([0.25f, 1], [64, 32, 2]).Permute(2, 0, 1)),
        ("few results of long sums", x => x([0.5f, 1], [8, 1536]).MatMul(x([0.25f, 1], [1536, 12]))),
        ("few results of windows", x => x([0.5f, 1], [6, 16, 9, 9]).Conv2d(x([0.25f, 0.5f], [4, 16, 7, 7]))),
        ("sum of all", x => x([0.5f, 1], [3000]).Sum()),
        ("sums of rows", x => x([0.5f, 1], [19, 777]).Sum(1)),
        ("many sums of rows", x => x([0.5f, 1], [700, 40]).Sum(1)),
        ("sums of columns", x => x([0.5f, 1], [777, 19]).Sum(0)),
        ("greatest of rows", x => x([0.5f, 1], [19, 777]).Max(1)),
        ("softmax", x => x([0.5f, 1], [9, 300]).Softmax(1)),
        ("wide softmax", x => x([0.5f, 1], [5, 1024]).Softmax(1)),
        ("norm", x => x([0.5f, 1], [9, 768]) is var v ? (v - v.Mean([1], keepDim: true)) / (v * v).Mean([1], keepDim: true).Sqrt() : v),
        ("product", x => x([0.5f, 1], [33, 70]).MatMul(x([0.25f, 1], [70, 41]))),
        ("even product", x => x([0.5f, 1], [64, 32]).MatMul(x([0.25f, 1], [32, 128])).Relu()),
        ("tiled product", x => x([0.5f, 1], [128, 48]).MatMul(x([0.25f, 1], [48, 192])).Relu()),
        ("tiled product of odd sizes", x => x([0.5f, 1], [131, 50]).MatMul(x([0.25f, 1], [50, 149]))),
        ("tiled product of transposed matrices", x => x([0.5f, 1], [64, 140]).Transpose(0, 1).MatMul(x([0.25f, 1], [132, 64]).Transpose(0, 1))),
        ("tiled products", x => x([0.5f, 1], [3, 96, 10]).MatMul(x([0.25f, 1], [3, 10, 68]))),
        ("tiled convolution", x => x([0.5f, 1], [2, 6, 24, 20]).Conv2d(x([0.25f, 0.5f], [32, 6, 3, 3]), padding: 1).Relu()),
        ("product with a vector", x => x([0.5f, 1], [33, 700]).MatMul(x([0.25f, 1], [700, 1]))),
        ("convolution", x => x([0.5f, 1], [2, 3, 12, 14]).Conv2d(x([0.25f, 0.5f], [8, 3, 3, 3]), padding: 1).Relu()),
        ("two results", x => x([0.5f, 1], [40, 50]) is var v ? Tensor.Cat([v.Sum(1), v.Sum(0)], 0) : v),
    ];

    private static IEnumerable<string> Names => Cases.Select(c => c.Name);

    [Test]
    public void Results_are_those_of_the_CPU([ValueSource(nameof(Names))] string name, [Values("lanes=256;subgroup=32", "lanes=64;subgroup=0", "lanes=256;subgroup=8;vector=0", "memory=slow;preferred=8;vector=32", "memory=slow;preferred=8;vector=0")] string device)
    {
        var compute = Cases.Single(c => c.Name == name).Compute;
        using var runtime = Runtime(device);
        var before = TenonRuntime.Default;
        try
        {
            TenonRuntime.Default = runtime;
            float[] On(string where) => compute((values, shape) => Tensor.From(Data(shape.Aggregate((a, b) => a * b), values)).Reshape(shape).To(where)).To("CPU").ToArray<float>();
            Assert.That(On("INTERPRETER"), Is.EqualTo(On("CPU")).Within(1e-4));
        }
        finally
        {
            TenonRuntime.Default = before;
        }
    }

    /// <summary>A kernel that would use more buffers than the device allows is several.</summary>
    [Test]
    public void Kernels_use_no_more_buffers_than_the_device_allows([Values(4, 8)] int most)
    {
        using var runtime = Runtime($"buffers={most}");
        var before = TenonRuntime.Default;
        try
        {
            TenonRuntime.Default = runtime;
            Tensor[] x = [.. Enumerable.Range(0, 13).Select(i => Tensor.From(Data(60, [0.5f + i, 1])).Reshape(6, 10).To("INTERPRETER").Realize())];
            var sum = x.Aggregate((a, b) => a * 0.5 + b);
            var joined = Tensor.Cat(x, 0);
            Assert.That(sum.To("CPU").ToArray<float>(), Is.EqualTo(x.Select(t => t.To("CPU")).Aggregate((a, b) => a * 0.5 + b).ToArray<float>()));
            Assert.That(joined.To("CPU").ToArray<float>(), Is.EqualTo(Tensor.Cat([.. x.Select(t => t.To("CPU"))], 0).ToArray<float>()));
            Assert.That((joined.Sum(0) + sum.Max(0)).To("CPU").ToArray<float>(), Has.Length.EqualTo(10));
        }
        finally
        {
            TenonRuntime.Default = before;
        }
    }

    /// <summary>Lanes past the end of a loop whose length is a variable do nothing, and touch nothing.</summary>
    [Test]
    public void Lengths_may_be_variables([Values(0, 1, 5, 12)] long length, [Values("lanes=256;subgroup=32", "lanes=4;subgroup=0")] string device)
    {
        Func<Tensor, SymInt, Tensor>[] cases =
        [
            (x, n) => x[TensorIndex.Range(0, n)] * 2,
            (x, n) => x[TensorIndex.Range(n, n + 4)] + 1,
            (x, n) => x[TensorIndex.Range(0, n), ..2].Prod(1).Sum(),
            (x, n) => x[TensorIndex.Range(0, n)].Sum(0),
            (x, n) => x[TensorIndex.Range(0, n)].Pad([(2, 1), (0, 0)]).Pad([(-1, 0), (0, 0)]),
            (x, n) => Tensor.Cat([x[TensorIndex.Range(0, n)], x[TensorIndex.Range(0, n + 1)] * 3, x[..2]]),
        ];
        using var runtime = Runtime(device);
        var before = TenonRuntime.Default;
        try
        {
            TenonRuntime.Default = runtime;
            var values = Tensor.From(Data(16 * 3, [0.5f, 1])).Reshape(16, 3);
            var bound = new Variable("n", 0, 12).Bind(length);
            foreach (var (i, compute) in cases.Index())
            {
                Assert.That(compute(values.To("INTERPRETER").Realize(), bound).ToArray<float>(), Is.EqualTo(compute(values.To("CPU").Realize(), length).ToArray<float>()), $"case {i}");
            }
        }
        finally
        {
            TenonRuntime.Default = before;
        }
    }

    /// <summary>As those of an optimiser that changes all parameters in one kernel: the product of their sizes is no number of anything.</summary>
    [Test]
    public void Many_loops_may_stand_beside_each_other()
    {
        using var device = new InterpreterDevice(new InterpreterOptions());
        var kernel = UOp.Sink([.. Enumerable.Range(0, 24).Select(Fill)], new KernelArg("fill", false));
        var program = KernelCompiler.Compile(kernel, device.Capabilities, device.CodeGenerators[0].Target);
        Assert.That(program.Ops.Count(o => o.Op == Ops.Store), Is.GreaterThanOrEqualTo(24));

        static UOp Fill(int slot)
        {
            var (loop, buffer) = (UOp.Range(UOp.Index(8), slot, RangeKind.Loop), UOp.New(Ops.Param, DType.Float32, [], new ParamArg(slot, 8)));
            var store = UOp.New(Ops.Store, DType.Void, [UOp.New(Ops.Index, DType.Float32, [buffer, loop]), UOp.Const(DType.Float32, slot)]);
            return UOp.New(Ops.End, DType.Void, [store, loop]);
        }
    }

    private static TenonRuntime Runtime(string device) => new TenonRuntimeBuilder(TenonConfiguration.Load(null, [
        KeyValuePair.Create("cache:enabled", (string?)"false"),
        .. device.Split(';').Select(s => KeyValuePair.Create($"plugins:tenon.interpreter:{s.Split('=')[0]}", (string?)s.Split('=')[1]))])).Build();

    private static float[] Data(long count, float[] steps) => [.. Enumerable.Range(0, (int)count).Select(i => (i * 7 % 13 - 6) * steps[i % steps.Length])];
}
