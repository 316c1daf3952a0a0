namespace Tenon;

/// <summary>
/// The promotion lattice of dtypes: the least type above both operands, as in JAX's type promotion, but int64 and uint64
/// join to uint64, so that the order of operands never matters. A scalar of C# is weak and defers to the tensor's dtype
/// unless it is of a higher kind.
/// </summary>
public static class Promotion
{
    private static readonly DType[,] Table = BuildTable();

    /// <summary>The least dtype to which both convert.</summary>
    public static DType Join(DType a, DType b) => a == b ? a : Table[a.Ordinal, b.Ordinal];

    /// <summary>
    /// The dtype of an operation between a tensor of <paramref name="tensor"/> and a C# scalar: the tensor's own, but a
    /// fraction lifts bool and integers to float32, and an integer lifts bool to int32.
    /// </summary>
    public static DType JoinWeak(DType tensor, Scalar scalar) => scalar.Kind switch
    {
        DTypeKind.Complex => DType.Complex64,
        DTypeKind.Float when !tensor.IsFloat && !tensor.IsComplex => DType.Float32,
        DTypeKind.Int or DTypeKind.UInt when tensor.IsBool => DType.Int32,
        _ => tensor,
    };

    private static DType[] Above(DType d) => d.Name switch
    {
        "bool" => [DType.Int2, DType.UInt2],
        "int2" => [DType.Int4],
        "uint2" => [DType.Int4, DType.UInt4],
        "int4" => [DType.Int8],
        "uint4" => [DType.Int8, DType.UInt8],
        "int8" => [DType.Int16],
        "int16" => [DType.Int32],
        "int32" => [DType.Int64],
        "uint8" => [DType.Int16, DType.UInt16],
        "uint16" => [DType.Int32, DType.UInt32],
        "uint32" => [DType.Int64, DType.UInt64],
        "int64" => [DType.UInt64],
        "uint64" => [DType.Float4E2M1, DType.Float8E8M0],
        "float4e2m1" => [DType.Float8E4M3FN, DType.Float8E5M2, DType.Float8E4M3FNUZ, DType.Float8E5M2FNUZ, DType.BFloat16],
        "float8e4m3fn" or "float8e5m2" or "float8e4m3fnuz" or "float8e5m2fnuz" => [DType.Float16],
        "float8e8m0" => [DType.BFloat16],
        "float16" or "bfloat16" => [DType.Float32],
        "float32" => [DType.Float64],
        "float64" => [DType.Complex64],
        _ => [],
    };

    private static HashSet<DType> UpperBounds(DType d)
    {
        var set = new HashSet<DType> { d };
        foreach (var above in Above(d))
        {
            set.UnionWith(UpperBounds(above));
        }

        return set;
    }

    private static DType[,] BuildTable()
    {
        var all = DType.All;
        var bounds = all.Select(UpperBounds).ToArray();
        var table = new DType[all.Count, all.Count];
        for (var i = 0; i < all.Count; i++)
        {
            for (var j = 0; j < all.Count; j++)
            {
                // The least common bound is the one from which most of the others can be reached.
                table[i, j] = bounds[i].Intersect(bounds[j]).MaxBy(d => bounds[d.Ordinal].Count * 100 - d.Ordinal)!;
            }
        }

        return table;
    }
}
