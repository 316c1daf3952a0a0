using Tenon.Compiler.Tests.Search;
using Tenon.Core;
using Tenon.Core.Backend;

namespace Tenon.Compiler.Tests;

/// <summary>Which register tiles of a product fit into 32 vector registers.</summary>
internal sealed class RegisterTileTests
{
    private const int Lanes = 16;

    [TestCase(14, 2, 1, ExpectedResult = true)]
    [TestCase(8, 3, 1, ExpectedResult = true)]
    [TestCase(8, 3, 2, ExpectedResult = true)]
    [TestCase(14, 2, 2, ExpectedResult = false, Description = "four vectors of the panel wait")]
    [TestCase(7, 4, 1, ExpectedResult = false, Description = "so do they here")]
    [TestCase(15, 2, 1, ExpectedResult = false)]
    public bool Fits(int rows, int vectors, int turns)
    {
        var view = new CodeGeneratorView(
            new CodeGeneratorTarget
            {
                VectorBytes = Lanes * 4,
                VectorRegisters = 32,
                Fingerprint = "test",
                ExtraOps = CodeGeneratorTarget.VectorOps | new OpSet(Ops.MulAcc),
                DTypes = new Dictionary<DType, DTypeSupport> { [DType.Float32] = DTypeSupport.Storage | DTypeSupport.Arithmetic | DTypeSupport.Vector },
            },
            new Capabilities { DTypes = new Dictionary<DType, DTypeSupport> { [DType.Float32] = DTypeSupport.Storage | DTypeSupport.Arithmetic } });
        var nest = new LoopNest(SearchKernels.MatMul(420, 64, 960));
        UOp[] ranges = [.. nest.Ranges];
        var plan = new LoopPlan(ranges).WithLanes(Array.FindIndex(ranges, r => r[0].Max == 960), Lanes);
        (plan.Copies[Array.FindIndex(ranges, r => r[0].Max == 420)], plan.Copies[Array.FindIndex(ranges, r => r[0].Max == 960)], plan.Copies[Array.FindIndex(ranges, r => r[0].Max == 64)]) = (rows, vectors, turns);
        return new KernelCost(nest.Order, ranges, view).Fits(plan);
    }
}
