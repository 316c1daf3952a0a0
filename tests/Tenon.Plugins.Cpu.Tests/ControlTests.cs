using Tenon.Core;
using Tenon.Core.Backend;
using Tenon.Tests.Shared;
using static Tenon.Tests.Shared.Kernels;

namespace Tenon.Plugins.Cpu.Tests;

/// <summary>Loops, variables of a kernel, gates, and the order of effects.</summary>
internal sealed class ControlTests
{
    private readonly Device _device = TestHost.Open(("threads", "2"));

    [OneTimeTearDown]
    public void Close() => _device.Dispose();

    [Test]
    public void NestedLoopsSumAMatrix([Values(1, 4)] int lanes, [Values] bool wide)
    {
        var (rows, columns) = (5, 12);
        var index = wide ? DType.Int64 : DType.Int32;
        UOp Int(long value) => UOp.Const(index, value);
        var (x, y) = (Param(0, DType.Float32, rows * columns), Param(1, DType.Float32, lanes));
        var sum = Accumulator(UOp.New(Ops.Const, DType.Float32.Vec(lanes), [], (Scalar)0.0), 0);
        var (outer, inner) = (Range(Int(rows), 0), Range(Int(columns / lanes), 1));
        var at = UOp.Alu(Ops.Add, UOp.Alu(Ops.Mul, outer, Int(columns)), UOp.Alu(Ops.Mul, inner, Int(lanes)));
        var add = Assign(sum, UOp.Alu(Ops.Add, sum, Load(At(x, at), lanes)));
        var program = Program($"sum_{lanes}_{wide}", 1, sum, outer, inner, add, End(inner), End(outer), Store(y, add));

        var values = Enumerable.Range(0, rows * columns).Select(i => (float)i).ToArray();
        var result = new byte[lanes * 4];
        KernelRunner.Run(_device, program, KernelRunner.Bytes<float>(values), result);
        Assert.That(KernelRunner.Values<float>(result), Is.EqualTo(Enumerable.Range(0, lanes).Select(l => values.Where((_, i) => i % lanes == l).Sum())));
    }

    [Test]
    public void VariablesSizeLoops([Values(0, 1, 9)] int n)
    {
        var y = Param(0, DType.Int32, 1);
        var size = UOp.New(Ops.Variable, DType.Int32, [], new VariableArg("n", 0, 100));
        var scale = UOp.New(Ops.Variable, DType.Int64, [], new VariableArg("scale", 0, 100));
        var sum = Accumulator(Int(0), 0);
        var loop = Range(size, 0);
        var add = Assign(sum, UOp.Alu(Ops.Add, sum, loop));
        var product = UOp.Alu(Ops.Mul, add, scale.Cast(DType.Int32));
        var result = new byte[4];
        KernelRunner.Run(_device, Program("variables", 1, size, scale, sum, loop, add, End(loop), Store(y, product)), [n, 3], result);
        Assert.That(BitConverter.ToInt32(result), Is.EqualTo(n * (n - 1) / 2 * 3));
    }

    [Test]
    public void AccumulatorsAreReadWhereTheyAreUsed()
    {
        // (a, b) = (b, a + b), ten times; the difference is taken before b changes.
        var y = Param(0, DType.Int32, 3);
        var (a, b, c) = (Accumulator(Int(0), 0), Accumulator(Int(1), 1), Accumulator(Int(0), 2));
        var loop = Range(Int(10), 0);
        var sum = UOp.Alu(Ops.Add, a, b);
        var difference = UOp.Alu(Ops.Sub, b, a);
        var program = Program(
            "fibonacci", 1, a, b, c, loop, sum, difference, Assign(a, b), Assign(b, sum), Assign(c, difference), End(loop),
            Store(At(y, Int(0)), a), Store(At(y, Int(1)), b), Store(At(y, Int(2)), c));
        var result = new byte[12];
        KernelRunner.Run(_device, program, result);
        Assert.That(KernelRunner.Values<int>(result), Is.EqualTo(new[] { 55, 89, 21 }));
    }

    [Test]
    public void LoadsComeBeforeLaterStores()
    {
        var x = Param(0, DType.Float32, 8);
        var (low, high) = (Load(At(x, Int(0)), 4), Load(At(x, Int(4)), 4));
        var program = Program("swap", 1, low, high, Store(At(x, Int(0)), high), Store(At(x, Int(4)), low));
        var data = KernelRunner.Bytes<float>(1, 2, 3, 4, 5, 6, 7, 8);
        KernelRunner.Run(_device, program, data);
        Assert.That(KernelRunner.Values<float>(data), Is.EqualTo(new float[] { 5, 6, 7, 8, 1, 2, 3, 4 }));
    }

    private static IEnumerable<object[]> MaskedLoads() =>
        from dtype in new[] { DType.Float32, DType.Int32, DType.Float64, DType.UInt64 }
        from lanes in new[] { 2, 4, 8, 16 }
        from enabled in new[] { 0, 1, 3, 100 }
        where lanes * dtype.Bytes <= 64
        select new object[] { dtype.Name, lanes, enabled };

    [TestCaseSource(nameof(MaskedLoads))]
    public void MaskedLoadsTakeOnlyTheLanesThatAreOn(string type, int lanes, int on)
    {
        var dtype = DType.Parse(type);
        var target = _device.CodeGenerators[0].Target;
        if (lanes * dtype.Bytes > target.VectorBytes || !target.DTypes[dtype].HasFlag(DTypeSupport.MaskedLoad))
        {
            Assert.Ignore($"{lanes} lanes of {type} can't be loaded under a mask here.");
        }

        // Where the mask is off the address is wild.
        var (x, y) = (Param(0, dtype, 1), Param(1, dtype, lanes));
        var lane = Stack([.. Enumerable.Range(0, lanes).Select(i => Int(i))]);
        var gate = UOp.Alu(Ops.CmpLt, lane, UOp.New(Ops.Const, lane.DType, [], (Scalar)on));
        var other = UOp.New(Ops.Const, dtype.Vec(lanes), [], ((Scalar)7).To(dtype));
        var wild = on == 0 ? 1L << 40 : 0;
        var program = Program($"masked_{type}_{lanes}_{on}", 1, Store(At(y, Int(0)), LoadIf(At(x, UOp.Const(DType.Int64, wild)), gate, other)));
        var data = Enumerable.Range(0, lanes).SelectMany(i => dtype.Name switch
        {
            "float32" => BitConverter.GetBytes(i + 0.5f),
            "float64" => BitConverter.GetBytes(i + 0.5),
            "int32" => BitConverter.GetBytes(-i),
            _ => BitConverter.GetBytes(ulong.MaxValue - (ulong)i),
        }).ToArray();
        var seven = dtype.Name switch { "float32" => BitConverter.GetBytes(7f), "float64" => BitConverter.GetBytes(7.0), "int32" => BitConverter.GetBytes(7), _ => BitConverter.GetBytes(7UL) };
        var result = new byte[lanes * dtype.Bytes];
        KernelRunner.Run(_device, program, data, result);
        Assert.That(result, Is.EqualTo(Enumerable.Range(0, lanes).SelectMany(i => i < on ? data[(i * dtype.Bytes)..((i + 1) * dtype.Bytes)] : seven)));
    }

    [Test]
    public void GatedLoadsAndStoresTouchNothingElse([Values(1, 2, 4, 16)] int lanes)
    {
        if (lanes * 4 > _device.CodeGenerators[0].Target.VectorBytes)
        {
            Assert.Ignore("This machine has no vectors that wide.");
        }

        // Work item i reads at (i - 1) * 2^40 if i is 1 (wild otherwise), and writes if i is odd.
        var items = 4;
        var (x, y) = (Param(0, DType.Float32, lanes), Param(1, DType.Float32, lanes * items));
        var item = Special(items);
        var wild = UOp.Alu(Ops.Mul, UOp.Alu(Ops.Sub, item, Int(1)).Cast(DType.Int64), UOp.Const(DType.Int64, 1L << 40));
        var loaded = LoadIf(At(x, wild), UOp.Alu(Ops.CmpEq, item, Int(1)), UOp.New(Ops.Const, DType.Float32.Vec(lanes), [], (Scalar)(-1.0)));
        var odd = UOp.Alu(Ops.CmpEq, UOp.Alu(Ops.And, item, Int(1)), Int(1));
        var program = Program($"gates_{lanes}", items, StoreIf(At(y, UOp.Alu(Ops.Mul, item, Int(lanes))), loaded, odd));
        var data = Enumerable.Range(10, lanes).Select(i => (float)i).ToArray();
        var result = new byte[lanes * items * 4];
        KernelRunner.Run(_device, program, KernelRunner.Bytes<float>(data), result);
        var (zero, minus) = (new float[lanes], Enumerable.Repeat(-1f, lanes));
        Assert.That(KernelRunner.Values<float>(result), Is.EqualTo(new[] { zero, data, zero, minus }.SelectMany(v => v)));
    }

    [Test]
    public void ValuesMadeBeforeALoopLiveThroughIt()
    {
        // x0 is used last inside the loop, in every iteration, beside many values that need locals.
        var (x, y) = (Param(0, DType.Float32, 16), Param(1, DType.Float32, 1));
        var first = UOp.Alu(Ops.Add, Load(At(x, Int(0))), UOp.Const(DType.Float32, 1));
        var sum = Accumulator(UOp.Const(DType.Float32, 0), 0);
        var loop = Range(Int(16), 0);
        var value = Load(At(x, loop));
        var squared = UOp.Alu(Ops.Mul, UOp.Alu(Ops.Mul, value, first), UOp.Alu(Ops.Add, value, first));
        var twice = UOp.Alu(Ops.Mul, squared, squared);
        var add = Assign(sum, UOp.Alu(Ops.Add, sum, twice));
        var program = Program("lives", 3, Special(3), first, sum, loop, value, squared, twice, add, End(loop), Store(y, add));
        var data = Enumerable.Range(0, 16).Select(i => i / 8f).ToArray();
        var result = new byte[4];
        KernelRunner.Run(_device, program, KernelRunner.Bytes<float>(data), result);
        var expected = data.Aggregate(0f, (s, v) => s + v * (data[0] + 1) * (v + data[0] + 1) * (v * (data[0] + 1) * (v + data[0] + 1)));
        Assert.That(BitConverter.ToSingle(result), Is.EqualTo(expected).Within(1e-3f));
    }

    [Test]
    public void LongExpressionsCompile()
    {
        var (x, y) = (Param(0, DType.Float32, 1), Param(1, DType.Float32, 1));
        var value = Load(x);
        for (var i = 0; i < 20_000; i++)
        {
            value = UOp.Alu(Ops.Add, value, UOp.Const(DType.Float32, 1));
        }

        var result = new byte[4];
        KernelRunner.Run(_device, Program("long", 1, Store(y, value)), new byte[4], result);
        Assert.That(BitConverter.ToSingle(result), Is.EqualTo(20_000f));
    }

    [Test]
    public void HalvesAreKept()
    {
        var (x, y) = (Param(0, DType.Float16, 4), Param(1, DType.UInt16, 4));
        var item = Special(4);
        var program = Program("halves", 4, Store(At(y, item), Load(At(x, item)).Bitcast(DType.UInt16)));
        var result = new byte[8];
        Half[] halves = [(Half)1.5, Half.NaN, Half.MinValue, Half.Epsilon];
        KernelRunner.Run(_device, program, KernelRunner.Bytes<Half>(halves), result);
        Assert.That(result, Is.EqualTo(KernelRunner.Bytes<Half>(halves)));
    }

    [Test]
    public void TheBinaryIsTheProgram()
    {
        var address = At(Param(0, DType.Int32, 4), Special(4));
        var program = Program("listing", 4, Store(address, UOp.Alu(Ops.Add, Load(address), Int(1))));
        var kernel = _device.CodeGenerators[0].Generate(program);
        Assert.That(LinearProgramSerializer.Deserialize(kernel.Binary.Span).Ops, Is.EqualTo(program.Ops));
        Assert.That(kernel.Program, Is.SameAs(program), "while somebody holds it");
        Assert.That(_device.CodeGenerators[0].Render(program), Does.Contain("int32[4]").And.Contain("Special").And.Contain("Store"));
    }
}
