namespace Tenon.Core;

public sealed partial class UOp
{
    private static readonly UOp[] SmallIndices = CreateSmallIndices();

    /// <summary>A literal index.</summary>
    public static UOp Index(long value) =>
        value is >= -16 and < 256 ? SmallIndices[value + 16] : New(Ops.Const, DType.Index, [], (Scalar)value);

    /// <summary>A literal, converted to <paramref name="dtype"/>.</summary>
    public static UOp Const(DType dtype, Scalar value) => New(Ops.Const, dtype, [], value.To(dtype));

    /// <summary>A literal truth value.</summary>
    public static UOp Const(bool value) => Const(DType.Bool, value);

    /// <summary>A named integer between two bounds, both inclusive.</summary>
    public static UOp Variable(string name, long min, long max) => New(Ops.Variable, DType.Index, [], new VariableArg(name, min, max));

    /// <summary>A variable with the value that it has when the graph runs. Its bounds stay: what is compiled serves every value.</summary>
    public static UOp Bind(UOp variable, long value) => New(Ops.Variable, DType.Index, [Index(value)], variable.Arg);

    /// <summary>A loop counter from 0 to <paramref name="size"/>, exclusive.</summary>
    public static UOp Range(UOp size, int id, RangeKind kind = RangeKind.Loop) => New(Ops.Range, DType.Index, [size], new RangeArg(id, kind));

    /// <summary>An arithmetic node with one source.</summary>
    public static UOp Alu(Ops op, UOp x) => New(op, x.DType, [x]);

    /// <summary>An arithmetic node with two sources; comparisons give truth values.</summary>
    public static UOp Alu(Ops op, UOp x, UOp y) => New(op, OpSet.Comparison.Contains(op) ? DType.Bool.WithLanesOf(x.DType) : x.DType, [x, y]);

    /// <summary>One of two values, chosen by a truth value.</summary>
    public static UOp Where(UOp condition, UOp ifTrue, UOp ifFalse) => New(Ops.Where, ifTrue.DType, [condition, ifTrue, ifFalse]);

    /// <summary>A function of floats.</summary>
    public static UOp Function(MathFunction function, params ReadOnlySpan<UOp> sources) => New(Ops.Math, sources[0].DType, sources, function);

    /// <summary>The graph that keeps these nodes.</summary>
    public static UOp Sink(ReadOnlySpan<UOp> sources, KernelArg? kernel = null) => New(Ops.Sink, DType.Void, sources, kernel);

    /// <summary>This value converted to a dtype; itself if it is of it.</summary>
    public UOp Cast(DType dtype) => dtype.WithLanesOf(DType) == DType ? this : New(Ops.Cast, dtype.WithLanesOf(DType), [this]);

    /// <summary>The bits of this value as another dtype of the same width.</summary>
    public UOp Bitcast(DType dtype) => dtype.WithLanesOf(DType) == DType ? this : New(Ops.Bitcast, dtype.WithLanesOf(DType), [this]);

    /// <summary>A literal of this node's dtype and lanes.</summary>
    public UOp ConstLike(Scalar value) => New(Ops.Const, DType, [], value.To(DType.Scalar));

    private static UOp[] CreateSmallIndices()
    {
        var all = new UOp[272];
        for (var i = 0; i < all.Length; i++)
        {
            all[i] = New(Ops.Const, DType.Index, [], (Scalar)(long)(i - 16));
        }

        return all;
    }
}
