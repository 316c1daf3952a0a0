using Tenon.Core;
using Tenon.Core.Backend;
using Tenon.Sdk.Targets;

namespace Tenon.Compiler.Tests.Workgroups;

/// <summary>What lies together in memory is loaded and stored together, in buffers and in local arrays, in every language with vectors.</summary>
public sealed class VectorLoadTests
{
    private static readonly (string Name, string Load)[] Languages = [("CUDA:sm_70", "load_f32x4("), ("HIP:gfx1030", "(const f32x4*)"), ("METAL", "f32x4*)"), ("OPENCL:fp16", "vload4(")];

    private static IEnumerable<string> Targets => Languages.Select(l => l.Name);

    [Test]
    public void Sums_of_tensors([ValueSource(nameof(Targets))] string name)
    {
        var (program, text) = Compile(name, x => x([512, 1024]) * 3 + x([512, 1024]));
        Assert.That(Accesses(program).Select(a => a.DType), Has.All.EqualTo(DType.Float32.Vec(4)), text);
        Assert.That(text, Does.Contain(Languages.Single(l => l.Name == name).Load));
    }

    /// <summary>What a lane multiplies it loads from local arrays, several elements of a row at once; and so it stores.</summary>
    [Test]
    public void Products([Values("CUDA:sm_70", "HIP:gfx1030", "OPENCL:fp16")] string name)
    {
        var (program, text) = Compile(name, x => x([256, 64]).MatMul(x([64, 256])));
        Assert.That(Accesses(program).Where(a => a.IsLoad && a.Memory.Op == Ops.Local).Select(a => a.DType), Has.Some.EqualTo(DType.Float32.Vec(4)), text);
        Assert.That(Accesses(program).Where(a => !a.IsLoad && a.Memory.Op == Ops.Param).Select(a => a.DType), Has.All.EqualTo(DType.Float32.Vec(4)), text);
    }

    /// <summary>Convolutions read rows of pictures, whose elements lie together.</summary>
    [Test]
    public void Convolutions([Values("CUDA:sm_70", "HIP:gfx1030", "OPENCL:fp16")] string name)
    {
        var (program, text) = Compile(name, x => x([1, 16, 32, 32]).Conv2d(x([32, 16, 1, 1])));
        Assert.That(Accesses(program).Where(a => a.IsLoad && a.Memory.Op == Ops.Param).Select(a => a.DType.Lanes), Has.Some.EqualTo(4), text);
    }

    /// <summary>Of what a lane holds of a matrix, as much as lies together in memory: with some cores all of it.</summary>
    [TestCase("mma.m16n8k16.f32.f16", 2)]
    [TestCase("wmma.16x16x16.float32.float16", 8)]
    [TestCase("mfma.16x16x16.float32.float16", 4)]
    public void Fragments(string core, int lanes)
    {
        var program = (CoreMatMul.Of(core, static c => (c.M * 2, c.N * 2, c.K * 2), batch: 1) with { IsTransposed = true }).Run();
        Assert.That(Accesses(program).Where(a => a.IsLoad).Select(a => a.DType.Lanes), Has.All.EqualTo(lanes), string.Join('\n', program.Ops));
    }

    private static List<(bool IsLoad, UOp Memory, DType DType)> Accesses(LinearProgram program) =>
        [.. program.Ops.Where(u => u.Op is Ops.Load or Ops.Store).Select(u => (u.Op == Ops.Load, u[0].Memory, u.Op == Ops.Load ? u.DType : u[1].DType))];

    private static (LinearProgram Program, string Text) Compile(string name, Func<Func<long[], Tensor>, Tensor> compute)
    {
        var (target, compiler) = (KnownTarget.Find(name), new RecordingCompiler());
        compiler.Run(compute, $"NULL:{name}");
        var program = compiler.Lowered.Last().Program;
        return (program, target.Render(program));
    }
}
