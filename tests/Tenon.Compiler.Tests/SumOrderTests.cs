using Tenon.Core;
using Tenon.Core.Backend;

namespace Tenon.Compiler.Tests;

/// <summary>In which order the terms of a sum that is written out are loaded.</summary>
public sealed class SumOrderTests
{
    /// <summary>Processors fetch ahead of what is read forwards.</summary>
    [Test]
    public void TermsAreLoadedInTheOrderOfMemory([Values(2, 5)] int rows, [Values] bool fused)
    {
        // y[i] = Σₖ a[i, k] · x[k]
        const int Terms = 4, Length = 64;
        var (row, term) = (UOp.Range(UOp.Index(2 * rows), 0), UOp.Range(UOp.Index(Length), 1, RangeKind.Reduce));
        var product = UOp.Alu(Ops.Mul, Load(1, IndexMath.Add(IndexMath.Mul(row, UOp.Index(Length)), term)), Load(2, term));
        var sum = UOp.New(Ops.Reduce, DType.Float32, [product, term], new ReduceArg(Ops.Add, Axes.None));
        var kernel = UOp.Sink([UOp.New(Ops.End, DType.Void, [UOp.New(Ops.Store, DType.Void, [At(0, row), sum]), row])], new KernelArg("sums"));
        var dtypes = DType.Native.ToDictionary(d => d, _ => DTypeSupport.Storage | DTypeSupport.Arithmetic);
        var target = new CodeGeneratorTarget { DTypes = dtypes, ExtraOps = fused ? new OpSet(Ops.MulAcc) : default, Fingerprint = "test" };
        var options = new CompilerOptions { Opts = [new Opt(OptKind.Unroll, 0, rows), new Opt(OptKind.Unroll, 1, Terms)] };
        var program = KernelCompiler.Compile(kernel, new Capabilities { DTypes = dtypes }, target, options);
        var loads = program.Ops.Where(u => u.Op == Ops.Load && u[0].Memory.ArgAs<ParamArg>().Slot == 1);
        Assert.That(loads.Select(u => u[0][0].Op == Ops.Index ? u[0][1].Max : 0), Is.EqualTo(Enumerable.Range(0, rows * Terms).Select(i => i / Terms * Length + i % Terms)));
    }

    private static UOp At(int slot, UOp index) => UOp.New(Ops.Index, DType.Float32, [UOp.New(Ops.Param, DType.Float32, [], new ParamArg(slot, 1024)), index]);

    private static UOp Load(int slot, UOp index) => UOp.New(Ops.Load, DType.Float32, [At(slot, index)]);
}
