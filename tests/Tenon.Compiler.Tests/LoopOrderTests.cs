using Tenon.Compiler.Tests.Search;
using Tenon.Core;
using Tenon.Core.Backend;

namespace Tenon.Compiler.Tests;

/// <summary>Which loop runs innermost where nothing is blocked.</summary>
internal sealed class LoopOrderTests
{
    /// <summary>
    /// Two convolutions that are added, one of every second pixel: rows of pixels are small steps through both pictures, channels read all their
    /// weights anew. Pixels that one line has are not a line each.
    /// </summary>
    [Test]
    public void WeightsStayWhilePixelsPass()
    {
        var sum = Tensor.Empty([1, 128, 7, 7]).Conv2d(Tensor.Empty([512, 128, 1, 1])) + Tensor.Empty([1, 256, 14, 14]).Conv2d(Tensor.Empty([512, 256, 1, 1]), stride: 2);
        var kernel = SearchKernels.Of(sum).Single();
        var weights = kernel.TopologicalOrder().Where(static u => u.Op == Ops.Param && u.ArgAs<ParamArg>().Size is 512 * 128 or 512 * 256).Select(static u => u.ArgAs<ParamArg>().Slot).ToHashSet();
        var nest = new LoopNest(RangeMerging.Apply(kernel)) { Constants = weights };
        Heuristic.Change(nest, Target());
        Assert.That(nest.Kept, Has.Count.EqualTo(2));
        Assert.That(nest.Applied.Where(static o => o.Kind == OptKind.Innermost), Is.Empty);
    }

    private static CodeGeneratorView Target() => new(
        new CodeGeneratorTarget
        {
            VectorBytes = 64,
            VectorRegisters = 32,
            Fingerprint = "test",
            ExtraOps = CodeGeneratorTarget.VectorOps | new OpSet(Ops.MulAcc, Ops.Shuffle),
            DTypes = new Dictionary<DType, DTypeSupport> { [DType.Float32] = DTypeSupport.Storage | DTypeSupport.Arithmetic | DTypeSupport.Vector },
        },
        new Capabilities { DTypes = new Dictionary<DType, DTypeSupport> { [DType.Float32] = DTypeSupport.Storage | DTypeSupport.Arithmetic }, L1CacheBytes = 32 << 10, L2CacheBytes = 1 << 20 });
}
