using Tenon.Core;
using Tenon.Core.Backend;

namespace Tenon.Sdk.Conformance;

/// <summary>Local arrays of groups of one lane.</summary>
internal static class LocalCases
{
    private const int Size = 24;

    public static IEnumerable<ConformanceCase> For(Subject subject)
    {
        if (!subject.Target.ExtraOps.Contains(Ops.Local) || subject.Capabilities.LocalBytes < 2048)
        {
            return [ConformanceCase.Skipped("local arrays", "the target doesn't list Local, or the device has no bytes for it")];
        }

        return [.. DType.Native.Where(d => subject.Support(d).HasFlag(DTypeSupport.Arithmetic) && subject.IsStored(d)).Select(d => Reverse(subject, d)), Shared(subject), Vectors(subject)];
    }

    private static ConformanceCase Reverse(Subject subject, DType dtype) =>
        ProgramCase.Of(subject, $"local arrays/{dtype}", new GridSize(8), new GridSize(1), b =>
        {
            // Written forwards, read backwards.
            var (x, y) = (b.Buffer(dtype, 8 * Size), b.Buffer(dtype, 8 * Size));
            var (array, first) = (Ir.Local(dtype, 0, Size), Ir.Mul(b.Item, Ir.Int(Size)));
            var (write, read) = (Ir.Range(Ir.Int(Size), 0), Ir.Range(Ir.Int(Size), 1));
            b.Add(array, write, Ir.Store(Ir.At(array, write), Ir.Load(Ir.At(x, Ir.Add(first, write)))), Ir.End(write));
            b.Add(read, Ir.Store(Ir.At(y, Ir.Add(first, read)), Ir.Load(Ir.At(array, UOp.Alu(Ops.Sub, Ir.Int(Size - 1), read)))), Ir.End(read));
            return [Elements.ToBytes(dtype, ControlCases.Numbers(dtype, 8 * Size)), new byte[8 * Size * dtype.Bytes]];
        });

    private static ConformanceCase Shared(Subject subject) =>
        ProgramCase.Of(subject, "local arrays/in the same bytes", new GridSize(4), new GridSize(1), b =>
        {
            // The second takes the place of the first, which isn't needed any more; the third lies behind.
            var y = b.Buffer(DType.Int32, 4);
            var (p, q, r) = (Ir.Local(DType.Float32, 0, 16), Ir.Local(DType.Int32, 1, 16), Ir.Local(DType.Int32, 2, 16, offset: 64));
            var (one, two, three) = (Ir.Range(Ir.Int(16), 0), Ir.Range(Ir.Int(16), 1), Ir.Range(Ir.Int(16), 2));
            b.Add(p, q, r, one, Ir.Store(Ir.At(p, one), one.Cast(DType.Float32)), Ir.End(one));
            b.Add(two, Ir.Store(Ir.At(r, two), Ir.Load(Ir.At(p, two)).Cast(DType.Int32)), Ir.End(two));
            var sum = Ir.Accumulator(b.Item, 0);
            var four = Ir.Range(Ir.Int(16), 3);
            b.Add(three, Ir.Store(Ir.At(q, three), Ir.Mul(Ir.Load(Ir.At(r, three)), Ir.Int(3))), Ir.End(three));
            b.Add(sum, four, Ir.Assign(sum, Ir.Add(sum, Ir.Add(Ir.Load(Ir.At(q, four)), Ir.Load(Ir.At(r, four))))), Ir.End(four), Ir.Store(Ir.At(y, b.Item), sum));
            return [new byte[16]];
        });

    private static ConformanceCase Vectors(Subject subject)
    {
        const string Name = "local arrays/unaligned vectors";
        var lanes = OpCases.Widths(subject, DType.Float32).LastOrDefault();
        return lanes == 0 ? ConformanceCase.Skipped(Name, "the target claims no vectors of float32") : ProgramCase.Of(subject, Name, new GridSize(2), new GridSize(1), b =>
        {
            var (x, y) = (b.Buffer(DType.Float32, 2 * (lanes + 1)), b.Buffer(DType.Float32, 2 * lanes));
            var (array, loop) = (Ir.Local(DType.Float32, 0, lanes + 1), Ir.Range(Ir.Int(lanes + 1), 0));
            b.Add(array, loop, Ir.Store(Ir.At(array, loop), Ir.Load(Ir.At(x, Ir.Add(Ir.Mul(b.Item, Ir.Int(lanes + 1)), loop)))), Ir.End(loop));
            b.Add(Ir.Store(Ir.At(y, Ir.Mul(b.Item, Ir.Int(lanes))), Ir.Load(Ir.At(array, 1), lanes)));
            return [Elements.ToBytes(DType.Float32, ControlCases.Numbers(DType.Float32, 2 * (lanes + 1))), new byte[2 * lanes * 4]];
        });
    }
}
