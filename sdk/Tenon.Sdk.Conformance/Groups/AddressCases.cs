using Tenon.Core;
using Tenon.Core.Backend;

namespace Tenon.Sdk.Conformance;

/// <summary>Addresses, gates, and the order of what is read and written.</summary>
internal static class AddressCases
{
    private const int Wild = 1 << 30;

    public static IEnumerable<ConformanceCase> For(Subject subject) => [.. Offsets(subject), .. Unaligned(subject), .. Gates(subject), .. Masks(subject), .. Order(subject)];

    private static IEnumerable<ConformanceCase> Offsets(Subject subject)
    {
        yield return ProgramCase.Of(subject, "addresses/index of an index", 8, b =>
        {
            var (x, y) = (b.Buffer(DType.Int32, 64), b.Buffer(DType.Int32, 64));
            var row = Ir.Mul(b.Item, Ir.Int(8));
            b.Add(Ir.Store(Ir.At(Ir.At(Ir.At(y, row), 9), -4), Ir.Load(Ir.At(Ir.At(x, Ir.Add(row, Ir.Int(20))), -17))));
            return [Elements.ToBytes(Enumerable.Range(100, 64).ToArray()), new byte[256]];
        });
        yield return subject.Support(DType.Int64).HasFlag(DTypeSupport.Arithmetic)
            ? ProgramCase.Of(subject, "addresses/int64", 16, b =>
            {
                var (x, y) = (b.Buffer(DType.Float32, 16), b.Buffer(DType.Float32, 16));
                var at = b.Item.Cast(DType.Int64);
                b.Add(Ir.Store(Ir.At(y, at), Ir.Load(Ir.At(x, UOp.Alu(Ops.Sub, Ir.Long(15), at)))));
                return [Elements.ToBytes(DType.Float32, ControlCases.Numbers(DType.Float32, 16)), new byte[64]];
            })
            : ConformanceCase.Skipped("addresses/int64", "the target has no arithmetic of int64");
        yield return ProgramCase.Of(subject, "variables/all of a launch", 1, b =>
        {
            var y = b.Buffer(DType.Int32, 6);
            for (var i = 0; i < 6; i++)
            {
                b.Add(Ir.Store(Ir.At(y, i), Ir.Variable($"v{i}", DType.Int32, int.MinValue, int.MaxValue)));
            }

            return [new byte[24]];
        }, 1, -1, int.MaxValue, int.MinValue, 0, 123456789);
        yield return subject.Support(DType.Int64).HasFlag(DTypeSupport.Arithmetic)
            ? ProgramCase.Of(subject, "variables/int64", 1, b =>
            {
                var y = b.Buffer(DType.Int64, 2);
                b.Add(Ir.Store(Ir.At(y, 0), Ir.Variable("low", DType.Int64, long.MinValue, long.MaxValue)), Ir.Store(Ir.At(y, 1), Ir.Variable("high", DType.Int64, long.MinValue, long.MaxValue)));
                return [new byte[16]];
            }, long.MinValue + 1, 0x123456789abcdef0)
            : ConformanceCase.Skipped("variables/int64", "the target has no arithmetic of int64");
    }

    // Vectors begin at any element.
    private static IEnumerable<ConformanceCase> Unaligned(Subject subject) =>
        from dtype in DType.Native.Where(subject.IsStored)
        from lanes in OpCases.Widths(subject, dtype)
        select ProgramCase.Of(subject, $"addresses/unaligned {dtype.Vec(lanes)}", 1, b =>
        {
            var (x, y) = (b.Buffer(dtype, 2 * lanes), b.Buffer(dtype, 2 * lanes * lanes));
            for (var i = 0; i < lanes; i++)
            {
                b.Add(Ir.Store(Ir.At(y, i * (lanes + 1)), Ir.Load(Ir.At(x, i), lanes)));
            }

            return [Elements.ToBytes(dtype, ControlCases.Numbers(dtype, 2 * lanes)), new byte[2 * lanes * lanes * dtype.Bytes]];
        });

    // Item i reads at a place that is wild unless it is 1, and writes if it is odd.
    private static IEnumerable<ConformanceCase> Gates(Subject subject)
    {
        foreach (var dtype in DType.Native.Where(d => (subject.Support(d) & (DTypeSupport.Arithmetic | DTypeSupport.Conversion)) != 0 && subject.IsStored(d)))
        {
            foreach (var lanes in OpCases.Widths(subject, dtype).Prepend(1))
            {
                yield return ProgramCase.Of(subject, $"gates/{dtype.Vec(lanes)}", 4, b =>
                {
                    var (x, y) = (b.Buffer(dtype, lanes), b.Buffer(dtype, 4 * lanes));
                    var far = Ir.Mul(UOp.Alu(Ops.Sub, b.Item, Ir.Int(1)), Ir.Int(Wild / 2));
                    var loaded = Ir.LoadIf(Ir.At(x, far), UOp.Alu(Ops.CmpEq, b.Item, Ir.Int(1)), Ir.Const(dtype.Vec(lanes), dtype.IsBool ? true : 3));
                    var isOdd = UOp.Alu(Ops.CmpEq, UOp.Alu(Ops.And, b.Item, Ir.Int(1)), Ir.Int(1));
                    b.Add(Ir.StoreIf(Ir.At(y, Ir.Mul(b.Item, Ir.Int(lanes))), loaded, isOdd));
                    return [Elements.ToBytes(dtype, ControlCases.Numbers(dtype, lanes)), new byte[4 * lanes * dtype.Bytes]];
                });
            }
        }

        yield return ProgramCase.Of(subject, "gates/store at a wild place", 4, b =>
        {
            var y = b.Buffer(DType.Int32, 4);
            var far = Ir.Mul(b.Item, Ir.Int(Wild / 4));
            b.Add(Ir.StoreIf(Ir.At(y, far), Ir.Int(7), UOp.Alu(Ops.CmpLt, b.Item, Ir.Int(1))));
            return [new byte[16]];
        });
    }

    private static IEnumerable<ConformanceCase> Masks(Subject subject)
    {
        var claimed = DType.Native.Where(d => subject.Support(d).HasFlag(DTypeSupport.MaskedLoad) && subject.IsStored(d)).ToList();
        if (claimed.Count == 0)
        {
            yield return ConformanceCase.Skipped("masked loads", "the target claims MaskedLoad of no dtype");
        }

        foreach (var dtype in claimed)
        {
            foreach (var lanes in OpCases.Widths(subject, dtype).Where(l => l * 4 <= subject.Target.VectorBytes))
            {
                foreach (var on in new[] { 0, 1, lanes - 1, lanes })
                {
                    yield return ProgramCase.Of(subject, $"masked loads/{dtype.Vec(lanes)} {on} on", 1, b =>
                    {
                        // As many elements as lanes are on; the address is wild if none is.
                        var (x, y) = (b.Buffer(dtype, Math.Max(1, on)), b.Buffer(dtype, lanes));
                        var lane = Ir.Stack([.. Enumerable.Range(0, lanes).Select(i => Ir.Int(i))]);
                        var gates = UOp.Alu(Ops.CmpLt, lane, Ir.Const(lane.DType, on));
                        b.Add(Ir.Store(Ir.At(y, 0), Ir.LoadIf(Ir.At(x, on == 0 ? Wild : 0), gates, Ir.Const(dtype.Vec(lanes), 7))));
                        return [Elements.ToBytes(dtype, ControlCases.Numbers(dtype, Math.Max(1, on))), new byte[lanes * dtype.Bytes]];
                    });
                }
            }
        }
    }

    private static IEnumerable<ConformanceCase> Order(Subject subject)
    {
        yield return ProgramCase.Of(subject, "order/loads come before later stores", 8, b =>
        {
            var x = b.Buffer(DType.Int32, 16);
            var (low, high) = (Ir.At(x, Ir.Mul(b.Item, Ir.Int(2))), Ir.At(x, Ir.Add(Ir.Mul(b.Item, Ir.Int(2)), Ir.Int(1))));
            var (p, q) = (Ir.Load(low), Ir.Load(high));
            b.Add(p, q, Ir.Store(low, q), Ir.Store(high, p));
            return [Elements.ToBytes(Enumerable.Range(0, 16).ToArray())];
        });
        yield return ProgramCase.Of(subject, "order/stores follow each other", 8, b =>
        {
            var x = b.Buffer(DType.Int32, 8);
            var loop = Ir.Range(Ir.Int(5), 0);
            b.Add(loop, Ir.Store(Ir.At(x, b.Item), loop), Ir.Store(Ir.At(x, b.Item), Ir.Mul(Ir.Load(Ir.At(x, b.Item)), Ir.Int(3))), Ir.End(loop));
            return [new byte[32]];
        });
        yield return ProgramCase.Of(subject, "order/a loop reads what it wrote", 4, b =>
        {
            var x = b.Buffer(DType.Int32, 40);
            var (first, loop) = (Ir.Mul(b.Item, Ir.Int(10)), Ir.Range(Ir.Int(9), 0));
            var at = Ir.Add(first, loop);
            b.Add(loop, Ir.Store(Ir.At(x, Ir.Add(at, Ir.Int(1))), Ir.Add(Ir.Load(Ir.At(x, at)), Ir.Add(loop, Ir.Int(2)))), Ir.End(loop));
            return [Elements.ToBytes(Enumerable.Range(0, 40).Select(i => i % 10 == 0 ? i : -1).ToArray())];
        });
    }
}
