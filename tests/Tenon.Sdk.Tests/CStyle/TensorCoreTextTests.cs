using Tenon.Core;
using Tenon.Core.Backend;
using Tenon.Plugins.Cpu.Clang;
using Tenon.Sdk.Targets;
using static Tenon.Tests.Shared.Kernels;

namespace Tenon.Sdk.Tests.CStyle;

/// <summary>Products on tensor cores, in the languages that have them.</summary>
[Parallelizable(ParallelScope.All)]
internal sealed class TensorCoreTextTests
{
    [Test]
    public void CudaMultipliesByRegisters()
    {
        var source = Render("CUDA:sm_80", "mma.m16n8k16.f32.f16");

        Assert.That(source, Does.Contain("mma.sync.aligned.m16n8k16.row.col.f32.f16.f16.f32 {%0, %1, %2, %3}, {%4, %5, %6, %7}, {%8, %9}, {%10, %11, %12, %13};")
            .And.Contain("f32x4 mma_m16n8k16_f32_f16(f16x8 a, f16x4 b, f32x4 c)")
            .And.Contain("f32x4 v20 = mma_m16n8k16_f32_f16(").Or.Contain(" = mma_m16n8k16_f32_f16("));
    }

    [Test]
    public void MetalMultipliesMatricesOfASimdgroup()
    {
        var source = Render("METAL", "simdgroup.8x8x8.float32.float16");

        Assert.That(source, Does.Contain("simdgroup_half8x8 ma, mb;").And.Contain("simdgroup_float8x8 mc, md;").And.Contain("simdgroup_multiply_accumulate(md, ma, mb, mc);"));
    }

    [Test]
    public void EveryCoreOfEveryTargetIsRendered([Values("CUDA:sm_75", "CUDA:sm_90a", "HIP:gfx1100", "HIP:gfx1201", "HIP:gfx942", "HIP:gfx950", "METAL")] string target)
    {
        var cores = KnownTarget.Find(target).Target.TensorCores;

        Assert.That(cores, Is.Not.Empty);
        foreach (var core in cores)
        {
            Assert.That(Render(target, core.Name), Does.Contain(core.Name.Replace('.', '_') + "("));
        }
    }

    [Test]
    public void ClangMakesInstructionsOfHip([Values("gfx1100", "gfx1201", "gfx942")] string architecture)
    {
        string[] options = ["-x", "hip", "--cuda-device-only", $"--offload-arch={architecture}", "-nogpulib", "-nogpuinc", "-std=c++17", "-O1", "-S", "-w", "-o", "-", "-"];
        if (Enumerable.Range(15, 8).Reverse().Select(v => $"clang-{v}").Prepend("clang").FirstOrDefault(Compiles) is not { } clang)
        {
            Assert.Ignore($"No clang on the path compiles for {architecture}.");
            return;
        }

        foreach (var core in KnownTarget.Find($"HIP:{architecture}").Target.TensorCores)
        {
            var source = Render($"HIP:{architecture}", core.Name);
            var (code, output, errors) = ClangProcess.Run(clang, options, source);
            Assert.That(code, Is.Zero, () => $"{errors}\n{source}");
            Assert.That(output, Does.Contain(core.Lanes == 64 ? "v_mfma_" : "v_wmma_"));
        }

        bool Compiles(string program)
        {
            try
            {
                return ClangProcess.Run(program, options, "").ExitCode == 0;
            }
            catch (System.ComponentModel.Win32Exception)
            {
                // There is no such program.
                return false;
            }
        }
    }

    [Test]
    public void ACoreThatTheTargetLacksIsNamed()
    {
        var error = Assert.Throws<BackendException>(() => Render("CUDA:sm_70", "mma.m16n8k16.f32.f16", KnownTarget.Find("CUDA:sm_80")))!;
        Assert.That(error.Message, Does.Contain("TEN4005").And.Contain("mma.m16n8k16.f32.f16").And.Contain("sm_70"));
    }

    private static string Render(string target, string name, KnownTarget? from = null)
    {
        var known = KnownTarget.Find(target);
        var core = (from ?? known).Target.TensorCores.Single(c => c.Name == name);
        var lane = UOp.New(Ops.Special, DType.Int32, [], new SpecialArg("lid0", core.Lanes) { Kind = SpecialKind.Lane });
        UOp Fragment(int slot, DType dtype, int elements)
        {
            var first = UOp.Alu(Ops.Mul, lane, Int(elements));
            return Stack([.. Enumerable.Range(0, elements).Select(i => Load(At(Param(slot, dtype, 64L * elements), UOp.Alu(Ops.Add, first, Int(i)))))]);
        }

        var (a, b, c) = (Fragment(0, core.Input.Stored, core.A.Elements), Fragment(1, core.Input.Stored, core.B.Elements), Fragment(2, core.Accumulator, core.C.Elements));
        var d = UOp.New(Ops.Wmma, core.Result.Vec(core.C.Elements), [a, b, c], core.Name);
        var output = Param(3, core.Result, 64L * core.C.Elements);
        var stores = Enumerable.Range(0, core.C.Elements).Select(i => Store(At(output, UOp.Alu(Ops.Add, UOp.Alu(Ops.Mul, lane, Int(core.C.Elements)), Int(i))), Extract(d, i)));
        return known.Render(Program("product", 1, [.. stores]));
    }
}
