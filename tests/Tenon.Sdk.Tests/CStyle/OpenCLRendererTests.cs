using Tenon.Core;
using Tenon.Core.Backend;
using Tenon.Plugins.Cpu.Clang;
using Tenon.Sdk.CStyle;
using Tenon.Tests.Shared;
using static Tenon.Tests.Shared.Kernels;

namespace Tenon.Sdk.Tests.CStyle;

/// <summary>OpenCL C: the text of kernels, and that a compiler takes it.</summary>
[Parallelizable(ParallelScope.All)]
internal sealed class OpenCLRendererTests
{
    private static readonly OpenCLFeatures Everything = new() { HasDouble = true, HasHalf = true, HasExactDivision = true, HasMulAcc = true, Shuffle = OpenCLShuffle.Khronos, VectorBytes = 32, Fingerprint = "test" };

    [Test]
    public void AGroupedSumReadsAsAPersonWouldWriteIt()
    {
        var (input, output) = (Param(0, DType.Float32, 256), Param(1, DType.Float32, 4));
        var (group, lane) = (Special(SpecialKind.Group, 4), Special(SpecialKind.Lane, 64));
        var local = UOp.New(Ops.Local, DType.Float32, [], new LocalArg(0, 64));
        var first = UOp.New(Ops.Barrier, DType.Void, []);
        var sum = Accumulator(UOp.Const(DType.Float32, 0), 0);
        var i = Range(Int(64), 0);
        var added = Assign(sum, UOp.Alu(Ops.Add, sum, Load(At(local, i))));
        var program = Program("grouped", 4,
            Store(At(local, lane), Load(At(input, UOp.Alu(Ops.Add, UOp.Alu(Ops.Mul, group, Int(64)), lane)))),
            first, sum, i, added, End(i), StoreIf(At(output, group), added, UOp.Alu(Ops.CmpEq, lane, Int(0))));

        var source = new OpenCLRenderer(Everything).Render(program);
        Assert.That(source[source.IndexOf("__kernel", StringComparison.Ordinal)..], Is.EqualTo("""
            __kernel __attribute__((reqd_work_group_size(64, 1, 1))) void grouped(__global float* data0, long offset0, __global float* data1, long offset1) {
                data0 += offset0;
                data1 += offset1;
                __local char local_block[256] __attribute__((aligned(64)));
                __local float* local0 = (__local float*)(local_block + 0);
                int v0 = (int)get_local_id(0);
                int v1 = (int)get_group_id(0);
                float v2 = data0[(v1 * 64) + v0];
                local0[v0] = v2;
                barrier(CLK_LOCAL_MEM_FENCE);
                float acc0 = 0.0f;
                for (int i0 = 0; i0 < 64; i0++) {
                    float v3 = local0[i0];
                    acc0 = acc0 + v3;
                }
                if (v0 == 0) data1[v1] = acc0;
            }

            """.ReplaceLineEndings("\n")));
    }

    [Test]
    public void SignedSumsThatAreValuesWrap()
    {
        var (input, output) = (Param(0, DType.Int32, 8), Param(1, DType.Int32, 8));
        var x = Load(At(input, UOp.Alu(Ops.Add, Special(SpecialKind.Group, 4), Int(3))));
        var source = new OpenCLRenderer(Everything).Render(Program("wrap", 4, Store(At(output, Int(0)), UOp.Alu(Ops.Mul, x, x))));

        Assert.That(source, Does.Contain("(int)((uint)v1 * (uint)v1)").And.Contain("data0[v0 + 3]").Or.Contain("data0[(int)get_group_id(0) + 3]"));
    }

    [Test]
    public void VariablesFollowTheBuffers()
    {
        var n = UOp.New(Ops.Variable, DType.Int32, [], new VariableArg("n", 0, 10));
        var source = new OpenCLRenderer(Everything).Render(Program("bound", 1, Store(At(Param(0, DType.Int32, 1), Int(0)), n)));

        Assert.That(source, Does.Contain("(__global int* data0, long offset0, long arg_n)").And.Contain("int var_n = (int)arg_n;"));
    }

    /// <summary>Comparisons, choices, conversions and shuffles are written for vectors as wholes: by lanes, drivers' compilers would have to find them again.</summary>
    [Test]
    public void VectorsAreWrittenAsWholes()
    {
        var (input, output) = (Param(0, DType.Float32, 32), Param(1, DType.Int32, 16));
        var (x, y) = (UOp.New(Ops.Load, DType.Float32.Vec(16), [At(input, Int(0))]), UOp.New(Ops.Load, DType.Float32.Vec(16), [At(input, Int(16))]));
        var less = UOp.Alu(Ops.CmpLt, x, y);
        var mixed = UOp.New(Ops.Shuffle, x.DType, [x, y], new Axes([.. Enumerable.Range(0, 16).Select(i => i * 2)]));
        var chosen = UOp.Where(less, UOp.Alu(Ops.Max, x, y), mixed);
        var source = new OpenCLRenderer(Everything with { HasHalf = false, VectorBytes = 64 }).Render(Program("whole", 1, Store(At(output, Int(0)), chosen.Cast(DType.Int32.Vec(16)))));

        Assert.That(source, Does.Contain("convert_uchar16(v0 < v1)").And.Contain("convert_int16(c) != (int16)0 ? x : y").And.Contain("float16 m = x > y ? x : y")
            .And.Contain("convert_int16((above | below | (x != x))").And.Contain("(float16)(x.s0, x.s2, x.s4").And.Not.Contain("v0.s0"), source);
    }

    [Test]
    public void ATypeThatTheDeviceLacksIsRefused()
    {
        var address = At(Param(0, DType.Float64, 1), Int(0));
        var error = Assert.Throws<BackendException>(() => new OpenCLRenderer(new OpenCLFeatures { Fingerprint = "plain" }).Render(Program("wide", 1, Store(address, Load(address)))))!;
        Assert.That(error.Message, Does.Contain("TEN4005").And.Contain("wide").And.Contain("float64"));
    }

    [Test]
    public void ClangTakesEveryOpOnEveryDtype([Values] bool everything)
    {
        var clang = ClangRunner.Compiler();
        var renderer = new OpenCLRenderer(everything ? Everything : new OpenCLFeatures { HasDouble = true, Fingerprint = "plain" });
        foreach (var test in OpCases.For(renderer.Target))
        {
            var source = renderer.Render(test.Program);
            var (code, _, errors) = ClangProcess.Run(clang.Path, ["-x", "cl", "-cl-std=CL1.2", "-target", "spir64", "-Xclang", "-finclude-default-header", "-fsyntax-only", "-Werror", "-Wno-unused", "-Wno-ignored-pragmas", "-"], source);
            Assert.That(code, Is.Zero, () => $"{errors}\n{source}");
        }
    }

    [TestCase(OpenCLShuffle.Khronos, OpenCLImages.Planes, "sub_group_shuffle_xor(", "read_only image2d_t data0, __global", "read_imagef(data0, texels, (int2)(")]
    [TestCase(OpenCLShuffle.Intel, OpenCLImages.Lines, "intel_sub_group_shuffle_xor(", "read_only image1d_buffer_t data0, long offset0", "read_imagef(data0, (int)(offset0 + ")]
    public void LanesExchangeValuesAndImagesAreRead(OpenCLShuffle shuffle, OpenCLImages images, params string[] text)
    {
        var renderer = new OpenCLRenderer(Everything with { Shuffle = shuffle, Images = images });
        var (lane, output) = (Special(SpecialKind.Lane, 64), Param(1, DType.Float32, 64));
        var texel = UOp.New(Ops.Texel, DType.Float32.Vec(4), [Param(0, DType.Float16, 256), lane, Int(0)]);
        var value = UOp.New(Ops.Extract, DType.Float32, [texel], 1);
        var half = UOp.New(Ops.LaneXor, DType.Float16, [value.Cast(DType.Float16)], 4).Cast(DType.Float32);
        var wide = UOp.New(Ops.LaneXor, DType.Float64, [value.Cast(DType.Float64)], 16).Cast(DType.Float32);
        var plain = Program("lanes", 1, Store(At(output, lane), UOp.Alu(Ops.Add, UOp.New(Ops.LaneXor, DType.Float32, [value], 1), UOp.Alu(Ops.Add, half, wide))));
        var source = renderer.Render(new LinearProgram
        {
            Name = plain.Name,
            Ops = plain.Ops,
            Parameters = [new KernelParameter { DType = DType.Float16, Size = 256, IsRead = true, Image = new ImageSize(64, 1) }, new KernelParameter { DType = DType.Float32, Size = 64, IsWritten = true }],
            GlobalSize = 1,
            Lanes = new GridSize(64),
        });
        foreach (var part in text)
        {
            Assert.That(source, Does.Contain(part));
        }

        if (shuffle == OpenCLShuffle.Intel)
        {
            // Clang's header doesn't have its functions.
            return;
        }

        var clang = ClangRunner.Compiler();
        var (code, _, errors) = ClangProcess.Run(clang.Path, ["-x", "cl", renderer.BuildOptions.Split(' ')[0], "-Xclang", "-cl-ext=+all", "-target", "spir64", "-Xclang", "-finclude-default-header", "-fsyntax-only", "-Werror", "-Wno-unused", "-Wno-ignored-pragmas", "-"], source);
        Assert.That(code, Is.Zero, () => $"{errors}\n{source}");
    }

    private static UOp Special(SpecialKind kind, long size) =>
        UOp.New(Ops.Special, DType.Int32, [], new SpecialArg(kind == SpecialKind.Group ? "gid0" : "lid0", size) { Kind = kind });
}
