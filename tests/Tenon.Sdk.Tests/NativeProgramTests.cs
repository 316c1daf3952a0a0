using System.Runtime.InteropServices;
using Tenon.Core;
using Tenon.Core.Backend;
using Tenon.Tests.Shared;
using static Tenon.Tests.Shared.Kernels;

namespace Tenon.Sdk.Tests;

/// <summary>Loops, variables, gates and memory of compiled kernels.</summary>
[Parallelizable(ParallelScope.All)]
[TestFixture("Clang")]
[TestFixture("LLVM 15")]
[TestFixture("LLVM")]
internal sealed class NativeProgramTests(string runner)
{
    [Test]
    public void AccumulatorsAreReadWhereTheyAreUsed()
    {
        // The doubled value is computed before the variable changes and stored after it.
        var output = Param(0, DType.Int32, 3);
        var acc = Accumulator(Int(10), 0);
        var doubled = UOp.Alu(Ops.Mul, acc, Int(2));
        var later = Assign(acc, UOp.Alu(Ops.Add, acc, Int(1)));
        var program = Program("order", 1, acc, doubled, later, Store(At(output, Int(0)), doubled), Store(At(output, Int(1)), later), Store(At(output, Int(2)), acc));

        Assert.That(RunInts(program, 3), Is.EqualTo(new[] { 20, 11, 11 }));
    }

    [Test]
    public void LoopsNestAndSizesAreTakenWhenTheyBegin()
    {
        var output = Param(0, DType.Int32, 4);
        var sum = Accumulator(Int(0), 0);
        var outer = Range(Int(4), 0);
        var inner = Range(UOp.Alu(Ops.Add, outer, sum), 1);
        var count = Accumulator(Int(0), 1);
        var counted = Assign(count, UOp.Alu(Ops.Add, count, Int(1)));
        var summed = Assign(sum, UOp.Alu(Ops.Add, sum, Int(1)));
        var program = Program("nest", 1, sum, outer, count, inner, counted, summed, End(inner), Store(At(output, outer), counted), End(outer));

        Assert.That(RunInts(program, 4), Is.EqualTo(new[] { 0, 1, 3, 7 }));
    }

    [Test]
    public void GatesGuardWildAddresses()
    {
        const int Wild = 1 << 29;
        var (input, output) = (Param(0, DType.Float32, 4), Param(1, DType.Float32, 20));
        var item = Special(4);
        var inside = UOp.Alu(Ops.CmpLt, item, Int(2));
        var far = UOp.Alu(Ops.Add, item, UOp.Where(inside, Int(0), Int(Wild)));
        var scalar = LoadIf(At(input, far), inside, UOp.Const(DType.Float32, -1));
        var vector = LoadIf(At(input, UOp.Where(inside, Int(0), Int(Wild))), inside, UOp.Const(DType.Float32.Vec(4), 7));
        var program = Program("gates", 4,
            Store(At(output, item), scalar),
            Store(At(output, UOp.Alu(Ops.Add, UOp.Alu(Ops.Mul, item, Int(4)), Int(4))), vector),
            StoreIf(At(output, UOp.Alu(Ops.Add, far, Int(Wild))), scalar, UOp.Alu(Ops.CmpLt, item, Int(0))));
        var buffers = new[] { MemoryMarshal.AsBytes<float>(new float[] { 1, 2, 3, 4 }).ToArray(), new byte[80] };
        NativeRunner.Named(runner).Run(program, buffers);

        Assert.That(MemoryMarshal.Cast<byte, float>(buffers[1]).ToArray(), Is.EqualTo(new float[] { 1, 2, -1, -1, 1, 2, 3, 4, 1, 2, 3, 4, 7, 7, 7, 7, 7, 7, 7, 7 }));
    }

    [Test]
    public void VariablesArriveInTheOrderOfTheProgram()
    {
        var output = Param(0, DType.Int32, 2);
        UOp Variable(string name, DType dtype) => UOp.New(Ops.Variable, dtype, [], new VariableArg(name, 0, 1000));
        var (b, a) = (Variable("b", DType.Int64), Variable("a", DType.Int32));
        var program = Program("variables", 1, Store(At(output, Int(0)), a), Store(At(output, Int(1)), b.Cast(DType.Int32)));

        Assert.That(program.Variables, Is.EqualTo(new[] { "a", "b" }));
        Assert.That(RunInts(program, 2, 3, 500), Is.EqualTo(new[] { 3, 500 }));
    }

    [Test]
    public void ConstantsAreExact()
    {
        var singles = CornerValues.Of(DType.Float32).Cast<float>().Append(BitConverter.UInt32BitsToSingle(0x7fc12345)).ToArray();
        var doubles = CornerValues.Of(DType.Float64).Cast<double>().Append(Math.PI).ToArray();
        var (s, d) = (Param(0, DType.Float32, singles.Length), Param(1, DType.Float64, doubles.Length));
        var stores = singles.Select((x, i) => Store(At(s, Int(i)), UOp.Const(DType.Float32, x))).Concat(doubles.Select((x, i) => Store(At(d, Int(i)), UOp.Const(DType.Float64, x))));
        var buffers = new[] { new byte[singles.Length * 4], new byte[doubles.Length * 8] };
        NativeRunner.Named(runner).Run(Program("constants", 1, [.. stores]), buffers);

        Assert.Multiple(() =>
        {
            Assert.That(MemoryMarshal.Cast<byte, uint>(buffers[0]).ToArray(), Is.EqualTo(singles.Select(BitConverter.SingleToUInt32Bits)));
            Assert.That(MemoryMarshal.Cast<byte, ulong>(buffers[1]).ToArray(), Is.EqualTo(doubles.Select(BitConverter.DoubleToUInt64Bits)));
        });
    }

    [Test]
    public void LongExpressionsDoNotNestTooDeep()
    {
        var output = Param(0, DType.Int32, 1);
        var sum = UOp.Alu(Ops.Add, Special(1), Int(1));
        for (var i = 0; i < 2000; i++)
        {
            sum = UOp.Alu(Ops.Xor, UOp.Alu(Ops.Add, sum, Int(i)), Int(1));
        }

        var expected = 1;
        for (var i = 0; i < 2000; i++)
        {
            expected = (expected + i) ^ 1;
        }

        Assert.That(RunInts(Program("deep", 1, Store(At(output, Int(0)), sum)), 1), Is.EqualTo(new[] { expected }));
    }

    [Test]
    public void LocalArraysKeepWhatIsStored()
    {
        var (input, output) = (Param(0, DType.Float32, 16), Param(1, DType.Float32, 16));
        var (first, second) = (UOp.New(Ops.Local, DType.Float32, [], new LocalArg(0, 8)), UOp.New(Ops.Local, DType.Float32, [], new LocalArg(1, 8, 64)));
        var offset = UOp.Alu(Ops.Mul, Special(2), Int(8));
        var x = Load(At(input, offset), 8);
        var program = Program("local", 2,
            Store(At(first, Int(0)), x),
            Store(At(second, Int(0)), UOp.Alu(Ops.Add, x, x)),
            Store(At(output, offset), UOp.Alu(Ops.Add, Load(At(first, Int(0)), 8), Load(At(second, Int(0)), 8))));
        var buffers = new[] { MemoryMarshal.AsBytes<float>([.. Enumerable.Range(0, 16)]).ToArray(), new byte[64] };
        NativeRunner.Named(runner).Run(program, buffers);

        Assert.That(MemoryMarshal.Cast<byte, float>(buffers[1]).ToArray(), Is.EqualTo(Enumerable.Range(0, 16).Select(i => 3f * i)));
    }

    [Test]
    public void ProductsAndSumsAreRoundedTwice()
    {
        // 1 + 2^-12 squared is 1 + 2^-11 + 2^-24: the last term is lost unless the sum is contracted.
        var (input, output) = (Param(0, DType.Float32, 8), Param(1, DType.Float32, 8));
        var x = Load(At(input, Int(0)), 8);
        var value = UOp.Alu(Ops.Add, UOp.Alu(Ops.Mul, x, x), x.ConstLike(-1 - 1 / 2048.0));
        var buffers = new[] { MemoryMarshal.AsBytes<float>(Enumerable.Repeat(1 + 1 / 4096f, 8).ToArray()).ToArray(), new byte[32] };
        NativeRunner.Named(runner).Run(Program("rounding", 1, Store(At(output, Int(0)), value)), buffers);

        Assert.That(MemoryMarshal.Cast<byte, float>(buffers[1]).ToArray(), Is.All.EqualTo(0f));
    }

    private int[] RunInts(LinearProgram program, int count, params long[] variables)
    {
        var buffers = new[] { new byte[count * 4] };
        NativeRunner.Named(runner).Run(program, buffers, variables);
        return MemoryMarshal.Cast<byte, int>(buffers[0]).ToArray();
    }
}
