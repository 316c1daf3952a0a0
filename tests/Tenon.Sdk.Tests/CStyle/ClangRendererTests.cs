using Tenon.Core;
using Tenon.Core.Backend;
using Tenon.Sdk.CStyle;
using static Tenon.Tests.Shared.Kernels;

namespace Tenon.Sdk.Tests.CStyle;

/// <summary>The text of kernels; needs no compiler.</summary>
internal sealed class ClangRendererTests
{
    [Test]
    public void ADotProductReadsAsAPersonWouldWriteIt()
    {
        var (a, b, c) = (Param(0, DType.Float32, 64), Param(1, DType.Float32, 64), Param(2, DType.Float32, 8));
        var item = Special(1);
        var acc = Accumulator(UOp.Const(DType.Float32.Vec(8), 0), 0);
        var i = Range(Int(8), 0);
        var offset = UOp.Alu(Ops.Mul, i, Int(8));
        var sum = Assign(acc, UOp.New(Ops.MulAcc, acc.DType, [Load(At(a, offset), 8), Load(At(b, offset), 8), acc]));
        var source = new ClangRenderer().Render(Program("dot", 1, acc, i, sum, End(i), Store(At(c, item), sum)));

        Assert.That(source[source.IndexOf("EXPORT void dot", StringComparison.Ordinal)..], Is.EqualTo("""
            EXPORT void dot(void** buffers, const int64_t* variables, int64_t begin, int64_t end, void* local) {
                float* data0 = (float*)buffers[0];
                float* data1 = (float*)buffers[1];
                float* data2 = (float*)buffers[2];
                for (int64_t item = begin; item < end; item++) {
                    f32x8 acc0 = splat_f32x8(0.0f);
                    for (int32_t i0 = 0; i0 < 8; i0++) {
                        int32_t v0 = i0 * 8;
                        f32x8 v1 = *(const f32x8_u*)(data0 + v0);
                        f32x8 v2 = *(const f32x8_u*)(data1 + v0);
                        acc0 = mulacc_f32x8(v1, v2, acc0);
                    }
                    int32_t v3 = (int32_t)item;
                    *(f32x8_u*)(data2 + v3) = acc0;
                }
            }

            """.ReplaceLineEndings("\n")));
    }

    [TestCase("int32", int.MinValue, "(-2147483647 - 1)")]
    [TestCase("int64", long.MinValue, "(-9223372036854775807LL - 1)")]
    [TestCase("int8", -128, "(-128)")]
    [TestCase("int64", 5, "5LL")]
    [TestCase("uint64", -1, "18446744073709551615ULL")]
    [TestCase("uint32", -1, "4294967295u")]
    public void IntegerLiterals(string dtype, long value, string expected)
    {
        var type = DType.Parse(dtype);
        Assert.That(CStyleLiterals.Integer(type, ((Scalar)value).To(type)), Is.EqualTo(expected));
    }

    [TestCase(0.5, "0.5")]
    [TestCase(3, "3.0")]
    [TestCase(-0.0, "(-0.0)")]
    [TestCase(1 / 3.0, "0x1.5555555555555p-2")]
    [TestCase(5e-324, "0x0.0000000000001p-1022")]
    [TestCase(double.MaxValue, "0x1.fffffffffffffp+1023")]
    public void FloatLiterals(double value, string expected) => Assert.That(CStyleLiterals.Float(value, ""), Is.EqualTo(expected));

    [TestCase("((a) + (b))", "(a) + (b)")]
    [TestCase("(a) + (b)", "(a) + (b)")]
    [TestCase("(a)", "a")]
    [TestCase("f(a)", "f(a)")]
    public void OuterParenthesesGo(string expression, string expected) => Assert.That(CStyleKernel.Bare(expression), Is.EqualTo(expected));

    [Test]
    public void AnOpThatItDoesNotTakeIsNamed()
    {
        var address = At(Param(0, DType.Float32, 1), Int(0));
        var program = Program("sine", 1, Store(address, UOp.Alu(Ops.Sin, Load(address))));

        var error = Assert.Throws<BackendException>(() => new ClangRenderer().Render(program))!;
        Assert.That(error.Message, Does.Contain("TEN4005").And.Contain("sine").And.Contain("Sin"));
    }

    [Test]
    public void ArithmeticOnHalvesIsRefused()
    {
        var address = At(Param(0, DType.Float16, 1), Int(0));
        var program = Program("halves", 1, Store(address, UOp.Alu(Ops.Add, Load(address), Load(address))));

        var error = Assert.Throws<BackendException>(() => new ClangRenderer().Render(program))!;
        Assert.That(error.Message, Does.Contain("halves").And.Contain("Add").And.Contain("float16"));
    }
}
