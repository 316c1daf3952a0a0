using Tenon.Core;
using Tenon.Core.Backend;
using Tenon.Sdk.Interpreter;
using Tenon.Sdk.TensorCores;

namespace Tenon.Compiler.Tests;

/// <summary>Products of matrices by tensor cores, run by the interpreter with the layout of each.</summary>
[Parallelizable(ParallelScope.All)]
public sealed class TensorCoreTests
{
    private static IEnumerable<string> Names => TensorCoreList.All.Select(c => c.Name);

    /// <summary>One block of each matrix.</summary>
    [Test]
    public void OneBlock([ValueSource(nameof(Names))] string core) => Check(CoreMatMul.Of(core, static c => (c.M, c.N, c.K), batch: 1));

    /// <summary>Several blocks along each loop, and several products.</summary>
    [Test]
    public void BlocksOfSeveralProducts([ValueSource(nameof(Names))] string core) =>
        Check(CoreMatMul.Of(core, static c => (c.M * (c.N > 64 ? 1 : 4), c.N * (c.M > 32 ? 1 : 6), c.K * 3), batch: 2));

    /// <summary>Blocks that the matrices don't fill.</summary>
    [Test]
    public void BlocksThatAreNotFilled([ValueSource(nameof(Names))] string core) => Check(CoreMatMul.Of(core, static c => (c.M + c.M - 3, c.N - 1, c.K + c.K / 2 + 1), batch: 1));

    /// <summary>The factor with the columns is transposed, what is stored is computed from the sum, and a sum runs over two loops.</summary>
    [Test]
    public void FactorsAndResultsOfOtherForms([ValueSource(nameof(Names))] string core)
    {
        Check(CoreMatMul.Of(core, static c => (c.M, c.N * 2, c.K * 2), batch: 1) with { IsTransposed = true });
        Check(CoreMatMul.Of(core, static c => (c.M, c.N, c.K), batch: 1) with { IsTransposed = true, Outer = 3 });
    }

    /// <summary>Bits that the core doesn't read are lost only where fast maths is asked for.</summary>
    [Test]
    public void CoresThatLoseBitsAreOnlyForFastMaths()
    {
        var product = CoreMatMul.Of("mma.m16n8k8.f32.tf32", static c => (c.M, c.N, c.K), batch: 1);
        Assert.That(product.Compile().Ops.Select(o => o.Op), Has.Member(Ops.Wmma));
        Assert.That((product with { FastMath = false }).Compile().Ops.Select(o => o.Op), Has.No.Member(Ops.Wmma));
        (product with { FastMath = false }).Run();
    }

    /// <summary>What a lane holds of a matrix is a vector.</summary>
    [Test]
    public void ATargetWithoutVectorsUsesNoCore()
    {
        var product = CoreMatMul.Of("mma.m16n8k16.f32.f16", static c => (c.M, c.N, c.K), batch: 1) with { VectorBytes = 0 };
        Assert.That(product.Run().Ops.Select(o => o.Op), Has.No.Member(Ops.Wmma));
    }

    /// <summary>A change that a kernel doesn't allow is refused with the reason.</summary>
    [Test]
    public void WhatIsNotLegalIsRefusedWithTheReason()
    {
        var product = CoreMatMul.Of("mma.m16n8k16.f32.f16", static c => (c.M, c.N, c.K), batch: 1);
        Assert.Multiple(() =>
        {
            Assert.That(WhyNot(new Opt(OptKind.TensorCore, 4, 1)), Does.Contain("the target has 1 tensor cores"));
            Assert.That(WhyNot(new Opt(OptKind.TensorCore, 2, 0)), Does.Contain("it isn't a loop of literal length over which both factors are summed"));
            Assert.That(product.Changed(new Opt(OptKind.Lane, 2, 4)).ProductFor(new Opt(OptKind.TensorCore, 4, 0)).WhyNot, Does.Contain("lanes share the work already"));
            Assert.That(product.Changed(new Opt(OptKind.Stage, -1, 0)).ProductFor(new Opt(OptKind.TensorCore, 4, 0)).WhyNot, Does.Contain("in which nothing is staged"));
            Assert.That((product with { M = 1 }).Changed().ProductFor(new Opt(OptKind.TensorCore, 4, 0)).WhyNot, Does.Contain("no loop of literal length changes one of the factors only"));
            Assert.That(WhyNot(new Opt(OptKind.TensorCore, 4, 0), new Opt(OptKind.TensorCore, 4, 0)), Does.Contain("the kernel doesn't have that loop").Or.Contain("it takes the only sum"));
        });
        product.Run(new Opt(OptKind.TensorCore, 4, 0));

        string? WhyNot(params Opt[] opts) => Assert.Catch<TenonException>(() => product.Compile(opts))?.Message;
    }

    /// <summary>Loops over blocks are changed like others.</summary>
    [Test]
    public void LoopsOverBlocksBecomeTilesAndLanes()
    {
        var product = CoreMatMul.Of("mma.m16n8k16.f32.f16", static c => (c.M * 4, c.N * 4, c.K * 4), batch: 1);
        product.Run(new Opt(OptKind.TensorCore, 4, 0), new Opt(OptKind.Unroll, 1, 2), new Opt(OptKind.Unroll, 2, 4), new Opt(OptKind.Unroll, 4, 2), new Opt(OptKind.Global, 1));
        product.Run(new Opt(OptKind.TensorCore, 4, 0), new Opt(OptKind.Global, 1), new Opt(OptKind.Tile, 4, 2));
    }

    private static void Check(CoreMatMul product) => Assert.That(product.Run().Ops.Select(o => o.Op), Has.Member(Ops.Wmma));
}
