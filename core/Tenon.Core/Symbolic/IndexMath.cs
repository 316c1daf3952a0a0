namespace Tenon.Core;

/// <summary>Index arithmetic that simplifies as it builds.</summary>
public static class IndexMath
{
    /// <summary>a + b.</summary>
    public static UOp Add(UOp a, UOp b) => Build(Ops.Add, a, b);

    /// <summary>a - b.</summary>
    public static UOp Sub(UOp a, UOp b) => Build(Ops.Add, a, Build(Ops.Mul, b, UOp.Index(-1)));

    /// <summary>a · b.</summary>
    public static UOp Mul(UOp a, UOp b) => Build(Ops.Mul, a, b);

    /// <summary>a / b towards minus infinity.</summary>
    public static UOp FloorDiv(UOp a, UOp b) => Build(Ops.FloorDiv, a, b);

    /// <summary>a - b·FloorDiv(a, b).</summary>
    public static UOp FloorMod(UOp a, UOp b) => Build(Ops.FloorMod, a, b);

    /// <summary>a &lt; b.</summary>
    public static UOp Less(UOp a, UOp b) => Build(Ops.CmpLt, a, b);

    /// <summary>a ≥ b.</summary>
    public static UOp GreaterOrEqual(UOp a, UOp b) => Not(Less(a, b));

    /// <summary>Both.</summary>
    public static UOp And(UOp a, UOp b) => Build(Ops.And, a, b);

    /// <summary>Not a.</summary>
    public static UOp Not(UOp a) => Build(Ops.Xor, a, UOp.Const(true));

    private static UOp Build(Ops op, UOp a, UOp b) => Simplifier.SimplifyNode(UOp.Alu(op, a, b));
}
