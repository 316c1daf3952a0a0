using System.Buffers.Binary;
using Tenon.Compiler;
using Tenon.Core;
using Tenon.Core.Backend;
using Tenon.Tests.Shared;

namespace Tenon.Plugins.WebGpu.Tests;

/// <summary>Random expressions of every dtype, compiled for the device and run on values at which arithmetic goes wrong.</summary>
internal sealed class ExpressionTests : DeviceFixture
{
    private const int Points = 48;

    [Test]
    public void Expressions_have_the_values_of_their_definition()
    {
        var random = new Random(8);
        var make = new ScalarExpressions(random);
        var count = 0;
        while (count < 60 * LongRun.Factor)
        {
            var expression = make.Make(make.AnyDType(), 1 + random.Next(3));
            if (expression.TopologicalOrder().Exists(static u => u.DType.IsFloat && (u.DType != DType.Float32 || u.Op == Ops.Max)))
            {
                continue;
            }

            count++;
            var leaves = expression.TopologicalOrder().Where(u => u.Op == Ops.Param).ToList();
            var inputs = Enumerable.Range(0, Points).Select(_ => make.Assign(expression)).ToArray();
            var results = Run(expression, leaves, inputs);
            for (var i = 0; i < Points; i++)
            {
                var expected = ScalarExpressions.Evaluate(expression, inputs[i]);
                if (!IsNear(expected, results[i], expression, inputs[i]))
                {
                    Assert.Fail($"{expected} became {results[i]} of {string.Join(", ", inputs[i].Values)}\n{expression.Dump()}");
                }
            }
        }
    }

    // Shaders' comparisons may not see NaN.
    [Test]
    public void NaNDiffersFromEverything()
    {
        var (x, y) = (UOp.New(Ops.Param, DType.Float32, [], new ParamArg(0, Points)), UOp.New(Ops.Param, DType.Float32, [], new ParamArg(1, Points)));
        (float X, float Y)[] pairs = [(float.NaN, 1), (1, float.NaN), (float.NaN, float.PositiveInfinity), (float.NaN, 0), (0, 0), (1, 2), (-0f, 0), (float.PositiveInfinity, float.PositiveInfinity)];
        var inputs = Enumerable.Range(0, Points).Select(i => new Dictionary<UOp, Scalar> { [x] = pairs[i % pairs.Length].X, [y] = pairs[i % pairs.Length].Y }).ToArray();
        var differ = Run(UOp.Alu(Ops.CmpNe, x, y).Cast(DType.Int32), [x, y], inputs);
        var equal = Run(UOp.Alu(Ops.CmpEq, x, y).Cast(DType.Int32), [x, y], inputs);
        var truth = Run(x.Cast(DType.Bool).Cast(DType.Int32), [x], inputs);
        for (var i = 0; i < Points; i++)
        {
            var (first, second) = pairs[i % pairs.Length];
            Assert.That((differ[i].AsLong, equal[i].AsLong, truth[i].AsLong), Is.EqualTo((first != second ? 1L : 0, first == second ? 1L : 0, first != 0 ? 1L : 0)), $"{first}, {second}");
        }
    }

    private Scalar[] Run(UOp expression, List<UOp> leaves, Dictionary<UOp, Scalar>[] inputs)
    {
        var item = UOp.Range(UOp.Index(Points), 0, RangeKind.Global);
        var (map, buffers) = (new NodeMap<UOp>(), new List<DeviceBuffer>());
        foreach (var leaf in leaves)
        {
            map[leaf] = UOp.New(Ops.Load, leaf.DType, [At(leaf.DType, buffers.Count)]);
            var bytes = new byte[Points * leaf.DType.Bytes];
            for (var i = 0; i < Points; i++)
            {
                Write(leaf.DType, inputs[i][leaf], bytes.AsSpan(i * leaf.DType.Bytes));
            }

            buffers.Add(Upload<byte>(bytes));
        }

        var store = UOp.New(Ops.Store, DType.Void, [At(expression.DType, buffers.Count), expression.Substitute(map)]);
        var kernel = UOp.Sink([UOp.New(Ops.End, DType.Void, [store, item])], new KernelArg("expression"));
        buffers.Add(Device.Allocator.Allocate(Points * expression.DType.Bytes));
        var generator = Device.CodeGenerators[0];
        using var program = Device.Load(generator.Generate(KernelCompiler.Compile(kernel, Device.Capabilities, generator.Target)));
        program.Launch([.. buffers.Select(Whole)]);
        var result = Download<byte>(buffers[^1]);
        buffers.ForEach(b => b.Dispose());
        return [.. Enumerable.Range(0, Points).Select(i => Read(expression.DType, result.AsSpan(i * expression.DType.Bytes, expression.DType.Bytes)))];

        UOp At(DType dtype, int slot) => UOp.New(Ops.Index, dtype, [UOp.New(Ops.Param, dtype, [], new ParamArg(slot, Points)), item]);
    }

    // Subnormal numbers may be zeros on the way; what depends on that can't be told.
    private static bool IsNear(Scalar expected, Scalar actual, UOp expression, Dictionary<UOp, Scalar> inputs)
    {
        if (expected == actual || (double.IsNaN(expected.AsDouble) && double.IsNaN(actual.AsDouble)))
        {
            return true;
        }

        return expression.TopologicalOrder().Exists(u => u.DType.IsFloat && Math.Abs(ScalarExpressions.Evaluate(u, inputs).AsDouble) is > 0 and < 1.2e-38);
    }

    private static void Write(DType dtype, Scalar value, Span<byte> bytes)
    {
        var raw = dtype.IsBool ? (value.AsBool ? 1 : 0) : dtype.IsFloat ? BitConverter.SingleToInt32Bits((float)value.AsDouble) : value.RawBits;
        BitConverter.GetBytes(raw).AsSpan(0, dtype.Bytes).CopyTo(bytes);
    }

    private static Scalar Read(DType dtype, ReadOnlySpan<byte> bytes)
    {
        Span<byte> raw = stackalloc byte[8];
        bytes.CopyTo(raw);
        var value = BinaryPrimitives.ReadInt64LittleEndian(raw);
        return dtype.IsFloat ? BitConverter.Int32BitsToSingle((int)value) : dtype.IsBool ? value != 0 : ((Scalar)value).To(dtype);
    }
}
