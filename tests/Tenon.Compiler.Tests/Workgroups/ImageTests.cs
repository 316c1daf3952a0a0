using Tenon.Core;
using Tenon.Core.Backend;
using Tenon.Runtime;

namespace Tenon.Compiler.Tests.Workgroups;

/// <summary>Buffers that kernels read as images: which they are, which conditions that saves, and what is computed.</summary>
public sealed class ImageTests
{
    private static readonly (string Name, bool IsImage, Func<Func<int[], Tensor>, Tensor> Compute)[] Cases =
    [
        ("elementwise", true, x => x([64, 1024]) * 3 + x([64, 1024])),
        ("half", true, x => x([64, 1024]).Cast(DType.Float16).Realize().Cast(DType.Float32) * 3),
        ("product", true, x => x([64, 32]).MatMul(x([32, 128]))),
        ("product of odd sizes", false, x => x([33, 35]).MatMul(x([35, 41]))),
        ("convolution of channels last", true, Padded),
        ("another border", true, x => x([8, 64]).Pad([(1, 2), (4, 8)], 1.5) * 2),
        ("border of zeros", true, x => x([8, 64]).Pad([(1, 2), (4, 8)]) * 2),
        ("border along a row", true, x => x([512]).Pad([(4, 512)]) * 2),
        ("joined", true, x => Tensor.Cat([x([16, 64]), x([8, 64]), x([16, 64])], 0) * 2),
        ("overwritten", false, x => x([128]) is var v ? (v * 2).Realize() : v),
    ];

    private static IEnumerable<string> Names => Cases.Select(c => c.Name);

    [Test]
    public void Results_are_those_of_the_CPU([ValueSource(nameof(Names))] string name, [Values("planes", "lines")] string images)
    {
        var compute = Cases.Single(c => c.Name == name).Compute;
        using var runtime = Runtime($"images={images}");
        float[] On(string device) => In(runtime, () => compute(shape => Data(shape).To(device).Realize()).To("CPU").ToArray<float>());
        Assert.That(On("INTERPRETER"), Is.EqualTo(On("CPU")).Within(1e-4));
    }

    /// <summary>Channels are texels, and rows of the picture rows of the image: what lies outside of the picture lies outside of the image too.</summary>
    [Test]
    public void Rows_of_an_image_make_conditions_needless()
    {
        var programs = Programs(Padded, new ImageLimits { DTypes = [DType.Float32], MaxWidth = 1 << 14, MaxHeight = 1 << 14, HasBorder = true, ArePreferred = true });
        var program = programs.Single(p => p.Parameters.Any(q => q.Image is { Height: > 1 }));
        Assert.That(program.Parameters.Select(p => p.Image), Has.Some.EqualTo(new ImageSize(12 * 8 / 4, 10)));
        Assert.That(program.Ops.Where(u => u.Op == Ops.Texel), Is.Not.Empty);
        Assert.That(program.Ops.Where(u => u.Op is Ops.Where or Ops.CmpLt), Is.Empty, string.Join('\n', program.Ops));
    }

    /// <summary>Where nothing lies outside, the condition stays, and what is read when it is false is in the image.</summary>
    [Test]
    public void Without_a_border_conditions_stay()
    {
        var programs = Programs(Padded, new ImageLimits { DTypes = [DType.Float32], MaxWidth = 1 << 20, ArePreferred = true });
        Assert.That(programs.SelectMany(p => p.Ops).Where(u => u.Op == Ops.Texel), Is.Not.Empty.And.All.Matches<UOp>(u => u[1].Min >= 0 || u[1].Op == Ops.Where));
    }

    [TestCase(15, 1, 1, ExpectedResult = false, Description = "the row is too long")]
    [TestCase(1 << 14, 1 << 14, 7, ExpectedResult = true, Description = "one row has any length")]
    [TestCase(16, 1 << 14, 1, ExpectedResult = true, Description = "several rows are needed")]
    [TestCase(16, 1 << 14, 7, ExpectedResult = false, Description = "and don't have the length that they must")]
    [TestCase(16, 15, 1, ExpectedResult = false, Description = "more rows than there may be")]
    public bool Limits_are_kept(int width, int height, int rowTexels) =>
        Programs(x => x([16, 64]) * 2, new ImageLimits { DTypes = [DType.Float32], MaxWidth = width, MaxHeight = height, RowTexels = rowTexels, HasBorder = true, ArePreferred = true })
            .SelectMany(p => p.Parameters).Any(p => p.Image is { } i && i.Width <= width && i.Height <= height);

    [Test]
    public void What_is_not_preferred_is_left_to_the_search()
    {
        var limits = new ImageLimits { DTypes = [DType.Float32], MaxWidth = 1 << 14, MaxHeight = 1 << 14 };
        var (kernel, target) = (Kernel(x => x([16, 64]) * 2), Target());
        var (opts, view) = (new[] { new Opt(OptKind.Image, -1, 1) }, new CodeGeneratorView(target, Device(limits)));
        Assert.That(KernelCompiler.Compile(kernel, Device(limits), target).Parameters.Select(p => p.Image), Has.All.Null);
        Assert.That(LegalOpts.Of(new LoopNest(kernel), view).Where(o => o.Kind == OptKind.Image), Is.EqualTo(opts));
        var vector = new LoopNest(kernel).Ranges[0].ArgAs<RangeArg>().Id;
        var program = KernelCompiler.Compile(kernel, Device(limits), target, new CompilerOptions { Opts = [new Opt(OptKind.Vector, vector, 4), .. opts] });
        Assert.That(program.Parameters.Select(p => p.Image), Is.EqualTo(new ImageSize?[] { null, new ImageSize(256, 1) }));
    }

    [TestCase(0, ExpectedResult = "the kernel writes it")]
    [TestCase(2, ExpectedResult = "the kernel doesn't have that parameter")]
    public string? Not_every_parameter_can_be_an_image(int slot) =>
        new LegalOpts(new LoopNest(Kernel(x => x([16, 64]) * 2)), new CodeGeneratorView(Target(), Device(new ImageLimits { DTypes = [DType.Float32], MaxWidth = 1 << 14 }))).WhyNot(new Opt(OptKind.Image, -1, slot));

    // A picture with its channels last, 3 x 3, padded.
    private static Tensor Padded(Func<int[], Tensor> x)
    {
        var (picture, weights) = (x([10, 12, 8]).Pad([(1, 1), (1, 1), (0, 0)]), x([3, 3, 1, 1, 8]));
        return Enumerable.Range(0, 9).Select(i => picture.Shrink([(i / 3, i / 3 + 10), (i % 3, i % 3 + 12), (0, 8)]) * weights.Shrink([(i / 3, i / 3 + 1), (i % 3, i % 3 + 1), (0, 1), (0, 1), (0, 8)]).Reshape(1, 1, 8)).Aggregate((a, b) => a + b);
    }

    private static Capabilities Device(ImageLimits limits)
    {
        using var device = new Tenon.Sdk.Interpreter.InterpreterDevice(new Tenon.Sdk.Interpreter.InterpreterOptions { Images = limits });
        return device.Capabilities;
    }

    private static CodeGeneratorTarget Target() => new Tenon.Sdk.Interpreter.InterpreterGenerator(new Tenon.Sdk.Interpreter.InterpreterOptions { Images = new ImageLimits { DTypes = [], MaxWidth = 1 } }).Target;

    private static UOp Kernel(Func<Func<int[], Tensor>, Tensor> compute) => Scheduled(compute).Single();

    private static List<UOp> Scheduled(Func<Func<int[], Tensor>, Tensor> compute)
    {
        var kernels = new List<UOp>();
        var options = new CompilerOptions { Optimiser = (kernel, view) => Heuristic.Apply(Noted(kernel), view) };
        using var runtime = new TenonRuntimeBuilder(Configuration("undefined=allow")).Build(new TensorCompiler(options));
        In(runtime, () => compute(shape => Data(shape).To("INTERPRETER").Realize()).Realize());
        return kernels;

        UOp Noted(UOp kernel)
        {
            lock (kernels)
            {
                kernels.Add(kernel);
                return kernel;
            }
        }
    }

    private static List<LinearProgram> Programs(Func<Func<int[], Tensor>, Tensor> compute, ImageLimits limits) => Scheduled(compute).ConvertAll(k => KernelCompiler.Compile(k, Device(limits), Target()));

    private static Tensor Data(int[] shape) => Tensor.From([.. Enumerable.Range(0, shape.Aggregate((a, b) => a * b)).Select(i => (i * 7 % 13 - 6) * 0.5f)]).Reshape([.. shape.Select(n => (long)n)]);

    private static T In<T>(TenonRuntime runtime, Func<T> compute)
    {
        var before = TenonRuntime.Default;
        try
        {
            TenonRuntime.Default = runtime;
            return compute();
        }
        finally
        {
            TenonRuntime.Default = before;
        }
    }

    private static TenonRuntime Runtime(string settings) => new TenonRuntimeBuilder(Configuration(settings)).Build();

    private static RuntimeOptions Configuration(string settings) => TenonConfiguration.Load(null, [
        KeyValuePair.Create("cache:enabled", (string?)"false"),
        .. settings.Split(';').Select(s => KeyValuePair.Create($"plugins:tenon.interpreter:{s.Split('=')[0]}", (string?)s.Split('=')[1]))]);
}
