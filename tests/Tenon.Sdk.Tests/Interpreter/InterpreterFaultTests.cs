using Tenon.Core;
using Tenon.Core.Backend;
using Tenon.Sdk.Interpreter;
using static Tenon.Tests.Shared.Kernels;

namespace Tenon.Sdk.Tests.Interpreter;

/// <summary>What no program may do is reported, with kernel, op, lane, group and element.</summary>
internal sealed class InterpreterFaultTests
{
    private static readonly UOp Me = Lane(32);
    private static readonly UOp Array = Local(DType.Int32, 32);

    [Test]
    public void ReadingBeyondABuffer() => Fails(
        "TEN4201",
        "lane 8 of group 0: reads element 8 of buffer 0 (int32), which has 8 elements",
        Store(At(Param(1, DType.Int32, 32), Me), Load(At(Param(0, DType.Int32, 8), Me))));

    [Test]
    public void WritingBeforeAnArray() => Fails(
        "TEN4201",
        "lane 0 of group 0: writes element -1 of local array 0",
        Store(At(Array, UOp.Alu(Ops.Sub, Me, Int(1))), Me));

    [Test]
    public void VectorsThatEndBeyondABuffer() => Fails(
        "TEN4201",
        "lane 31 of group 0: reads elements 31 to 32 of buffer 0",
        Store(At(Param(1, DType.Int32, 32), Me), Extract(Load(At(Param(0, DType.Int32, 32), Me), 2), 1)));

    [Test]
    public void WhatAGateKeepsFromHappeningIsNoFault()
    {
        var isFirst = UOp.Alu(Ops.CmpLt, Me, Int(8));
        var result = new byte[32];
        InterpreterRunner.Run(
            WithLanes(new GridSize(1), new GridSize(32), StoreIf(At(Param(1, DType.Int32, 8), Me), LoadIf(At(Param(0, DType.Int32, 8), Me), isFirst, Int(7)), isFirst)),
            InterpreterRunner.Bytes(1, 2, 3, 4, 5, 6, 7, 8),
            result);
        Assert.That(InterpreterRunner.Values<int>(result), Is.EqualTo(Enumerable.Range(1, 8)));
    }

    [Test]
    public void ReadingWhatAnotherLaneWroteBeforeABarrier() => Fails(
        "TEN4202",
        "lane 0 of group 0: reads element 31 of local array 0 (int32, at byte 0), which lane 31 of group 0 wrote with no barrier between",
        Store(At(Array, Me), Me),
        Store(At(Param(0, DType.Int32, 32), Me), Load(At(Array, UOp.Alu(Ops.Sub, Int(31), Me)))));

    [Test]
    public void WritingWhatAnotherLaneReadSinceTheBarrier()
    {
        var read = Load(At(Array, UOp.Alu(Ops.Sub, Int(31), Me)));
        Fails("TEN4202", "which lane 31 of group 0 read with no barrier", Store(At(Array, Me), Me), Barrier(), Store(At(Array, Me), read));
    }

    [Test]
    public void TwoLanesWritingDifferentValues() => Fails(
        "TEN4202",
        "lane 1 of group 0: writes element 0 of local array 0 (int32, at byte 0), which lane 0 of group 0 wrote another value",
        Store(At(Array, Int(0)), Me));

    [Test]
    public void TwoLanesWritingTheSameIsNoFault() => InterpreterRunner.Run(
        WithLanes(new GridSize(1), new GridSize(32), Store(At(Array, Int(0)), Int(5)), Barrier(), Store(At(Param(0, DType.Int32, 32), Me), Load(At(Array, Int(0))))),
        new byte[128]);

    [Test]
    public void GroupsWritingDifferentValuesToOneElement() => Fails(
        "TEN4203",
        "lane 1 of group 0: writes element 0 of buffer 0 (int32), which lane 0 of group 0 writes with another value",
        Store(At(Param(0, DType.Int32, 32), Int(0)), Me));

    [Test]
    public void ReadingWhatAnotherLaneOfTheLaunchWrites() => Fails(
        "TEN4203",
        "in the same launch",
        Store(At(Param(0, DType.Int32, 32), Me), Load(At(Param(0, DType.Int32, 32), UOp.Alu(Ops.Sub, Int(31), Me)))));

    [Test]
    public void ABarrierThatSomeLanesMiss()
    {
        var range = Range(Me, 0);
        Fails("TEN4204", "lane 1 of group 0: waits at a barrier to which lane 0 doesn't come", range, Barrier(), End(range));
    }

    [Test]
    public void ReadingLocalMemoryThatNoLaneWrote() => Fails(
        "TEN4205",
        "lane 0 of group 0: reads element 0 of local array 0 (int32, at byte 0), which no lane has written",
        Store(At(Param(0, DType.Int32, 32), Me), Load(At(Array, Me))));

    [Test]
    public void ReadingLocalMemoryThatAnotherArrayHad() => Fails(
        "TEN4205",
        "which no lane has written since another array had the memory",
        Store(At(Array, Me), Me),
        Barrier(),
        Store(At(Param(0, DType.Int32, 32), Me), Load(At(UOp.New(Ops.Local, DType.Int32, [], new LocalArg(1, 16)), Me))));

    [Test]
    public void ReadingABufferThatNothingWrote()
    {
        var program = WithLanes(new GridSize(1), new GridSize(32), Store(At(Param(1, DType.Int32, 32), Me), Load(At(Param(0, DType.Int32, 32), Me))));
        var error = Assert.Throws<BackendException>(() => InterpreterRunner.Run(program, null, new byte[128]))!;
        Assert.That((error.Code, error.Message), Is.EqualTo(("TEN4206", error.Message)));
        Assert.That(error.Message, Does.Contain("lane 0 of group 0: reads element 0 of buffer 0 (int32), which nothing has ever written"));
        Assert.DoesNotThrow(() => InterpreterRunner.Run(program, new InterpreterOptions { ChecksBuffers = false }, [null, new byte[128]]));
    }

    [Test]
    public void ExchangeWithALaneThatHasLeftTheLoop()
    {
        var range = Range(Me, 0);
        Fails("TEN4207", "lane 1 of group 0: exchanges values with lane 0, which has left the loop", range, UOp.New(Ops.LaneXor, DType.Int32, [range], 1), End(range));
    }

    [Test]
    public void ExchangeBeyondTheSubgroup() => Fails(
        "TEN4207",
        "exchanges values with lane 32, which is not in its subgroup",
        Store(At(Param(0, DType.Int32, 32), Me), UOp.New(Ops.LaneXor, DType.Int32, [Me], 32)));

    [Test]
    public void KernelsBeyondTheLimits()
    {
        foreach (var (program, what) in new[]
        {
            (WithLanes(new GridSize(1), new GridSize(16, 32), Store(At(Param(0, DType.Int32, 1), Int(0)), Int(0))), "512 lanes; the device allows 256"),
            (WithLanes(new GridSize(1), new GridSize(1), Store(At(Local(DType.Int32, 1 << 14), Int(0)), Int(0))), "65,536 bytes of local arrays; the device allows 49,152"),
        })
        {
            var error = Assert.Throws<BackendException>(() => InterpreterRunner.Run(program, program.Parameters.Count > 0 ? [new byte[4]] : []))!;
            Assert.That(error.Code, Is.EqualTo("TEN4208"));
            Assert.That(error.Message, Does.Contain(what));
        }
    }

    [Test]
    public void DivisorsThatAreZero() => Fails(
        "TEN4210",
        "lane 0 of group 0: the operands are 1 and 0",
        Store(At(Param(0, DType.Int32, 32), Me), UOp.Alu(Ops.IntDiv, Int(1), Me)));

    private static void Fails(string code, string what, params UOp[] statements)
    {
        var program = WithLanes(new GridSize(2), new GridSize(32), statements);
        var error = Assert.Throws<BackendException>(() => InterpreterRunner.Run(program, [.. program.Parameters.Select(p => new byte[p.Size * p.DType.Bytes])]))!;
        Assert.Multiple(() =>
        {
            Assert.That(error.Code, Is.EqualTo(code));
            Assert.That(error.Message, Does.StartWith($"{code}: Kernel lanes, op "));
            Assert.That(error.Message, Does.Contain(what));
        });
    }
}
