using Tenon.Core;

namespace Tenon.Compiler;

/// <summary>What a reduction becomes.</summary>
internal static class Reductions
{
    /// <summary>Up to so many copies of a reduction have an accumulator each.</summary>
    public const int SeparateAccumulators = 16;

    /// <summary>What a reduction begins with: it changes no result.</summary>
    public static Scalar Neutral(Ops op, DType dtype) => op switch
    {
        Ops.Add => ((Scalar)0).To(dtype),
        Ops.Mul => ((Scalar)1).To(dtype),
        Ops.Max when dtype.IsFloat => double.NegativeInfinity,
        Ops.Max => ((Scalar)dtype.MinInteger).To(dtype),
        _ => throw new InvalidOperationException($"{op} can't reduce."),
    };
}
