using Tenon.Core;
using Tenon.Core.Backend;

namespace Tenon.Sdk.Conformance;

/// <summary>Loops, and the variables that they change.</summary>
internal static class LoopCases
{
    public static IEnumerable<ConformanceCase> For(Subject subject) => [.. Sizes(subject), .. Nested(subject), .. Accumulators(subject)];

    private static IEnumerable<ConformanceCase> Sizes(Subject subject)
    {
        foreach (var size in new[] { 0, 1, 2, 5, 100_000 })
        {
            yield return ProgramCase.Of(subject, $"loops/size {size}", 2, b => Sum(b, Ir.Int(size)));
            yield return ProgramCase.Of(subject, $"loops/variable of {size}", 2, b => Sum(b, Ir.Variable("n", DType.Int32, 0, 1_000_000)), size);
        }

        if (subject.Support(DType.Int64).HasFlag(DTypeSupport.Arithmetic))
        {
            yield return ProgramCase.Of(subject, "loops/variable of int64", 2, b => Sum(b, Ir.Variable("n", DType.Int64, 0, 1_000_000)), 77);
        }

        // Items of one group have loops of different sizes.
        yield return ProgramCase.Of(subject, "loops/size by item", 64, b =>
        {
            var (x, y) = (b.Buffer(DType.Int32, 64), b.Buffer(DType.Int32, 64));
            var (sum, loop) = (Ir.Accumulator(Ir.Int(3), 0), Ir.Range(Ir.Load(Ir.At(x, b.Item)), 0));
            b.Add(sum, loop, Ir.Assign(sum, Ir.Add(sum, Ir.Mul(loop, loop))), Ir.End(loop), Ir.Store(Ir.At(y, b.Item), sum));
            return [Elements.ToBytes(Enumerable.Range(0, 64).Select(i => i * 37 % 64).ToArray()), new byte[256]];
        });

        // The size is what it was when the loop began.
        yield return ProgramCase.Of(subject, "loops/size that changes", 1, b =>
        {
            var y = b.Buffer(DType.Int32, 1);
            var size = Ir.Accumulator(Ir.Int(5), 0);
            var loop = Ir.Range(size, 0);
            b.Add(size, loop, Ir.Assign(size, Ir.Add(size, Ir.Int(2))), Ir.End(loop), Ir.Store(Ir.At(y, 0), size));
            return [new byte[4]];
        });
    }

    private static byte[][] Sum(ProgramBuilder b, UOp size)
    {
        var y = b.Buffer(DType.Int32, 2);
        var (sum, loop) = (Ir.Accumulator(b.Item, 0), Ir.Range(size, 0));
        b.Add(size, sum, loop, Ir.Assign(sum, Ir.Add(sum, loop.Cast(DType.Int32))), Ir.End(loop), Ir.Store(Ir.At(y, b.Item), sum));
        return [new byte[8]];
    }

    private static IEnumerable<ConformanceCase> Nested(Subject subject)
    {
        yield return ProgramCase.Of(subject, "loops/nested", 4, b =>
        {
            // Each loop as long as the one around it has turned.
            var y = b.Buffer(DType.Int32, 4);
            var sum = Ir.Accumulator(Ir.Int(0), 0);
            var outer = Ir.Range(Ir.Int(7), 0);
            var middle = Ir.Range(outer, 1);
            var inner = Ir.Range(Ir.Add(middle, b.Item), 2);
            b.Add(sum, outer, middle, inner, Ir.Assign(sum, Ir.Add(sum, Ir.Add(inner, Ir.Mul(outer, Ir.Int(100))))), Ir.End(inner), Ir.End(middle), Ir.End(outer), Ir.Store(Ir.At(y, b.Item), sum));
            return [new byte[16]];
        });
        yield return ProgramCase.Of(subject, "loops/one after the other", 2, b =>
        {
            var y = b.Buffer(DType.Int32, 4);
            var (sum, product) = (Ir.Accumulator(Ir.Int(0), 0), Ir.Accumulator(Ir.Int(1), 1));
            var (first, second) = (Ir.Range(Ir.Int(6), 0), Ir.Range(Ir.Int(5), 1));
            var add = Ir.Assign(sum, Ir.Add(sum, first));
            b.Add(sum, first, add, Ir.End(first), product, second, Ir.Assign(product, Ir.Mul(product, Ir.Add(second, add))), Ir.End(second));
            b.Add(Ir.Store(Ir.At(y, Ir.Mul(b.Item, Ir.Int(2))), sum), Ir.Store(Ir.At(y, Ir.Add(Ir.Mul(b.Item, Ir.Int(2)), Ir.Int(1))), product));
            return [new byte[16]];
        });
        yield return ProgramCase.Of(subject, "loops/values of before", 3, b =>
        {
            // A value made before the loop is used in each turn, beside many that are made there.
            var (x, y) = (b.Buffer(DType.Float32, 16), b.Buffer(DType.Float32, 3));
            var first = Ir.Add(Ir.Load(Ir.At(x, b.Item)), UOp.Const(DType.Float32, 1));
            var (sum, loop) = (Ir.Accumulator(UOp.Const(DType.Float32, 0), 0), Ir.Range(Ir.Int(16), 0));
            var value = Ir.Load(Ir.At(x, loop));
            var mixed = Ir.Mul(Ir.Mul(value, first), Ir.Add(value, first));
            b.Add(first, sum, loop, Ir.Assign(sum, Ir.Add(sum, Ir.Mul(mixed, mixed))), Ir.End(loop), Ir.Store(Ir.At(y, b.Item), sum));
            return [Elements.ToBytes([.. Enumerable.Range(0, 16).Select(i => i / 8f)]), new byte[12]];
        });
    }

    private static IEnumerable<ConformanceCase> Accumulators(Subject subject)
    {
        yield return ProgramCase.Of(subject, "accumulators/read where they are used", 1, b =>
        {
            // (a, b) = (b, a + b), ten times; the difference is taken before b changes.
            var y = b.Buffer(DType.Int32, 3);
            var (p, q, r) = (Ir.Accumulator(Ir.Int(0), 0), Ir.Accumulator(Ir.Int(1), 1), Ir.Accumulator(Ir.Int(0), 2));
            var loop = Ir.Range(Ir.Int(10), 0);
            var (sum, difference) = (Ir.Add(p, q), UOp.Alu(Ops.Sub, q, p));
            b.Add(p, q, r, loop, sum, difference, Ir.Assign(p, q), Ir.Assign(q, sum), Ir.Assign(r, difference), Ir.End(loop));
            b.Add(Ir.Store(Ir.At(y, 0), p), Ir.Store(Ir.At(y, 1), q), Ir.Store(Ir.At(y, 2), r));
            return [new byte[12]];
        });
        yield return ProgramCase.Of(subject, "accumulators/sums in order", 4, b =>
        {
            // In any other order the sum is another.
            var (x, y) = (b.Buffer(DType.Float32, 400), b.Buffer(DType.Float32, 4));
            var (sum, loop) = (Ir.Accumulator(UOp.Const(DType.Float32, 0), 0), Ir.Range(Ir.Int(100), 0));
            var value = Ir.Load(Ir.At(x, Ir.Add(Ir.Mul(b.Item, Ir.Int(100)), loop)));
            b.Add(sum, loop, Ir.Assign(sum, Ir.Add(sum, value)), Ir.End(loop), Ir.Store(Ir.At(y, b.Item), sum));
            return [Elements.ToBytes([.. Enumerable.Range(0, 400).Select(i => MathF.ScaleB(1f + i / 512f, i * 7 % 31 - 15) * (i % 2 == 0 ? 1 : -1))]), new byte[16]];
        });
        foreach (var dtype in DType.Native.Where(d => subject.Support(d).HasFlag(DTypeSupport.Arithmetic) && subject.IsStored(d)))
        {
            foreach (var lanes in OpCases.Widths(subject, dtype).Where(_ => subject.Support(dtype).HasFlag(DTypeSupport.Vector)).Prepend(1))
            {
                yield return ProgramCase.Of(subject, $"accumulators/{dtype.Vec(lanes)}", 1, b =>
                {
                    var (x, y) = (b.Buffer(dtype, 10 * lanes), b.Buffer(dtype, lanes));
                    var (last, loop) = (Ir.Accumulator(Ir.Const(dtype.Vec(lanes), dtype.IsBool ? true : 1), 0), Ir.Range(Ir.Int(10), 0));
                    var value = Ir.Load(Ir.At(x, Ir.Mul(loop, Ir.Int(lanes))), lanes);
                    b.Add(last, loop, Ir.Assign(last, UOp.Alu(dtype.IsBool ? Ops.Xor : Ops.Add, last, value)), Ir.End(loop), Ir.Store(Ir.At(y, 0), last));
                    return [Elements.ToBytes(dtype, ControlCases.Numbers(dtype, 10 * lanes)), new byte[dtype.Bytes * lanes]];
                });
            }
        }
    }
}
