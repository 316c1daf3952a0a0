using Tenon.Core;
using Tenon.Core.Backend;
using Tenon.Sdk.Llvm;
using static Tenon.Tests.Shared.Kernels;

namespace Tenon.Sdk.Tests.Llvm;

/// <summary>The text of kernels; needs no LLVM.</summary>
internal sealed class LlvmRendererTests
{
    [Test]
    public void ADotProductKeepsItsVectors()
    {
        var (a, b, c) = (Param(0, DType.Float32, 64), Param(1, DType.Float32, 64), Param(2, DType.Float32, 8));
        var acc = Accumulator(UOp.Const(DType.Float32.Vec(4), 0), 0);
        var i = Range(Int(16), 0);
        var offset = UOp.Alu(Ops.Mul, i, Int(4));
        var sum = Assign(acc, UOp.New(Ops.MulAcc, acc.DType, [Load(At(a, offset), 4), Load(At(b, offset), 4), acc]));
        var source = new LlvmHostRenderer(512).Render(Program("dot", 1, acc, i, sum, End(i), Store(At(c, Special(1)), sum)));

        Assert.That(source, Is.EqualTo("""
            define void @dot(ptr readonly %buffers, ptr readonly %variables, i64 %begin, i64 %end, ptr noalias %local) #0 {
            entry:
              %acc0 = alloca <4 x float>
              %v0 = getelementptr ptr, ptr %buffers, i64 0
              %v1 = load ptr, ptr %v0
              %v2 = getelementptr ptr, ptr %buffers, i64 1
              %v3 = load ptr, ptr %v2
              %v4 = getelementptr ptr, ptr %buffers, i64 2
              %v5 = load ptr, ptr %v4
              %v6 = icmp slt i64 %begin, %end
              br i1 %v6, label %before0, label %after0
            before0:
              br label %loop0
            loop0:
              %i0 = phi i64 [ %begin, %before0 ], [ %next0, %turn0 ]
              %v7 = trunc i64 %i0 to i32
              store <4 x float> <float 0x0000000000000000, float 0x0000000000000000, float 0x0000000000000000, float 0x0000000000000000>, ptr %acc0
              br label %before1
            before1:
              br label %loop1
            loop1:
              %i1 = phi i32 [ 0, %before1 ], [ %next1, %turn1 ]
              %v8 = mul nsw i32 %i1, 4
              %v9 = getelementptr float, ptr %v1, i32 %v8
              %v10 = load <4 x float>, ptr %v9, align 4
              %v11 = getelementptr float, ptr %v3, i32 %v8
              %v12 = load <4 x float>, ptr %v11, align 4
              %v13 = load <4 x float>, ptr %acc0
              %v14 = call <4 x float> @llvm.fma.v4f32(<4 x float> %v10, <4 x float> %v12, <4 x float> %v13)
              store <4 x float> %v14, ptr %acc0
              br label %turn1
            turn1:
              %next1 = add nuw nsw i32 %i1, 1
              %v15 = icmp slt i32 %next1, 16
              br i1 %v15, label %loop1, label %after1
            after1:
              %v16 = getelementptr float, ptr %v5, i32 %v7
              %v17 = load <4 x float>, ptr %acc0
              store <4 x float> %v17, ptr %v16, align 4
              br label %turn0
            turn0:
              %next0 = add nuw nsw i64 %i0, 1
              %v18 = icmp slt i64 %next0, %end
              br i1 %v18, label %loop0, label %after0
            after0:
              ret void
            }

            declare <4 x float> @llvm.fma.v4f32(<4 x float>, <4 x float>, <4 x float>)
            attributes #0 = { nounwind "no-builtins" "stackrealign" "prefer-vector-width"="512" "min-legal-vector-width"="512" }

            """.ReplaceLineEndings("\n")));
    }

    [Test]
    public void AnOpThatItDoesNotTakeIsNamed()
    {
        var address = At(Param(0, DType.Float32, 1), Int(0));
        var program = Program("sine", 1, Store(address, UOp.Alu(Ops.Sin, Load(address))));

        var error = Assert.Throws<BackendException>(() => new LlvmHostRenderer(512).Render(program))!;
        Assert.That(error.Message, Does.Contain("TEN4005").And.Contain("sine").And.Contain("Sin"));
    }
}
