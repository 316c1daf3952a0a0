using Tenon.Core;

namespace Tenon;

/// <summary>Arithmetic of nodes of equal shape and dtype.</summary>
internal static class UOpArithmetic
{
    extension(UOp)
    {
        public static UOp operator +(UOp x, UOp y) => UOp.Alu(Ops.Add, x, y);

        public static UOp operator -(UOp x, UOp y) => UOp.Alu(Ops.Sub, x, y);

        public static UOp operator -(UOp x) => UOp.Alu(Ops.Neg, x);

        public static UOp operator *(UOp x, UOp y) => UOp.Alu(Ops.Mul, x, y);

        public static UOp operator *(UOp x, double y) => UOp.Alu(Ops.Mul, x, TensorGraph.FullLike(x, y));

        public static UOp operator /(UOp x, UOp y) => UOp.Alu(Ops.Div, x, y);
    }
}
