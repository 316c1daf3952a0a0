namespace Tenon.Plugins.Cpu;

/// <summary>Which .NET types hold values of a dtype.</summary>
internal static class ClrType
{
    /// <summary>The type of a local that holds a value: truth values and small integers are <c>int</c>, vectors are registers.</summary>
    public static Type OfValue(DType dtype)
    {
        if (dtype.IsVector)
        {
            return VectorType.Of(dtype).Type;
        }

        return dtype.Bits < 32 ? typeof(int) : Element(dtype);
    }

    /// <summary>The type of one lane of a vector; a lane of a mask is an <c>int</c>, 0 or -1.</summary>
    public static Type Element(DType dtype) => (dtype.Kind, dtype.Bits) switch
    {
        (DTypeKind.Bool, _) => typeof(int),
        (DTypeKind.Int, 8) => typeof(sbyte),
        (DTypeKind.UInt, 8) => typeof(byte),
        (DTypeKind.Int, 16) => typeof(short),
        (DTypeKind.UInt, 16) => typeof(ushort),
        (DTypeKind.Int, 32) => typeof(int),
        (DTypeKind.Int or DTypeKind.Index, 64) => typeof(long),
        (DTypeKind.UInt, 32) => typeof(uint),
        (DTypeKind.UInt, 64) => typeof(ulong),
        (DTypeKind.Float, 32) => typeof(float),
        (DTypeKind.Float, 64) => typeof(double),
        _ => throw new InvalidOperationException($"{dtype} has no lanes; the target offers it as a scalar only."),
    };
}
