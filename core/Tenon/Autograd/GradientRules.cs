using Tenon.Core;

namespace Tenon;

/// <summary>
/// For each op, what the gradient of its value means for its sources. A rule returns one gradient for each source, null where
/// none flows. Ops that are not listed (comparisons, integers, <see cref="Ops.Detach"/>) pass none.
/// </summary>
internal static class GradientRules
{
    private delegate UOp?[] Rule(UOp node, UOp gradient);

    private static readonly Dictionary<Ops, Rule> Table = new()
    {
        // Movement: the opposite movement.
        [Ops.Reshape] = static (n, g) => Only(TensorGraph.Reshape(g, n[0].Shape)),
        [Ops.Permute] = static (n, g) => Only(TensorGraph.Permute(g, Inverse(n.ArgAs<Axes>()))),
        [Ops.Expand] = static (n, g) => Only(TensorGraph.Reduce(Ops.Add, g, ExpandedAxes(n))),
        [Ops.Pad] = static (n, g) => Only(TensorGraph.Shrink(g, Pairs(n, (i, before, _) => (before, before + n[0].Shape.Size(i))))),
        [Ops.Shrink] = static (n, g) => Only(TensorGraph.Pad(g, Pairs(n, (i, begin, end) => (begin, n[0].Shape.Size(i) - end)))),
        [Ops.Flip] = static (n, g) => Only(TensorGraph.Flip(g, n.ArgAs<Axes>().Span)),
        [Ops.Contiguous] = static (n, g) => [g],
        [Ops.Copy] = static (n, g) => [CopyBack(n[0], g)],

        // Elementwise.
        [Ops.Bitcast] = static (n, g) => Only(UOp.New(Ops.Bitcast, n[0].DType, [g])),      // complex numbers and their parts
        [Ops.Cast] = static (n, g) => n[0].DType.IsFloat || n[0].DType.IsComplex ? [g.Cast(n[0].DType)] : [null],
        [Ops.Neg] = static (n, g) => [-g],
        [Ops.Add] = static (n, g) => [g, g],
        [Ops.Sub] = static (n, g) => [g, -g],
        [Ops.Mul] = static (n, g) => [g * n[1], g * n[0]],
        [Ops.Div] = static (n, g) => [g / n[1], -(g * n / n[1])],                                     // d(x/y)/dy = -(x/y)/y
        [Ops.Sqrt] = static (n, g) => [g / (n * 2.0)],
        [Ops.Exp2] = static (n, g) => [g * n * Math.Log(2)],
        [Ops.Log2] = static (n, g) => [g / (n[0] * Math.Log(2))],
        [Ops.Trunc] = static (n, g) => [Zero(n)],
        [Ops.Sin] = static (n, g) => [g * UOp.Function(MathFunction.Cos, n[0])],
        [Ops.Math] = FunctionRule,
        [Ops.Where] = static (n, g) => [null, UOp.Where(n[0], g, Zero(g)), UOp.Where(n[0], Zero(g), g)],
        [Ops.Max] = MaxRule,

        // Reduce.
        [Ops.Reduce] = static (n, g) => [ReduceRule(n, g)],
    };

    /// <summary>
    /// What the gradient of a node flows to: its sources, but of sliding windows at once what they slide over, and of a gradient
    /// that somebody has written what they say.
    /// </summary>
    public static ReadOnlySpan<UOp> Sources(UOp node) => node.Op switch
    {
        Ops.Permute when WindowView.TryGet(node, out var window) => new UOp[] { window.Source },
        Ops.Detach when node.Arg is CustomGradient => node.Src[1..],
        Ops.Bitcast when node.DType.IsComplex == node[0].DType.IsComplex => [],
        _ => (node.DType.IsFloat || node.DType.IsComplex) && Table.ContainsKey(node.Op) ? node.Src : [],
    };

    /// <summary>The gradient of each of <see cref="Sources"/>.</summary>
    public static UOp?[] Apply(UOp node, UOp gradient) =>
        node.Op == Ops.Permute && WindowView.TryGet(node, out var window)
            ? [WindowView.Transposed(gradient, window.Axis, window.Source.Shape[window.Axis], window.Stride, window.Dilation)]
            : node.Arg is CustomGradient custom ? custom.Apply(node, gradient)
            : Table[node.Op](node, gradient);

    private static UOp?[] FunctionRule(UOp n, UOp g) => n.ArgAs<MathFunction>() switch
    {
        MathFunction.Exp => [g * n],
        MathFunction.Expm1 => [g * UOp.Alu(Ops.Add, n, One(n))],
        MathFunction.Log => [g / n[0]],
        MathFunction.Log1p => [g / UOp.Alu(Ops.Add, n[0], One(n))],
        MathFunction.Log10 => [g / (n[0] * Math.Log(10))],
        MathFunction.Cos => [-(g * UOp.Alu(Ops.Sin, n[0]))],
        MathFunction.Tan => [g * UOp.Alu(Ops.Add, One(n), n * n)],
        MathFunction.Erf => [g * UOp.Function(MathFunction.Exp, -(n[0] * n[0])) * (2 / Math.Sqrt(Math.PI))],
        MathFunction.Erfc => [g * UOp.Function(MathFunction.Exp, -(n[0] * n[0])) * (-2 / Math.Sqrt(Math.PI))],
        MathFunction.Pow => [PowerOfBase(n[0], n[1], g), PowerOfExponent(n, n[0], n[1], g)],
        MathFunction.Tanh => [g * UOp.Alu(Ops.Sub, One(n), n * n)],
        MathFunction.Sigmoid => [g * (n * UOp.Alu(Ops.Sub, One(n), n))],
        var f => throw new InvalidOperationException($"{f} has no gradient"),
    };

    // y x^(y - 1), and 0 for x⁰
    private static UOp PowerOfBase(UOp x, UOp y, UOp g) =>
        UOp.Where(UOp.Alu(Ops.CmpEq, y, Zero(y)), Zero(x), g * (y * UOp.Function(MathFunction.Pow, x, UOp.Alu(Ops.Sub, y, One(y)))));

    // xʸ ln x, and 0 for powers of 0 that are not negative
    private static UOp PowerOfExponent(UOp n, UOp x, UOp y, UOp g)
    {
        var isFlat = UOp.Alu(Ops.And, UOp.Alu(Ops.CmpEq, x, Zero(x)), UOp.Alu(Ops.Xor, UOp.Alu(Ops.CmpLt, y, Zero(y)), TensorGraph.FullLike(UOp.Alu(Ops.CmpLt, y, Zero(y)), true)));
        return UOp.Where(isFlat, Zero(x), g * (n * UOp.Function(MathFunction.Log, x)));
    }

    private static UOp One(UOp like) => TensorGraph.FullLike(like, 1);

    private static UOp?[] MaxRule(UOp n, UOp g)
    {
        // A literal wins a tie: the gradient of relu at 0 is 0.
        if (TensorGraph.IsFull(n[1], out _))
        {
            return [UOp.Where(UOp.Alu(Ops.CmpLt, n[1], n[0]), g, Zero(g)), null];
        }

        if (TensorGraph.IsFull(n[0], out _))
        {
            return [null, UOp.Where(UOp.Alu(Ops.CmpLt, n[0], n[1]), g, Zero(g))];
        }

        // Otherwise ties share equally.
        var tie = UOp.Where(UOp.Alu(Ops.CmpEq, n[0], n[1]), g * 0.5, Zero(g));
        return
        [
            UOp.Where(UOp.Alu(Ops.CmpLt, n[1], n[0]), g, tie),
            UOp.Where(UOp.Alu(Ops.CmpLt, n[0], n[1]), g, tie),
        ];
    }

    private static UOp ReduceRule(UOp n, UOp g)
    {
        var (x, (op, axes)) = (n[0], n.ArgAs<ReduceArg>());
        var shape = x.Shape;
        var spread = TensorGraph.Expand(g, shape);
        switch (op)
        {
            case Ops.Add:
                return spread;

            case Ops.Max:
                // The greatest elements share equally.
                var isMax = UOp.Alu(Ops.CmpEq, x, TensorGraph.Expand(n, shape)).Cast(x.DType);
                var count = TensorGraph.Expand(TensorGraph.Reduce(Ops.Add, isMax, axes.Span), shape);
                return isMax * spread / count;

            default:
                // The product of the others: of all, unless this one or another is zero.
                var zeros = UOp.Alu(Ops.CmpEq, x, Zero(x));
                var safe = UOp.Where(zeros, TensorGraph.FullLike(x, 1), x);
                var product = TensorGraph.Expand(TensorGraph.Reduce(Ops.Mul, safe, axes.Span), shape);
                var zeroCount = TensorGraph.Expand(TensorGraph.Reduce(Ops.Add, zeros.Cast(x.DType), axes.Span), shape);
                var otherZeros = UOp.Alu(Ops.Sub, zeroCount, zeros.Cast(x.DType));
                return spread * UOp.Where(UOp.Alu(Ops.CmpEq, otherZeros, Zero(x)), product / safe, Zero(x));
        }
    }

    // Movement and its like have one source that a gradient flows to; sizes follow it.
    private static UOp?[] Only(UOp gradient) => [gradient];

    private static UOp Zero(UOp like) => TensorGraph.FullLike(like, 0);

    private static int[] Inverse(Axes axes)
    {
        var inverse = new int[axes.Count];
        for (var i = 0; i < inverse.Length; i++)
        {
            inverse[axes[i]] = i;
        }

        return inverse;
    }

    private static int[] ExpandedAxes(UOp n) =>
        Enumerable.Range(0, n.Shape.Rank).Where(i => n[0].Shape.Dim(i) != n.Shape.Dim(i)).ToArray();

    // The pairs of a Pad or Shrink, turned into others.
    private static (SymInt, SymInt)[] Pairs(UOp n, Func<int, SymInt, SymInt, (SymInt, SymInt)> convert)
    {
        var pairs = new (SymInt, SymInt)[n.Shape.Rank];
        for (var i = 0; i < pairs.Length; i++)
        {
            pairs[i] = convert(i, new SymInt(n[1 + 2 * i]), new SymInt(n[2 + 2 * i]));
        }

        return pairs;
    }

    // A gradient returns to the device that the value came from; literals are on none.
    private static UOp CopyBack(UOp source, UOp gradient)
    {
        foreach (var node in source.TopologicalOrder(static n => n.Op != Ops.Copy))
        {
            if ((node.Op == Ops.Copy ? node.ArgAs<string>() : (node.Arg as BufferArg)?.Device) is { } device)
            {
                return UOp.New(Ops.Copy, gradient.DType, [gradient], device);
            }
        }

        return gradient;
    }
}
