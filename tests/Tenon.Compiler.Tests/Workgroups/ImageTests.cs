using Tenon.Core;
using Tenon.Core.Backend;
using Tenon.Runtime;
using Tenon.Sdk.Interpreter;

namespace Tenon.Compiler.Tests.Workgroups;

/// <summary>Buffers that kernels read as images: which they are, which conditions that saves, and what is computed.</summary>
public sealed class ImageTests
{
    private static readonly ImageLimits Planes = new() { DTypes = [DType.Float32, DType.Float16], MaxWidth = 1 << 14, MaxHeight = 1 << 14, HasBorder = true, ArePreferred = true };

    // Of each, how many parameters are images, in all kernels.
    private static readonly (string Name, int Images, Func<Func<long[], Tensor>, Tensor> Compute)[] Cases =
    [
        ("sum", 2, x => x([64, 1024]) * 3 + x([65, 1024]).Shrink([(1, 65), (0, 1024)])),
        ("half", 2, x => x([64, 1024]).Cast(DType.Float16).Realize().Cast(DType.Float32) * 3),
        ("product", 1, x => x([64, 32]).MatMul(x([32, 128]))),
        ("product of odd sizes", 0, x => x([33, 35]).MatMul(x([35, 41]))),
        ("channels last", 2, Padded),
        ("border of zeros", 1, x => x([8, 64]).Pad([(1, 2), (0, 0)]) * 2),
        ("border of others", 1, x => x([8, 64]).Pad([(1, 2), (0, 0)], 1.5) * 2),
        ("border of half", 2, x => x([8, 64]).Cast(DType.Float16).Realize().Pad([(1, 2), (0, 0)]).Cast(DType.Float32) * 2),
        ("joined", 3, x => Tensor.Cat([x([16, 64]), x([8, 64]) * 3, x([17, 64])], 0) * 2),
    ];

    private static IEnumerable<string> Names => Cases.Select(c => c.Name);

    [Test]
    public void Results_are_those_of_the_CPU([ValueSource(nameof(Names))] string name, [Values("planes", "lines")] string images)
    {
        var programs = Check(name, "INTERPRETER", ("plugins:tenon.interpreter:images", images));
        Assert.That(programs.SelectMany(p => p.Parameters).Count(p => p.Image is not null), Is.EqualTo(Cases.Single(c => c.Name == name).Images));
    }

    /// <summary>Images of the buffers themselves, and such as are copied, which have a border.</summary>
    [Test]
    public void Drivers_read_images_as_the_interpreter_does([Values("half", "product", "channels last", "border of zeros")] string name, [Values("prefer", "copy")] string images)
    {
        using (var runtime = new TenonRuntimeBuilder(RecordingCompiler.Configuration()).Build())
        {
            if (!runtime.Devices.Names.Contains("CL"))
            {
                Assert.Ignore("There is no OpenCL device here.");
            }
        }

        Check(name, "CL", ("plugins:tenon.cl:images", images));
    }

    /// <summary>Channels are texels, and rows of the picture rows of the image: what lies outside of the picture lies outside of the image too.</summary>
    [Test]
    public void Rows_of_an_image_make_conditions_needless()
    {
        var program = Programs(Padded, Planes).Single();
        Assert.That(program.Parameters.Select(p => p.Image), Has.Some.EqualTo(new ImageSize(12 * 8 / 4, 10)));
        Assert.That(program.Ops.Where(u => u.Op is Ops.Where or Ops.CmpLt), Is.Empty, string.Join('\n', program.Ops));
        Assert.That(program.Ops.Where(u => u.Op == Ops.Texel), Has.Some.Matches<UOp>(u => u[1].Min == -2).And.Some.Matches<UOp>(u => u[2].Min == -1));
    }

    /// <summary>Where a row doesn't end with a row of the picture, the next begins there: the condition on columns stays.</summary>
    [Test]
    public void In_one_row_only_its_ends_need_no_condition()
    {
        var program = Programs(Padded, Planes with { MaxHeight = 1 }).Single();
        Assert.That(program.Parameters.Select(p => p.Image), Has.Some.EqualTo(new ImageSize(10 * 12 * 8 / 4, 1)));
        Assert.That(program.Ops.Where(u => u.Op == Ops.Texel && u[1].Op == Ops.Where), Is.Not.Empty.And.All.Matches<UOp>(u => u[1][1].IsInteger(-1) || u[1][2].IsInteger(-1)));
    }

    /// <summary>Where nothing lies outside, all conditions stay, and what is read when they are false is in the image.</summary>
    [Test]
    public void Without_a_border_conditions_stay()
    {
        var program = Programs(Padded, Planes with { MaxHeight = 1, HasBorder = false }).Single();
        Assert.That(program.Ops.Where(u => u.Op == Ops.Texel && u[1].Op == Ops.Where), Is.Not.Empty.And.All.Matches<UOp>(u => u[1][1].IsInteger(0) || u[1][2].IsInteger(0)));
        Assert.That(program.Ops.Where(u => u.Op == Ops.Texel && u[1].Op != Ops.Where), Has.All.Matches<UOp>(u => u[1].Min >= 0));
    }

    [TestCase(15, 1, 1, ExpectedResult = null, Description = "the row is too long")]
    [TestCase(1 << 14, 1, 7, ExpectedResult = "256 x 1", Description = "one row has any length")]
    [TestCase(16, 1 << 14, 1, ExpectedResult = "16 x 16", Description = "several rows are needed")]
    [TestCase(16, 1 << 14, 7, ExpectedResult = null, Description = "and don't have the length that they must")]
    [TestCase(16, 15, 1, ExpectedResult = null, Description = "more rows than there may be")]
    public string? Limits_are_kept(int width, int height, int rowTexels) =>
        Programs(x => x([16, 64]) * 2, Planes with { MaxWidth = width, MaxHeight = height, RowTexels = rowTexels }).Single().Parameters[1].Image is { } i ? $"{i.Width} x {i.Height}" : null;

    [Test]
    public void What_is_not_preferred_is_left_to_the_search()
    {
        var (device, target) = Device(Planes with { ArePreferred = false });
        var kernel = Kernels(x => x([16, 64]) * 2).Single();
        Opt[] image = [new Opt(OptKind.Image, -1, 1)];
        Assert.That(KernelCompiler.Compile(kernel, device, target).Parameters.Select(p => p.Image), Has.All.Null);
        Assert.That(LegalOpts.Of(new LoopNest(kernel), new CodeGeneratorView(target, device)).Where(o => o.Kind == OptKind.Image), Is.EqualTo(image));
        var loop = RangeMerging.Apply(kernel).TopologicalOrder().Last(u => u.Op == Ops.Range).ArgAs<RangeArg>().Id;
        var program = KernelCompiler.Compile(kernel, device, target, new CompilerOptions { Opts = [new Opt(OptKind.Vector, loop, 4), .. image] });
        Assert.That(program.Parameters.Select(p => p.Image), Is.EqualTo(new ImageSize?[] { null, new ImageSize(256, 1) }));
    }

    [TestCase(0, ExpectedResult = "the kernel writes it")]
    [TestCase(2, ExpectedResult = "the kernel doesn't have that parameter")]
    public string? Not_every_parameter_can_be_an_image(int slot)
    {
        var (device, target) = Device(Planes);
        return new LegalOpts(new LoopNest(Kernels(x => x([16, 64]) * 2).Single()), new CodeGeneratorView(target, device)).WhyNot(new Opt(OptKind.Image, -1, slot));
    }

    // A picture with its channels last, 3 x 3, padded.
    private static Tensor Padded(Func<long[], Tensor> x)
    {
        var (picture, weights) = (x([10, 12, 8]).Pad([(1, 1), (1, 1), (0, 0)]), x([9, 8]));
        return Enumerable.Range(0, 9).Select(i => picture.Shrink([(i / 3, i / 3 + 10), (i % 3, i % 3 + 12), (0, 8)]) * weights.Shrink([(i, i + 1), (0, 8)]).Reshape(1, 1, 8)).Aggregate((a, b) => a + b);
    }

    private static (Capabilities Device, CodeGeneratorTarget Target) Device(ImageLimits limits)
    {
        using var device = new InterpreterDevice(new InterpreterOptions { Images = limits });
        return (device.Capabilities, device.CodeGenerators[0].Target);
    }

    private static List<LinearProgram> Programs(Func<Func<long[], Tensor>, Tensor> compute, ImageLimits limits) =>
        Device(limits) is var (device, target) ? Kernels(compute).ConvertAll(k => KernelCompiler.Compile(k, device, target)) : [];

    private static List<UOp> Kernels(Func<Func<long[], Tensor>, Tensor> compute)
    {
        var compiler = new RecordingCompiler();
        compiler.Run(compute, "INTERPRETER");
        return [.. compiler.Lowered.Select(l => l.Kernel)];
    }

    // The programs that the device ran.
    private static List<LinearProgram> Check(string name, string device, params (string Key, string Value)[] settings)
    {
        var (compute, compiler) = (Cases.Single(c => c.Name == name).Compute, new RecordingCompiler());
        Assert.That(compiler.Run(compute, device, settings), Is.EqualTo(new RecordingCompiler().Run(compute, "CPU")).Within(1e-4));
        return [.. compiler.Lowered.Select(l => l.Program)];
    }
}
