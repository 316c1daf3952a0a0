using Tenon.Core;
using Tenon.Core.Backend;

namespace Tenon.Compiler;

/// <summary>Where in an image a texel is, and when it is read.</summary>
/// <param name="X">Its column.</param>
/// <param name="Y">Its row.</param>
/// <param name="Gate">What must hold besides; null if nothing: elsewhere there is no such column or row.</param>
internal sealed record TexelPlace(UOp X, UOp Y, UOp? Gate)
{
    /// <summary>How many conditions and divisions it takes.</summary>
    public int Cost => Conditions(Gate).Count() + (X.TopologicalOrder().Exists(static u => u.Op == Ops.FloorMod) ? 1 : 0);

    /// <summary>The place of a texel.</summary>
    /// <param name="texel">Its number.</param>
    /// <param name="gate">When it is read; null for always.</param>
    /// <param name="size">Of the image.</param>
    /// <param name="isZeroOutside">Whether what is outside of the image is what is wanted where the gate is false.</param>
    public static TexelPlace Of(UOp texel, UOp? gate, ImageSize size, bool isZeroOutside)
    {
        var (x, y) = Coordinates(texel, new Facts(gate), size);
        var needed = isZeroOutside ? Conditions(gate).Where(c => !IsOutside(x, y, size, new Facts(IndexMath.Not(c)))) : Conditions(gate);
        return new TexelPlace(x, y, needed.Aggregate((UOp?)null, (all, c) => all is null ? c : IndexMath.And(all, c)));
    }

    /// <summary>The texel.</summary>
    /// <param name="load">What it stands for.</param>
    /// <param name="isZeroOutside">Whether what is outside of the image is what is wanted where the gate is false.</param>
    public UOp Read(UOp load, bool isZeroOutside)
    {
        UOp Texel(UOp x, UOp y) => UOp.New(Ops.Texel, DType.Float32.Vec(ImageSize.TexelElements), [load[0].Memory, x, y]);
        if (Gate is null)
        {
            return Texel(X, Y);
        }

        if (isZeroOutside)
        {
            return Texel(UOp.Where(Gate, X, UOp.Index(-1)), Y);
        }

        var (origin, lanes) = (UOp.Index(0), ImageSize.TexelElements);
        var other = UOp.New(Ops.Const, DType.Float32.Vec(lanes), [], ((Scalar)load[2].Arg!).To(DType.Float32));
        return UOp.Where(Pieces.Splat(Gate, lanes), Texel(UOp.Where(Gate, X, origin), Y == origin ? Y : UOp.Where(Gate, Y, origin)), other);
    }

    // Steps of whole rows are rows, the others columns, if these stay within a row where the texel is read.
    private static (UOp X, UOp Y) Coordinates(UOp texel, Facts known, ImageSize size)
    {
        if (size.Height == 1)
        {
            return (texel, UOp.Index(0));
        }

        var (form, x, y) = (LinearForm.Of(texel), new LinearForm(), new LinearForm());
        foreach (var (term, factor) in form.Terms)
        {
            if (factor % size.Width == 0)
            {
                y.AddTerm(term, factor / size.Width);
            }
            else
            {
                x.AddTerm(term, factor);
            }
        }

        foreach (var turn in new[] { 0, -1, 1 })
        {
            y.Constant = (long)Math.Floor((decimal)form.Constant / size.Width) + turn;
            x.Constant = form.Constant - y.Constant * size.Width;
            var (column, row) = (x.ToUOp(), y.ToUOp());
            var (min, max) = known.Bounds(column);
            if (min > max || (min >= 0 && max < size.Width))
            {
                return (column, row);
            }
        }

        return (IndexMath.FloorMod(texel, UOp.Index(size.Width)), IndexMath.FloorDiv(texel, UOp.Index(size.Width)));
    }

    private static bool IsOutside(UOp x, UOp y, ImageSize size, Facts known) => IsBeyond(known.Bounds(x), size.Width) || IsBeyond(known.Bounds(y), size.Height);

    private static bool IsBeyond((Int128 Min, Int128 Max) bounds, long size) => bounds.Max < 0 || bounds.Min >= size;

    private static IEnumerable<UOp> Conditions(UOp? gate) => gate is null ? [] : gate.Op == Ops.And ? [.. Conditions(gate[0]), .. Conditions(gate[1])] : [gate];
}
