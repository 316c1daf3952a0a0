using Tenon.Core;

namespace Tenon.Compiler;

/// <summary>Tensor graphs without what changes nothing: no copy to the same place, no movement that moves nothing.</summary>
internal static class TensorRules
{
    private static readonly Pat X = Pat.Any(0);
    private static readonly OpSet Shaping = new(Ops.Reshape, Ops.Expand, Ops.Shrink, Ops.Pad);

    public static PatternMatcher Rules { get; } = new PatternMatcher(
        // detach is for gradients, which are done
        Rule.Of(Pat.Op(Ops.Detach, X), static x => x),
        // what is stored need not be stored again
        Rule.Of(Pat.Op(Ops.Contiguous, X), static x => x.Op is Ops.Param or Ops.After or Ops.Contiguous or Ops.Const ? x : null),
        // reshape(reshape(x)) → reshape(x)
        Rule.Of(Pat.Prefix(new OpSet(Ops.Reshape), Pat.Prefix(new OpSet(Ops.Reshape), X)).As(1), static (x, outer) => Reshape(x, outer.Shape)),
        // after(s, reshape(s) ← v) → after(s, s ← reshape(v))
        Rule.Of(Pat.Op(new OpSet(Ops.After), 0), static after => after[1][0] != after[0] && StorageState.IsWhole(after)
            ? UOp.New(Ops.After, after.DType, [after[0], UOp.New(Ops.Store, DType.Void, [after[0], Reshape(after[1][1], after.Shape)])])
            : null),
        // movement to the same shape; a shrink or pad that keeps the shape keeps the place
        Rule.Of(Pat.Prefix(Shaping, X).As(1), static (x, moved) => moved.Shape.Equals(x.Shape) && KeepsPlace(moved) ? x : null),
        Rule.Of(Pat.Op(Ops.Permute, X).As(1), static (x, p) => IsIdentity((Axes)p.Arg!) ? x : null),
        // a reduction over axes of size 1 (of one value there is nothing to reduce)
        Rule.Of(Pat.Op(Ops.Reduce, X).As(1), static (x, r) => r.Shape.Equals(x.Shape) ? x : null),
        // a reduction of nothing is what changes nothing
        Rule.Of(Pat.Op(Ops.Reduce, X).As(1), static (x, r) => x.Shape.Dims.Contains(UOp.Index(0)) ? PackedBits.Full(r.DType, r.ArgAs<ReduceArg>().Op == Ops.Mul ? 1 : 0, r.Shape) : null),
        // cast(c)
        Rule.Of(Pat.Op(Ops.Cast, Pat.Const(0)).As(1), static (c, cast) => UOp.Const(cast.DType, ScalarMath.CastTo((Scalar)c.Arg!, cast.DType))),
        // cast(x) to its own type
        Rule.Of(Pat.Op(Ops.Cast, X).As(1), static (x, c) => x.DType == c.DType ? x : null)).Remembering();

    public static UOp Reshape(UOp x, Shape shape) => x.Shape.Equals(shape) ? x : UOp.New(Ops.Reshape, x.DType, [x, .. shape.Dims]);

    private static bool KeepsPlace(UOp moved)
    {
        if (moved.Op is Ops.Reshape or Ops.Expand)
        {
            return true;
        }

        for (var i = 1; i < moved.Src.Length; i += 2)
        {
            if (!moved[i].IsInteger(0))
            {
                return false;
            }
        }

        return true;
    }

    private static bool IsIdentity(Axes axes)
    {
        for (var i = 0; i < axes.Count; i++)
        {
            if (axes[i] != i)
            {
                return false;
            }
        }

        return true;
    }
}
