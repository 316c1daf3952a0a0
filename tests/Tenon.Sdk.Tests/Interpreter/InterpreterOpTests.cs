using Tenon.Core;
using Tenon.Core.Backend;
using Tenon.Sdk.Interpreter;
using Tenon.Tests.Shared;
using static Tenon.Tests.Shared.Kernels;

namespace Tenon.Sdk.Tests.Interpreter;

/// <summary>The interpreter gives what docs/linear-ir.md says.</summary>
internal sealed class InterpreterOpTests
{
    private static IEnumerable<OpCase> Cases() => OpCases.For(new InterpreterGenerator(new InterpreterOptions()).Target);

    [TestCaseSource(nameof(Cases))]
    public void OpsMatchDotNet(OpCase test)
    {
        var buffers = test.Buffers;
        InterpreterRunner.Run(test.Program, buffers);
        Assert.That(test.Differences(buffers).Take(20), Is.Empty);
    }

    // The product lies between two numbers; what is added is too little for a float32 to show, and says which of them is nearer.
    [Test]
    public void MulAccOfHalvesRoundsOnce()
    {
        Assert.That(MulAcc<Half>(DType.Float16, [(Half)1.5f, (Half)1025f, (Half)(-6e-8f)]), Is.EqualTo((Half)1537f));
        Assert.That(MulAcc<Half>(DType.Float16, [(Half)3f, (Half)1027f, (Half)(-6e-8f)]), Is.EqualTo((Half)3080f));
        Assert.That(MulAcc<Half>(DType.Float16, [(Half)3f, (Half)1027f, (Half)6e-8f]), Is.EqualTo((Half)3082f));
        Assert.That(MulAcc<BFloat>(DType.BFloat16, [BFloat.From(1.5f), BFloat.From(131f), BFloat.From(1e-20f)]), Is.EqualTo(BFloat.From(197f)));
        Assert.That(MulAcc<BFloat>(DType.BFloat16, [BFloat.From(1.5f), BFloat.From(131f), BFloat.From(-1e-20f)]), Is.EqualTo(BFloat.From(196f)));
    }

    [Test]
    public void LanesOfSeveralGroupsHaveTheirIndices()
    {
        // 2 x 3 groups of 4 x 2 lanes: each writes its indices as digits.
        var program = WithLanes(
            new GridSize(2, 3),
            new GridSize(4, 2),
            Store(
                At(Param(0, DType.Int32, 48), Number([("gid0", 2, 0), ("gid1", 3, 1)], [("lid0", 4, 0), ("lid1", 2, 1)], [1, 2, 6, 24])),
                Number([("gid0", 2, 0), ("gid1", 3, 1)], [("lid0", 4, 0), ("lid1", 2, 1)], [1, 10, 100, 1000])));
        var result = new byte[48 * 4];
        InterpreterRunner.Run(program, result);

        var expected = from l1 in Enumerable.Range(0, 2) from l0 in Enumerable.Range(0, 4) from g1 in Enumerable.Range(0, 3) from g0 in Enumerable.Range(0, 2) select g0 + 10 * g1 + 100 * l0 + 1000 * l1;
        Assert.That(InterpreterRunner.Values<int>(result), Is.EqualTo(expected));
    }

    [Test]
    public void LoopsOfLanesEndEachAtItsOwnTime()
    {
        // Lane i of 40 adds up 0 … i-1.
        var lane = Lane(40);
        var (sum, range) = (Accumulator(Int(0), 0), Range(lane, 0));
        var program = WithLanes(
            new GridSize(3),
            new GridSize(40),
            sum,
            Assign(sum, UOp.Alu(Ops.Add, sum, range)),
            End(range),
            Store(At(Param(0, DType.Int32, 120), UOp.Alu(Ops.Add, UOp.Alu(Ops.Mul, Group(3), Int(40)), lane)), sum));
        var result = new byte[120 * 4];
        InterpreterRunner.Run(program, result);
        Assert.That(InterpreterRunner.Values<int>(result), Is.EqualTo(Enumerable.Range(0, 120).Select(i => i % 40 * (i % 40 - 1) / 2)));
    }

    [Test]
    public void LanesExchangeThroughLocalMemoryAndInSubgroups()
    {
        // Each of 64 lanes: the value of its mirror image, and of the lane beside.
        var lane = Lane(64);
        var value = Load(At(Param(0, DType.Float32, 64), lane));
        var local = Local(DType.Float32, 64);
        var program = WithLanes(
            new GridSize(1),
            new GridSize(64),
            Store(At(local, lane), value),
            Barrier(),
            Store(At(Param(1, DType.Float32, 64), lane), Load(At(local, UOp.Alu(Ops.Sub, Int(63), lane)))),
            Store(At(Param(2, DType.Float32, 64), lane), UOp.New(Ops.LaneXor, DType.Float32, [value], 1)));
        float[] numbers = [.. Enumerable.Range(0, 64).Select(i => i * 0.5f)];
        byte[][] buffers = [InterpreterRunner.Bytes<float>(numbers), new byte[256], new byte[256]];
        InterpreterRunner.Run(program, buffers);
        Assert.Multiple(() =>
        {
            Assert.That(InterpreterRunner.Values<float>(buffers[1]), Is.EqualTo(numbers.Reverse()));
            Assert.That(InterpreterRunner.Values<float>(buffers[2]), Is.EqualTo(numbers.Select((_, i) => numbers[i ^ 1])));
        });
    }

    private static T MulAcc<T>(DType dtype, T[] numbers) where T : unmanaged
    {
        var sources = Enumerable.Range(0, 3).Select(i => Load(At(Param(0, dtype, 3), Int(i)))).ToArray();
        var result = new byte[2];
        InterpreterRunner.Run(Program("once", 1, Store(At(Param(1, dtype, 1), Int(0)), UOp.New(Ops.MulAcc, dtype, sources))), InterpreterRunner.Bytes<T>(numbers), result);
        return InterpreterRunner.Values<T>(result)[0];
    }

    private static UOp Number((string Name, int Size, int Dimension)[] groups, (string Name, int Size, int Dimension)[] lanes, int[] weights)
    {
        var parts = groups.Select(g => (Special(g.Name, g.Size, SpecialKind.Group, g.Dimension))).Concat(lanes.Select(l => Special(l.Name, l.Size, SpecialKind.Lane, l.Dimension)));
        return parts.Select((p, i) => UOp.Alu(Ops.Mul, p, Int(weights[i]))).Aggregate((a, b) => UOp.Alu(Ops.Add, a, b));
    }
}
