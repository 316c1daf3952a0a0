using System.Runtime.InteropServices;
using Tenon.Core;
using Tenon.Core.Backend;
using Tenon.Sdk.Targets;
using Tenon.Tests.Shared;
using static Tenon.Tests.Shared.Kernels;

namespace Tenon.Sdk.Tests.Shim;

/// <summary>What the text of CUDA, HIP and Metal computes, compiled for this processor, is what docs/linear-ir.md says.</summary>
[Parallelizable(ParallelScope.All)]
internal sealed class ShimSemanticsTests
{
    private static readonly string[] Targets = ["CUDA:sm_90", "CUDA:sm_70", "HIP:gfx1100", "HIP:gfx942", "METAL"];

    [Test]
    public void OpsMatchDotNet([Values("CUDA:sm_90", "HIP:gfx1100", "METAL")] string name)
    {
        ShimCompiler.RequireClang();
        var target = KnownTarget.Find(name);
        OpCase[] cases = [.. OpCases.For(target.Target)];
        using var library = Compile(target, [.. cases.Select(c => c.Program)]);
        for (var i = 0; i < cases.Length; i++)
        {
            var buffers = cases[i].Buffers;
            library.Run(i, buffers);
            Assert.That(cases[i].Differences(buffers).Take(20), Is.Empty);
        }
    }

    [TestCaseSource(nameof(Targets))]
    public void LanesShareLocalArraysAndWaitForEachOther(string name)
    {
        // Each lane stores, waits, and reads what the lane on the other side has stored.
        var (input, output) = (Param(0, DType.Float32, 128), Param(1, DType.Float32, 128));
        var (group, lane) = (GroupIndex(2), LaneIndex(64));
        var local = UOp.New(Ops.Local, DType.Float32, [], new LocalArg(0, 64, 64));
        var place = UOp.Alu(Ops.Add, UOp.Alu(Ops.Mul, group, Int(64)), lane);
        var program = Program("reverse", 2,
            Store(At(local, UOp.Alu(Ops.Sub, Int(63), lane)), Load(At(input, place))),
            UOp.New(Ops.Barrier, DType.Void, []),
            Store(At(output, place), Load(At(local, lane))));
        var buffers = new[] { MemoryMarshal.AsBytes<float>([.. Enumerable.Range(0, 128)]).ToArray(), new byte[512] };
        Run(name, program, buffers);

        Assert.That(MemoryMarshal.Cast<byte, float>(buffers[1]).ToArray(), Is.EqualTo(Enumerable.Range(0, 128).Select(i => (float)(i / 64 * 64 + 63 - i % 64))));
    }

    [Test]
    public void LanesExchangeValuesOfEveryType([ValueSource(nameof(Targets))] string name)
    {
        const int Lanes = 64;
        var target = KnownTarget.Find(name);
        var dtypes = target.Target.DTypes.Keys.ToArray();
        var lane = LaneIndex(Lanes);
        var stores = dtypes.Select((d, i) =>
        {
            var value = Load(At(Param(2 * i, d, Lanes), lane));
            return Store(At(Param(2 * i + 1, d, Lanes), lane), UOp.New(Ops.LaneXor, d, [value], 5));
        });
        var values = dtypes.Select(d => Enumerable.Range(0, Lanes).Select(i => Reference.Cast((long)(i * 37 % 101), d)).ToArray()).ToArray();
        var buffers = dtypes.SelectMany((d, i) => new[] { Elements.ToBytes(d, values[i]), new byte[Lanes * d.Bytes] }).ToArray();
        Run(name, Program("exchange", 1, [.. stores]), buffers);

        Assert.Multiple(() =>
        {
            for (var i = 0; i < dtypes.Length; i++)
            {
                var expected = Elements.ToBytes(dtypes[i], [.. Enumerable.Range(0, Lanes).Select(l => values[i][l ^ 5])]);
                Assert.That(buffers[2 * i + 1], Is.EqualTo(expected), dtypes[i].Name);
            }
        });
    }

    [TestCaseSource(nameof(Targets))]
    public void VariablesAndGatesArriveAsTheyShould(string name)
    {
        const int Wild = 1 << 29;
        var (input, output) = (Param(0, DType.Float32, 4), Param(1, DType.Float32, 8));
        var n = UOp.New(Ops.Variable, DType.Int32, [], new VariableArg("n", 0, 8));
        var m = UOp.New(Ops.Variable, DType.Int64, [], new VariableArg("m", 0, 8));
        var lane = LaneIndex(8);
        var inside = UOp.Alu(Ops.CmpLt, lane, n);
        var far = UOp.Alu(Ops.Add, lane, UOp.Where(inside, Int(0), Int(Wild)));
        var value = UOp.Alu(Ops.Add, LoadIf(At(input, far), inside, UOp.Const(DType.Float32, -1)), m.Cast(DType.Float32));
        var program = Program("gates", 1, StoreIf(At(output, far), value, inside));
        var buffers = new[] { MemoryMarshal.AsBytes<float>(new float[] { 1, 2, 3, 4 }).ToArray(), new byte[32] };
        Run(name, program, buffers, 3, 100);

        Assert.That(MemoryMarshal.Cast<byte, float>(buffers[1]).ToArray(), Is.EqualTo(new float[] { 101, 102, 103, 0, 0, 0, 0, 0 }));
    }

    [Test]
    public void ABarrierThatNotAllLanesComeToIsFound()
    {
        var (output, lane) = (Param(0, DType.Int32, 8), LaneIndex(8));
        var loop = Range(lane, 0);
        var program = Program("divergent", 1, loop, UOp.New(Ops.Barrier, DType.Void, []), End(loop), Store(At(output, lane), lane));

        Assert.That(() => Run("CUDA:sm_90", program, [new byte[32]]), Throws.InvalidOperationException.With.Message.Contains("barrier"));
    }

    private static void Run(string name, LinearProgram program, byte[][] buffers, params long[] variables)
    {
        ShimCompiler.RequireClang();
        using var library = Compile(KnownTarget.Find(name), program);
        library.Run(0, buffers, variables);
    }

    private static ShimLibrary Compile(KnownTarget target, params IReadOnlyList<LinearProgram> programs) =>
        new(ShimCompiler.Compile(target, [.. programs.Select(p => (p, target.Render(p)))]));

    private static UOp GroupIndex(long size) => UOp.New(Ops.Special, DType.Int32, [], new SpecialArg("gid0", size));

    private static UOp LaneIndex(long size) => UOp.New(Ops.Special, DType.Int32, [], new SpecialArg("lid0", size) { Kind = SpecialKind.Lane });
}
