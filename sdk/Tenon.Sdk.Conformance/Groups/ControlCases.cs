using Tenon.Core;
using Tenon.Core.Backend;

namespace Tenon.Sdk.Conformance;

/// <summary>What programs are made of besides arithmetic.</summary>
internal static class ControlCases
{
    public static IEnumerable<ConformanceCase> For(Subject subject) =>
        [.. Items(subject), .. LoopCases.For(subject), .. AddressCases.For(subject), .. LiteralCases.For(subject), .. LocalCases.For(subject), .. GroupCases.For(subject), .. ImageCases.For(subject), .. Sizes(subject)];

    /// <summary>Of a dtype, numbers that each format has, all different.</summary>
    public static Scalar[] Numbers(DType dtype, int count) =>
        [.. Enumerable.Range(0, count).Select(i => dtype.IsBool ? i % 3 == 0 : ((Scalar)(dtype.IsFloat ? (i - count / 2) * 0.5 : (double)i)).To(dtype))];

    // Each adds to its own element, so that one that runs twice shows.
    private static IEnumerable<ConformanceCase> Items(Subject subject)
    {
        foreach (var count in new[] { 1, 2, 7, 64, 1000, 4096 })
        {
            yield return ProgramCase.Of(subject, $"items/{count}", count, b =>
            {
                var at = Ir.At(b.Buffer(DType.Int32, count), b.Item);
                b.Add(Ir.Store(at, Ir.Add(Ir.Load(at), Ir.Add(b.Item, Ir.Int(1)))));
                return [new byte[count * 4]];
            });
        }
    }

    private static IEnumerable<ConformanceCase> Sizes(Subject subject)
    {
        yield return ProgramCase.Of(subject, "sizes/long expression", 1, b =>
        {
            var (x, y) = (b.Buffer(DType.Int32, 1), b.Buffer(DType.Int32, 1));
            var value = Ir.Load(Ir.At(x, 0));
            for (var i = 0; i < 2000; i++)
            {
                value = UOp.Alu(i % 3 == 0 ? Ops.Xor : Ops.Add, value, Ir.Int(i));
            }

            b.Add(Ir.Store(Ir.At(y, 0), value));
            return [Elements.ToBytes(5), new byte[4]];
        });

        // More values are needed at the end than there are registers.
        yield return ProgramCase.Of(subject, "sizes/many values", 8, b =>
        {
            var (x, y) = (b.Buffer(DType.Float32, 8 * 100), b.Buffer(DType.Float32, 8 * 100));
            var first = Ir.Mul(b.Item, Ir.Int(100));
            UOp[] values = [.. Enumerable.Range(0, 100).Select(i => Ir.Load(Ir.At(x, Ir.Add(first, Ir.Int(i)))))];
            b.Add(values);
            for (var i = 0; i < values.Length; i++)
            {
                b.Add(Ir.Store(Ir.At(y, Ir.Add(first, Ir.Int(i))), Ir.Add(values[values.Length - 1 - i], values[i])));
            }

            return [Elements.ToBytes(DType.Float32, Numbers(DType.Float32, 800)), new byte[3200]];
        });
    }
}
