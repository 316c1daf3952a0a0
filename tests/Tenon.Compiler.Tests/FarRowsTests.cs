using Tenon.Compiler.Tests.Search;
using Tenon.Core;
using Tenon.Core.Backend;

namespace Tenon.Compiler.Tests;

/// <summary>How rows that no cache holds are read where all are multiplied with the same vector.</summary>
internal sealed class FarRowsTests
{
    private const int LineBytes = 64;

    /// <summary>A few side by side, so that they share what they are multiplied with, a line of each at a time.</summary>
    [Test]
    public void RowsAreReadSideBySide()
    {
        var dtypes = new Dictionary<DType, DTypeSupport> { [DType.Float32] = DTypeSupport.Storage | DTypeSupport.Arithmetic | DTypeSupport.Vector };
        var target = new CodeGeneratorTarget { VectorBytes = LineBytes, VectorRegisters = 32, Fingerprint = "test", ExtraOps = CodeGeneratorTarget.VectorOps | new OpSet(Ops.MulAcc), DTypes = dtypes };
        var view = new CodeGeneratorView(target, new Capabilities { DTypes = dtypes, L1CacheBytes = 1 << 15, L2CacheBytes = 1 << 16, L3CacheBytes = 1 << 18 });
        var nest = LoopNest.Of(SearchKernels.MatMul(512, 1024, 1), view);
        UOp[] ranges = [.. nest.Ranges];
        var (row, term) = (Array.FindIndex(ranges, r => r[0].Max == 512), Array.FindIndex(ranges, r => r[0].Max == 1024));
        var plan = PlanSearch.Best(nest, view)!;
        Assert.Multiple(() =>
        {
            Assert.That(plan.Copies[row], Is.InRange(2, 8));
            Assert.That(plan.Lanes[term] * plan.Copies[term] * DType.Float32.Bytes, Is.InRange(16, LineBytes));
        });
    }
}
