using Tenon.Core;
using Tenon.Core.Backend;

namespace Tenon.Compiler.Tests;

/// <summary>Where an index of a kernel needs 64 bits, all have them, and as many lanes as there are numbers of 32 bits don't fit a vector.</summary>
public sealed class WideIndexTests
{
    [Test]
    public void AnIndexThatBecomesDataIsNoVector()
    {
        // y[r] = r == x[0], beside a copy of the last of more elements than 32 bits count.
        const long Many = 1L << 33;
        var (x, y, huge) = (Param(0, DType.Int32, 1), Param(1, DType.Float32, 256), Param(2, DType.Float32, Many));
        var (loop, first) = (UOp.Range(UOp.Index(256), 0), UOp.Range(UOp.Index(2), 1));
        var isEqual = UOp.Alu(Ops.CmpEq, loop.Cast(DType.Int32), Load(x, UOp.Index(0)));
        var far = IndexMath.Mul(first, UOp.Index(Many - 1));
        var kernel = UOp.Sink(
            [
                UOp.New(Ops.End, DType.Void, [UOp.New(Ops.Store, DType.Void, [At(y, loop), isEqual.Cast(DType.Float32)]), loop]),
                UOp.New(Ops.End, DType.Void, [UOp.New(Ops.Store, DType.Void, [At(huge, far), UOp.Const(DType.Float32, 1)]), first]),
            ],
            new KernelArg("wide"));
        var support = DTypeSupport.Storage | DTypeSupport.Arithmetic | DTypeSupport.Vector;
        var device = new Capabilities { DTypes = DType.Native.ToDictionary(d => d, _ => support) };
        var target = new CodeGeneratorTarget { DTypes = DType.Native.ToDictionary(d => d, _ => support), ExtraOps = CodeGeneratorTarget.VectorOps, VectorBytes = 64, Fingerprint = "test" };
        var program = KernelCompiler.Compile(kernel, device, target);
        Assert.Multiple(() =>
        {
            Assert.That(program.Ops.Where(u => u.Op == Ops.Range).Select(u => u.DType), Has.All.EqualTo(DType.Int64));
            Assert.That(program.Ops.Any(u => u.DType.IsVector), "it is worth vectors");
            Assert.That(program.Ops.Where(u => u.DType.Bytes > 64), Is.Empty);
        });

        static UOp Param(int slot, DType dtype, long size) => UOp.New(Ops.Param, dtype, [], new ParamArg(slot, size));
        static UOp At(UOp array, UOp index) => UOp.New(Ops.Index, array.DType, [array, index]);
        static UOp Load(UOp array, UOp index) => UOp.New(Ops.Load, array.DType, [At(array, index)]);
    }
}
