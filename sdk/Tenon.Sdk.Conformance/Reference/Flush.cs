namespace Tenon.Sdk.Conformance;

/// <summary>Which subnormal numbers a device that may do so takes or gives as zeros.</summary>
/// <param name="DTypes">Of which dtypes.</param>
/// <param name="Inputs">Operands.</param>
/// <param name="Outputs">Results.</param>
internal sealed record Flush(IReadOnlySet<DType> DTypes, bool Inputs, bool Outputs)
{
    /// <summary>The ways in which a device may do it, besides not at all.</summary>
    public static IEnumerable<Flush> Ways(IReadOnlySet<DType> dtypes) => dtypes.Count == 0 ? [] : [new(dtypes, true, true), new(dtypes, false, true), new(dtypes, true, false)];

    public Scalar Apply(Scalar value, DType dtype) =>
        DTypes.Contains(dtype) && Math.Abs(value.AsDouble) < LeastNormal(dtype) ? (Scalar)(value.AsDouble < 0 || double.IsNegative(value.AsDouble) ? -0.0 : 0.0) : value;

    private static double LeastNormal(DType dtype) => dtype.Name switch
    {
        "float64" => 2.2250738585072014e-308,
        "float16" => 6.103515625e-05,
        _ => 1.1754943508222875e-38,
    };
}
