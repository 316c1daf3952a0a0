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

    /// <summary>The greater.</summary>
    public static UOp Max(UOp a, UOp b) => Build(Ops.Max, a, b);

    /// <summary>The less.</summary>
    public static UOp Min(UOp a, UOp b) => Mul(Max(Mul(a, UOp.Index(-1)), Mul(b, UOp.Index(-1))), UOp.Index(-1));

    /// <summary>a &lt; b.</summary>
    public static UOp Less(UOp a, UOp b) => Build(Ops.CmpLt, a, b);

    /// <summary>a ≥ b.</summary>
    public static UOp GreaterOrEqual(UOp a, UOp b) => Not(Less(a, b));

    /// <summary>Both.</summary>
    public static UOp And(UOp a, UOp b) => Build(Ops.And, a, b);

    /// <summary>Not a.</summary>
    public static UOp Not(UOp a) => Build(Ops.Xor, a, UOp.Const(true));

    /// <summary>The value of arithmetic on literals and bound variables.</summary>
    /// <exception cref="TenonException">A variable is not bound.</exception>
    public static long Evaluate(UOp index) => EvaluateScalar(index).AsLong;

    /// <summary>The arithmetic without what its variables are bound to.</summary>
    public static UOp Unbound(UOp index)
    {
        if (index.Src.Length == 0)
        {
            return index;
        }

        if (index.Op == Ops.Variable)
        {
            return UOp.New(Ops.Variable, index.DType, [], index.Arg);
        }

        var src = index.Src.ToArray();
        for (var i = 0; i < src.Length; i++)
        {
            src[i] = Unbound(src[i]);
        }

        return index.WithSources(src);
    }

    private static Scalar EvaluateScalar(UOp u)
    {
        if (u.IsConst(out var value))
        {
            return value;
        }

        if (u.Op == Ops.Variable)
        {
            return u.Src.Length == 1 ? EvaluateScalar(u[0]) : throw new TenonException(
                "TEN5006", $"Variable {u.ArgAs<VariableArg>().Name} is not bound. Use {u.ArgAs<VariableArg>().Name}.Bind(value) where sizes and positions are given.");
        }

        Span<Scalar> values = stackalloc Scalar[u.Src.Length];
        for (var i = 0; i < values.Length; i++)
        {
            values[i] = EvaluateScalar(u[i]);
        }

        return ScalarMath.Evaluate(u.Op, u.DType, u[u.Src.Length - 1].DType, values);
    }

    private static UOp Build(Ops op, UOp a, UOp b) => Simplifier.SimplifyNode(UOp.Alu(op, a, b));
}
