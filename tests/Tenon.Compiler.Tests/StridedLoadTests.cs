using Tenon.Core;
using Tenon.Runtime;

namespace Tenon.Compiler.Tests;

/// <summary>Vectors of elements that lie some places apart, of which padding says that some aren't there.</summary>
public sealed class StridedLoadTests
{
    private TenonRuntime? _before;

    /// <summary>Remembers the default runtime.</summary>
    [SetUp]
    public void Remember() => _before = TenonRuntime.Default;

    /// <summary>Restores the default runtime.</summary>
    [TearDown]
    public void Restore() => TenonRuntime.Default = _before;

    /// <summary>Windows over padded rows, forwards and backwards, with lanes that don't divide how many there are.</summary>
    [Test]
    public void WindowsArePicked([Values("CLR", "Clang", "LLVM")] string generator, [Values(2, 3, 4)] int stride, [Values(4, 8)] int lanes)
    {
        var (shuffles, hasMasks) = (0, false);
        using var runtime = TenonRuntime.Default = new TenonRuntimeBuilder(TenonConfiguration.Load(null, [new("plugins:tenon.cpu:generator", generator), new("cache:enabled", "false")])).Build(
            new TensorCompiler(new CompilerOptions { Optimiser = Optimise }));
        if (runtime.Devices.Open("CPU").Device.CodeGenerators.All(g => g.Name != generator))
        {
            Assert.Ignore($"This machine has no {generator}.");
        }

        Check<float>(stride, i => i);
        if (lanes < 8 || runtime.Devices.Open("CPU").Generator.Target.VectorBytes == 64)
        {
            Check<double>(stride, i => i);
        }

        Assert.That(shuffles, hasMasks ? Is.GreaterThan(0) : Is.Zero);

        UOp Optimise(UOp kernel, CodeGeneratorView target)
        {
            var nest = new LoopNest(kernel);
            if (nest.Order.Exists(u => u.Op == Ops.Reduce))
            {
                nest.Apply(new Opt(OptKind.Unroll, 2, 3));
                nest.Apply(new Opt(OptKind.Vector, 1, lanes));
                hasMasks = target.HasMaskedLoad(DType.Float32) && target.CanTranspose(DType.Float32);
                shuffles += Expander.Expand(nest.Kernel, target).TopologicalOrder().Count(u => u.Op == Ops.Shuffle);
            }

            return nest.Kernel;
        }
    }

    private static void Check<T>(int stride, Func<int, T> value) where T : unmanaged
    {
        const int Rows = 3, Length = 43, Before = 2, After = 5, Window = 3;
        var x = Tensor.From(Enumerable.Range(1, Rows * Length).Select(value).ToArray()).Reshape(Rows, Length);
        var count = (Length + Before + After - Window) / stride + 1;
        foreach (var isFlipped in new[] { false, true })
        {
            var y = (isFlipped ? x.Flip(1) : x).Pad([(0, 0), (Before, After)]).Unfold(1, Window, stride).Sum(2).ToArray<T>();
            Assert.That(y, Is.EqualTo(Enumerable.Range(0, Rows * count).Select(i => value(Enumerable.Range(i % count * stride - Before, Window).Where(p => p is >= 0 and < Length)
                .Sum(p => i / count * Length + (isFlipped ? Length - 1 - p : p) + 1)))), $"{typeof(T).Name}, {(isFlipped ? "backwards" : "forwards")}");
        }
    }
}
