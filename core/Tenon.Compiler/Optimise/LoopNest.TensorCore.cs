using Tenon.Core;
using Tenon.Core.Backend;

namespace Tenon.Compiler;

internal sealed partial class LoopNest
{
    private readonly IReadOnlyList<TensorCore> _cores;

    /// <summary>What a tensor core would multiply, or why it can't.</summary>
    public (CoreProduct? Product, string? WhyNot) ProductFor(Opt opt)
    {
        if (opt.Amount < 0 || opt.Amount >= _cores.Count)
        {
            return (null, $"the target has {_cores.Count} tensor cores");
        }

        var (core, order) = (_cores[opt.Amount], Kernel.TopologicalOrder());
        return order.FindAll(static u => u.Op == Ops.Reduce) is not [var reduce] || order.Exists(static u => u.Op is Ops.After or Ops.Wmma) ? (null, "it takes the only sum of a kernel in which nothing is staged")
            : reduce.ArgAs<ReduceArg>().Op != Ops.Add || reduce[0].Op != Ops.Mul || reduce.DType != core.Accumulator ? (null, $"what is summed is not a product of {core.Accumulator}")
            : reduce.TopologicalOrder().Exists(Overwritten.Contains) ? (null, "a factor is overwritten by the kernel")
            : core.FractionBits is not null && !Kernel.ArgAs<KernelArg>().FastMath ? (null, "the core doesn't read all bits of the factors: fast maths must be asked for")
            : CoreOperand.Of(reduce[0][0], core) is not { } x || CoreOperand.Of(reduce[0][1], core) is not { } y ? (null, $"the factors are not {core.Input}")
            : Find(opt.Range) is not { } k || !reduce.Src[1..].Contains(k) || !IsWhole(k, RangeKind.Reduce) || !x.DependsOn(k) || !y.DependsOn(k) ? (null, "it isn't a loop of literal length over which both factors are summed")
            : reduce.Ranges.ToArray().Concat(reduce.Src[1..].ToArray()).Any(static r => r.ArgAs<RangeArg>().Kind is RangeKind.Vector or RangeKind.Lane) ? (null, "lanes share the work already")
            : CoreProduct.Choose(core, reduce, x, y, k, [.. CommonLoops().Where(static r => IsWhole(r, RangeKind.Loop))]) is { } product ? (product, null)
            : (null, "no loop of literal length changes one of the factors only, for each of them");
    }

    // Σₖ a(m, k) b(k, n) → Wmma(a(m', k'), b(k", n"), …), where m = M·m₀ + …, n = N·n₀ + … and k = K·k₀ + … : what is added are bits of the number of
    // the lane and of the element that it holds, for each of the three matrices as its layout says.
    private void MultiplyByCore(Opt opt)
    {
        var (found, whyNot) = ProductFor(opt);
        var product = found ?? throw new TenonException("TEN1100", $"{opt} can't be done: {whyNot}.");
        var core = product.Core;
        var lane = UOp.Range(UOp.Index(core.Lanes), _nextRange++, RangeKind.Lane);
        var element = UOp.Range(UOp.Index(core.C.Elements), _nextRange++, RangeKind.Unroll);
        var (m, n, k) = (Blocks(product.M, core.M), Blocks(product.N, core.N), Blocks(product.K, core.K));
        var (a, inA) = Operand(product.A, core.A, (product.M, CoreAxis.M, m, core.M));
        var (b, inB) = Operand(product.B, core.B, (product.N, CoreAxis.N, n, core.N));
        if (core.A.IsLocal || core.B.IsLocal)
        {
            (a, b) = ThroughLocal(core, a, inA, b, inB);
        }

        UOp[] closed = [.. core.A.IsLocal ? [] : new[] { inA }, .. core.B.IsLocal ? [] : new[] { inB }, .. k is null ? [] : new[] { k }, .. product.Reduce.Src[1..].ToArray().Where(r => r != product.K)];
        var result = UOp.New(Ops.Wmma, core.Result, [a, b, element, lane, .. closed], core.Name);
        var (row, rowFits) = Place(product.M, m, core.M, CoreAxis.M, core.C, lane, element);
        var (column, columnFits) = Place(product.N, n, core.N, CoreAxis.N, core.C, lane, element);

        var changes = new LoopChanges();
        changes.Add(product.Reduce, result.Cast(product.Reduce.DType));
        changes.Add(product.M, row, [.. m is null ? [] : new[] { m }, lane, element]);
        changes.Add(product.N, column, [.. n is null ? [] : new[] { n }]);
        Kernel = changes.Apply(Kernel, "lower/optimise/tensor core", inOrder: true);
        if (IndexMath.And(rowFits, columnFits) is var fits && !fits.IsInteger(1))
        {
            Guard(element, fits);
        }

        // A factor where the lane's elements of it are; beyond the end of what is summed, zeros of both factors.
        (UOp Value, UOp Element) Operand(UOp factor, FragmentLayout layout, (UOp Range, CoreAxis Axis, UOp? Block, int Size) other)
        {
            var own = UOp.Range(UOp.Index(layout.Elements), _nextRange++, layout.IsLocal ? RangeKind.Loop : RangeKind.Unroll);
            var (summed, isInside) = Place(product.K, k, core.K, CoreAxis.K, layout, lane, own);
            var (index, _) = Place(other.Range, other.Block, other.Size, other.Axis, layout, lane, own);
            var value = factor.Substitute(new NodeMap<UOp> { [product.K] = summed, [other.Range] = index });
            return (isInside.IsInteger(1) ? value : UOp.Where(isInside, value, UOp.Const(value.DType, ((Scalar)0).To(value.DType))), own);
        }
    }

    // What the core reads from memory is first written there by all lanes: one array, A before B.
    private (UOp A, UOp B) ThroughLocal(TensorCore core, UOp a, UOp inA, UOp b, UOp inB)
    {
        var sizeOfA = core.A.IsLocal ? core.A.Elements : 0;
        var array = UOp.New(Ops.Local, core.Input.Stored, [], new LocalArg(_nextLocal++, sizeOfA + (core.B.IsLocal ? core.B.Elements : 0)));
        UOp At(UOp storage, UOp place) => UOp.New(Ops.Index, array.DType, [storage, place]);
        UOp Fill(UOp value, UOp place, UOp loop) => End(UOp.New(Ops.Store, DType.Void, [At(array, place), value]), [loop]);
        var filled = UOp.New(Ops.After, array.DType, [
            array,
            .. core.A.IsLocal ? [Fill(a, inA, inA)] : Array.Empty<UOp>(),
            .. core.B.IsLocal ? [Fill(b, IndexMath.Add(UOp.Index(sizeOfA), inB), inB)] : Array.Empty<UOp>()]);
        return (core.A.IsLocal ? First(0) : a, core.B.IsLocal ? First(sizeOfA) : b);

        UOp First(int place) => UOp.New(Ops.Load, array.DType, [At(filled, UOp.Index(place))]);
    }

    // The loop over blocks keeps the number; null for one block.
    private static UOp? Blocks(UOp range, int size) =>
        range[0].Max <= size ? null : UOp.Range(UOp.Index((range[0].Max + size - 1) / size), range.ArgAs<RangeArg>().Id, range.ArgAs<RangeArg>().Kind);

    // The index along a range, at most its last, and whether it is in the range.
    private static (UOp Index, UOp IsInside) Place(UOp range, UOp? block, int size, CoreAxis axis, FragmentLayout layout, UOp lane, UOp element)
    {
        var own = IndexMath.Add(Bits(layout.LaneBits, axis, lane), Bits(layout.ElementBits, axis, element));
        var index = block is null ? own : IndexMath.Add(IndexMath.Mul(block, UOp.Index(size)), own);
        return range[0].Max % size == 0 ? (index, UOp.Const(true)) : (IndexMath.Min(index, UOp.Index(range[0].Max - 1)), IndexMath.Less(index, range[0]));
    }

    // The bits of a number that are bits of the index along an axis, consecutive ones together.
    private static UOp Bits(IReadOnlyList<CoreBit?> bits, CoreAxis axis, UOp number)
    {
        var index = UOp.Index(0);
        for (var i = 0; i < bits.Count;)
        {
            var count = 1;
            if (bits[i] is { } first && first.Axis == axis)
            {
                while (i + count < bits.Count && bits[i + count] == first with { Bit = first.Bit + count })
                {
                    count++;
                }

                var part = IndexMath.FloorMod(IndexMath.FloorDiv(number, UOp.Index(1L << i)), UOp.Index(1L << count));
                index = IndexMath.Add(index, IndexMath.Mul(part, UOp.Index(1L << first.Bit)));
            }

            i += count;
        }

        return index;
    }

    private static bool IsWhole(UOp range, RangeKind kind) => range[0].Op == Ops.Const && range.ArgAs<RangeArg>().Kind == kind;
}
