using Tenon.Core;
using Tenon.Core.Backend;
using Tenon.Runtime;

namespace Tenon.Compiler.Tests;

/// <summary>Whether a padded picture is stored, or read under masks where it is used.</summary>
public sealed class PaddingTests
{
    private TenonRuntime? _before;

    /// <summary>Remembers the default runtime.</summary>
    [SetUp]
    public void Remember() => _before = TenonRuntime.Default;

    /// <summary>Restores the default runtime.</summary>
    [TearDown]
    public void Restore() => TenonRuntime.Default = _before;

    /// <summary>Each element of a depthwise convolution's input is read a few times, those of a dense one by every channel of the output.</summary>
    [Test]
    public void APaddedPictureIsStoredIfItIsReadOften([Values("CLR", "Clang", "LLVM")] string generator)
    {
        using var runtime = Use(generator);
        var target = runtime.Devices.Open("CPU").Generator.Target;
        var masks = target.DTypes[DType.Float32].HasFlag(DTypeSupport.MaskedLoad);
        var picture = Tensor.Empty([1, 144, 56, 56]);
        Assert.Multiple(() =>
        {
            Assert.That(Kernels(picture.Conv2d(Tensor.Empty([144, 1, 3, 3]), padding: 1, groups: 144)), Is.EqualTo(masks ? 1 : 2), "depthwise");
            Assert.That(Kernels(picture.Conv2d(Tensor.Empty([144, 1, 3, 3]), padding: 1, stride: 2, groups: 144)), Is.EqualTo(1), "depthwise, every second pixel");
            Assert.That(Kernels(picture.Conv2d(Tensor.Empty([144, 1, 5, 5]), padding: 2, groups: 144)), Is.EqualTo(masks ? 1 : 2), "depthwise 5x5");
            Assert.That(Kernels(picture.Conv2d(Tensor.Empty([16, 144, 3, 3]), padding: 1)), Is.EqualTo(2), "dense");
        });

        int Kernels(Tensor y) => runtime.Schedule([(y.Node, y.Device)]).Calls.Count;
    }

    /// <summary>What is read under masks is what a padded copy holds.</summary>
    [Test]
    public void DepthwiseConvolutionsOfPaddedPicturesAreRight([Values("CLR", "Clang", "LLVM")] string generator, [Values(7, 20)] int size, [Values(1, 2)] int stride)
    {
        using var runtime = Use(generator);
        const int Channels = 6;
        var (x, w) = (Numbers(1, Channels, size, size), Numbers(Channels, 1, 3, 3));
        var direct = x.Conv2d(w, stride: stride, padding: 1, groups: Channels);
        var copied = x.Pad([(0, 0), (0, 0), (1, 1), (1, 1)]).Contiguous().Conv2d(w, stride: stride, groups: Channels);
        Assert.That(direct.ToArray<float>(), Is.EqualTo(copied.ToArray<float>()));

        static Tensor Numbers(params long[] shape) => Tensor.From([.. Enumerable.Range(1, (int)shape.Aggregate((a, b) => a * b)).Select(i => (float)(i * 7 % 31 - 11))]).Reshape(shape);
    }

    private static TenonRuntime Use(string generator)
    {
        var runtime = TenonRuntime.Default = new TenonRuntimeBuilder(TenonConfiguration.Load(null, [new("plugins:tenon.cpu:generator", generator), new("cache:enabled", "false")])).Build();
        if (runtime.Devices.Open("CPU").Device.CodeGenerators.All(g => g.Name != generator))
        {
            runtime.Dispose();
            Assert.Ignore($"This machine has no {generator}.");
        }

        return runtime;
    }
}
