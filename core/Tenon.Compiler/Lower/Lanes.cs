using Tenon.Core;

namespace Tenon.Compiler;

/// <summary>A value with operators, so that formulas in the IR read as such. Literals take its dtype.</summary>
internal readonly record struct Lanes(UOp Node)
{
    public DType DType => Node.DType;

    public static implicit operator Lanes(UOp node) => new(node);

    public static implicit operator UOp(Lanes lanes) => lanes.Node;

    public static Lanes operator +(Lanes x, Lanes y) => UOp.Alu(Ops.Add, x, y);

    public static Lanes operator -(Lanes x, Lanes y) => UOp.Alu(Ops.Sub, x, y);

    public static Lanes operator *(Lanes x, Lanes y) => UOp.Alu(Ops.Mul, x, y);

    public static Lanes operator /(Lanes x, Lanes y) => UOp.Alu(Ops.Div, x, y);

    public static Lanes operator -(Lanes x) => UOp.Alu(Ops.Neg, x.Node);

    public static Lanes operator !(Lanes x) => UOp.Alu(Ops.Xor, x, x.Node.ConstLike(true));

    public static Lanes operator &(Lanes x, Lanes y) => UOp.Alu(Ops.And, x, y);

    public static Lanes operator |(Lanes x, Lanes y) => UOp.Alu(Ops.Or, x, y);

    public static Lanes operator ^(Lanes x, Lanes y) => UOp.Alu(Ops.Xor, x, y);

    public static Lanes operator <(Lanes x, Lanes y) => UOp.Alu(Ops.CmpLt, x, y);

    public static Lanes operator >(Lanes x, Lanes y) => UOp.Alu(Ops.CmpLt, y, x);

    public static Lanes operator <<(Lanes x, int count) => UOp.Alu(Ops.Shl, x, x.Of(count));

    public static Lanes operator >>(Lanes x, int count) => UOp.Alu(Ops.Shr, x, x.Of(count));

    public static Lanes operator +(Lanes x, double y) => x + x.Of(y);

    public static Lanes operator -(Lanes x, double y) => x - x.Of(y);

    public static Lanes operator *(Lanes x, double y) => x * x.Of(y);

    public static Lanes operator +(Lanes x, long y) => x + x.Of(y);

    public static Lanes operator -(Lanes x, long y) => x - x.Of(y);

    public static Lanes operator &(Lanes x, long y) => x & x.Of(y);

    public static Lanes operator |(Lanes x, long y) => x | x.Of(y);

    public static Lanes operator ^(Lanes x, long y) => x ^ x.Of(y);

    public static Lanes operator <(Lanes x, double y) => x < x.Of(y);

    public static Lanes operator >(Lanes x, double y) => x > x.Of(y);

    /// <summary>A literal of this dtype.</summary>
    public Lanes Of(double value) => Node.ConstLike(value);

    /// <summary>A whole literal of this dtype.</summary>
    public Lanes Of(long value) => Node.ConstLike(value);

    public Lanes Is(Lanes y) => UOp.Alu(Ops.CmpEq, this, y);

    public Lanes Is(double y) => Is(Of(y));

    public Lanes As(DType dtype) => Node.Bitcast(dtype);

    public Lanes To(DType dtype) => Node.Cast(dtype);

    /// <summary>This truth value's choice.</summary>
    public Lanes Then(Lanes yes, Lanes no) => UOp.Where(this, yes, no);

    /// <summary>The lesser of this and a number; NaN stays.</summary>
    public Lanes AtMost(double limit) => (Of(limit) < this).Then(Of(limit), this);

    /// <summary>The greater of this and a number; NaN stays.</summary>
    public Lanes AtLeast(double limit) => UOp.Alu(Ops.Max, this, Of(limit));
}
