using Tenon.Core;

namespace Tenon.Compiler.Tests;

/// <summary>Which kernels that copy elements can be undone.</summary>
public sealed class RearrangementTests
{
    private static readonly UOp I = UOp.Range(UOp.Index(6), 0);
    private static readonly UOp J = UOp.Range(UOp.Index(4), 1);
    private static readonly UOp K = UOp.Range(UOp.Index(3), 2);

    /// <summary>The inverse reads where the kernel wrote.</summary>
    [Test]
    public void ATransposeIsUndoneByItsInverse()
    {
        var (kernel, slots) = Rearrangement.InverseOf(Copy(Sum((I, 4), (J, 1)), 24, Sum((J, 6), (I, 1)), I, J))!.Value;
        var store = kernel[0][0];
        Assert.That(store[0][0].ArgAs<ParamArg>().Slot, Is.EqualTo(slots.IndexOf(1)));
        Assert.That(LinearForm.Of(store[0][1]).Terms.ToArray().Select(t => t.Factor).Order(), Is.EqualTo(new[] { 1L, 4 }));
        Assert.That(LinearForm.Of(store[1][0][1]).Terms.ToArray().Select(t => t.Factor).Order(), Is.EqualTo(new[] { 1L, 6 }));
    }

    /// <summary>Gaps on the side of the copy are no matter, nor that elements are there several times.</summary>
    [Test]
    public void CopiesMayHaveGapsAndRepetitions()
    {
        Assert.That(Rearrangement.InverseOf(Copy(Sum((I, 1)), 6, Sum((I, 5)), I)), Is.Not.Null);
        Assert.That(Rearrangement.InverseOf(Copy(Sum((I, 1)), 6, Sum((I, 4), (J, 1)), I, J)), Is.Not.Null);
    }

    /// <summary>Tiles of a length that doesn't divide the whole: the last is shorter, or begins earlier.</summary>
    [Test]
    public void TheLastTileMayBeShorterOrOverlapTheOneBefore()
    {
        var shorter = UOp.Range(IndexMath.Min(UOp.Index(4), IndexMath.Add(UOp.Index(22), IndexMath.Mul(I, UOp.Index(-4)))), 1);
        Assert.That(Rearrangement.InverseOf(Copy(Sum((I, 4), (shorter, 1)), 22, Sum((I, 4), (shorter, 1)), I, shorter)), Is.Not.Null);
        Assert.That(Rearrangement.InverseOf(Copy(Sum((I, 4), (shorter, 1)), 24, Sum((I, 4), (shorter, 1)), I, shorter)), Is.Null);
        var start = IndexMath.Min(IndexMath.Mul(I, UOp.Index(4)), UOp.Index(18));
        Assert.That(Rearrangement.InverseOf(Copy(IndexMath.Add(start, J), 22, Sum((I, 4), (J, 1)), I, J)), Is.Not.Null);
        Assert.That(Rearrangement.InverseOf(Copy(IndexMath.Add(start, J), 23, Sum((I, 4), (J, 1)), I, J)), Is.Null);
    }

    /// <summary>What isn't copied can't be brought back, nor what was overwritten.</summary>
    [Test]
    public void NothingIsUndoneThatHasLostElements()
    {
        Assert.That(Rearrangement.InverseOf(Copy(Sum((I, 4), (J, 1)), 25, Sum((J, 6), (I, 1)), I, J)), Is.Null, "one element more");
        Assert.That(Rearrangement.InverseOf(Copy(IndexMath.Add(Sum((I, 1)), UOp.Index(1)), 7, Sum((I, 1)), I)), Is.Null, "not the first element");
        Assert.That(Rearrangement.InverseOf(Copy(Sum((I, 4), (K, 1)), 24, Sum((I, 3), (K, 1)), I, K)), Is.Null, "rows of four, of which three");
        Assert.That(Rearrangement.InverseOf(Copy(Sum((I, 4), (J, 1)), 24, Sum((I, 3), (J, 1)), I, J)), Is.Null, "rows that overlap");
        Assert.That(Rearrangement.InverseOf(Copy(Sum((I, 4), (J, 1)), 24, Sum((I, 1)), I, J)), Is.Null, "each row overwrites itself");
    }

    private static UOp Sum(params (UOp Range, long Factor)[] terms) => terms.Aggregate(UOp.Index(0), (sum, t) => IndexMath.Add(sum, IndexMath.Mul(t.Range, UOp.Index(t.Factor))));

    private static UOp Copy(UOp from, long size, UOp to, params UOp[] loops)
    {
        UOp At(int slot, long size, UOp index) => UOp.New(Ops.Index, DType.Float32, [UOp.New(Ops.Param, DType.Float32, [], new ParamArg(slot, size)), index]);
        var store = UOp.New(Ops.Store, DType.Void, [At(0, 64, to), UOp.New(Ops.Load, DType.Float32, [At(1, size, from)])]);
        return UOp.Sink([UOp.New(Ops.End, DType.Void, [store, .. loops])], new KernelArg("copy"));
    }
}
