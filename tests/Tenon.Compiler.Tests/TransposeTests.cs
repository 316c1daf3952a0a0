using Tenon.Core;
using Tenon.Runtime;

namespace Tenon.Compiler.Tests;

/// <summary>Matrices that are transposed in registers.</summary>
public sealed class TransposeTests
{
    private TenonRuntime? _before;

    /// <summary>Remembers the default runtime.</summary>
    [SetUp]
    public void Remember() => _before = TenonRuntime.Default;

    /// <summary>Restores the default runtime.</summary>
    [TearDown]
    public void Restore() => TenonRuntime.Default = _before;

    /// <summary>Rows of several vectors, and sizes that blocks don't divide; the rest of the kernel needs the lanes too.</summary>
    [TestCase(16, 16, 2, 2)]
    [TestCase(17, 19, 4, 4)]
    [TestCase(33, 20, 4, 8)]
    [TestCase(40, 35, 8, 8)]
    [TestCase(40, 35, 8, 32)]
    [TestCase(40, 35, 8, 4)]
    public void ColumnsAreRight(int rows, int columns, int lanes, int copies)
    {
        Columns(rows, columns, lanes, [new(OptKind.Unroll, 0, copies), new(OptKind.Vector, 1, lanes), new(OptKind.Global, 0)]);
        Columns(rows, columns, lanes, [new(OptKind.Unroll, 1, Math.Min(copies, rows)), new(OptKind.Vector, 0, lanes), new(OptKind.Global, 0)]);
    }

    private static void Columns(int rows, int columns, int lanes, Opt[] plan)
    {
        using var runtime = TenonRuntime.Default = Runtime(plan);
        Check(Enumerable.Range(0, rows * columns).Select(i => (float)i).ToArray(), rows, columns, (a, b) => a + 2 * b, (x, y) => x + y * 2);
        Check(Enumerable.Range(0, rows * columns).ToArray(), rows, columns, (a, b) => a + 2 * b, (x, y) => x + y * 2);
        if (lanes < 8 || runtime.Devices.Open("CPU").Device.CodeGenerators[0].Target.VectorBytes == 64)
        {
            Check(Enumerable.Range(0, rows * columns).Select(i => (double)i).ToArray(), rows, columns, (a, b) => a + 2 * b, (x, y) => x + y * 2);
        }
    }

    /// <summary>What the heuristic chooses for permutations of axes, of every width of elements.</summary>
    [Test]
    public void PermutationsAreRight([Values(1, 2, 4, 8)] int bytes)
    {
        using var runtime = TenonRuntime.Default = new TenonRuntimeBuilder(TenonConfiguration.Load(null, [KeyValuePair.Create("cache:enabled", (string?)"false")])).Build(new TensorCompiler(new CompilerOptions()));
        var x = Tensor.Arange(3 * 37 * 50).Reshape(3, 37, 50).Cast(bytes switch { 1 => DType.UInt8, 2 => DType.Int16, 4 => DType.Float32, _ => DType.Int64 }).Contiguous().Realize();
        var values = x.Cast(DType.Int64).ToArray<long>();
        var y = x.Permute(0, 2, 1).Contiguous().Realize().Cast(DType.Int64).ToArray<long>();
        var z = x.Permute(2, 1, 0).Contiguous().Realize().Cast(DType.Int64).ToArray<long>();
        for (var i = 0; i < values.Length; i++)
        {
            var (a, b, c) = (i / (37 * 50), i / 50 % 37, i % 50);
            Assert.That((y[(a * 50 + c) * 37 + b], z[(c * 37 + b) * 3 + a]), Is.EqualTo((values[i], values[i])), $"{a}, {b}, {c}");
        }
    }

    private static void Check<T>(T[] values, int rows, int columns, Func<T, T, T> expected, Func<Tensor, Tensor, Tensor> compute) where T : unmanaged
    {
        var x = Tensor.From(values).Reshape(rows, columns);
        var y = Tensor.From(values).Reshape(columns, rows);
        var result = compute(x.Transpose(0, 1), y).ToArray<T>();
        Assert.That(result, Is.EqualTo(Enumerable.Range(0, values.Length).Select(i => expected(values[i % rows * columns + i / rows], values[i]))));
    }

    private static TenonRuntime Runtime(Opt[] plan)
    {
        var options = TenonConfiguration.Load(null, [KeyValuePair.Create("cache:enabled", (string?)"false")]);
        return new TenonRuntimeBuilder(options).Build(new TensorCompiler(new CompilerOptions { Optimiser = Optimise }));

        UOp Optimise(UOp kernel, CodeGeneratorView target)
        {
            var nest = new LoopNest(kernel);
            foreach (var opt in plan)
            {
                nest.Apply(opt);
            }

            return nest.Kernel;
        }
    }
}
