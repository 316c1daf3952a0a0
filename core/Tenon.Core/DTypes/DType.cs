using System.Collections.Concurrent;

namespace Tenon;

/// <summary>What the bits of a <see cref="DType"/> mean.</summary>
public enum DTypeKind : byte
{
    /// <summary>True or false, stored in one byte.</summary>
    Bool,

    /// <summary>Two's-complement integer; arithmetic wraps.</summary>
    Int,

    /// <summary>Unsigned integer; arithmetic wraps.</summary>
    UInt,

    /// <summary>IEEE 754 binary floating point, or bfloat16.</summary>
    Float,

    /// <summary>A mathematical integer used to index; lowered to the smallest machine integer that is safe.</summary>
    Index,

    /// <summary>No value (of a <c>Sink</c>, a <c>Store</c>, …).</summary>
    Void,
}

/// <summary>
/// The element type of a tensor or of a value in a kernel, with a number of lanes for vectors. Instances are interned:
/// compare them with <c>==</c>.
/// </summary>
public sealed class DType
{
    private static readonly ConcurrentDictionary<(DType Scalar, int Lanes), DType> Vectors = new();
    private readonly DType? _scalar;

    private DType(int id, string name, DTypeKind kind, int bits, int lanes = 1, DType? scalar = null)
    {
        Id = id;
        Name = name;
        Kind = kind;
        Bits = bits;
        Lanes = lanes;
        _scalar = scalar;
    }

    /// <summary>No value.</summary>
    public static DType Void { get; } = new(0, "void", DTypeKind.Void, 0);

    /// <summary>Truth value, one byte in memory.</summary>
    public static DType Bool { get; } = new(1, "bool", DTypeKind.Bool, 8);

    /// <summary>8-bit signed integer.</summary>
    public static DType Int8 { get; } = new(2, "int8", DTypeKind.Int, 8);

    /// <summary>16-bit signed integer.</summary>
    public static DType Int16 { get; } = new(3, "int16", DTypeKind.Int, 16);

    /// <summary>32-bit signed integer.</summary>
    public static DType Int32 { get; } = new(4, "int32", DTypeKind.Int, 32);

    /// <summary>64-bit signed integer.</summary>
    public static DType Int64 { get; } = new(5, "int64", DTypeKind.Int, 64);

    /// <summary>8-bit unsigned integer.</summary>
    public static DType UInt8 { get; } = new(6, "uint8", DTypeKind.UInt, 8);

    /// <summary>16-bit unsigned integer.</summary>
    public static DType UInt16 { get; } = new(7, "uint16", DTypeKind.UInt, 16);

    /// <summary>32-bit unsigned integer.</summary>
    public static DType UInt32 { get; } = new(8, "uint32", DTypeKind.UInt, 32);

    /// <summary>64-bit unsigned integer.</summary>
    public static DType UInt64 { get; } = new(9, "uint64", DTypeKind.UInt, 64);

    /// <summary>IEEE 754 binary16.</summary>
    public static DType Float16 { get; } = new(10, "float16", DTypeKind.Float, 16);

    /// <summary>The upper half of an IEEE 754 binary32.</summary>
    public static DType BFloat16 { get; } = new(11, "bfloat16", DTypeKind.Float, 16);

    /// <summary>IEEE 754 binary32; the default for floating point.</summary>
    public static DType Float32 { get; } = new(12, "float32", DTypeKind.Float, 32);

    /// <summary>IEEE 754 binary64.</summary>
    public static DType Float64 { get; } = new(13, "float64", DTypeKind.Float, 64);

    /// <summary>The weak integer of indices and shapes: unbounded until it is lowered.</summary>
    public static DType Index { get; } = new(14, "index", DTypeKind.Index, 64);

    /// <summary>Every dtype that a tensor may have, in order of <see cref="Id"/>.</summary>
    public static IReadOnlyList<DType> All { get; } =
        [Bool, Int8, Int16, Int32, Int64, UInt8, UInt16, UInt32, UInt64, Float16, BFloat16, Float32, Float64];

    /// <summary>A small stable number, used by file formats and caches.</summary>
    public int Id { get; }

    /// <summary>The name, such as <c>float32</c>, or <c>float32x8</c> for a vector.</summary>
    public string Name { get; }

    /// <summary>What the bits mean.</summary>
    public DTypeKind Kind { get; }

    /// <summary>Bits of one lane in memory.</summary>
    public int Bits { get; }

    /// <summary>Lanes: 1 for a scalar.</summary>
    public int Lanes { get; }

    /// <summary>Bytes of the whole value in memory, over all lanes.</summary>
    public int Bytes => Bits / 8 * Lanes;

    /// <summary>The type of one lane.</summary>
    public DType Scalar => _scalar ?? this;

    /// <summary>True for more than one lane.</summary>
    public bool IsVector => Lanes > 1;

    /// <summary>True for floating point.</summary>
    public bool IsFloat => Kind == DTypeKind.Float;

    /// <summary>True for signed and unsigned machine integers and for <see cref="Index"/>.</summary>
    public bool IsInteger => Kind is DTypeKind.Int or DTypeKind.UInt or DTypeKind.Index;

    /// <summary>True where negative values exist.</summary>
    public bool IsSigned => Kind is DTypeKind.Int or DTypeKind.Float or DTypeKind.Index;

    /// <summary>True for <see cref="Bool"/>, scalar or vector.</summary>
    public bool IsBool => Kind == DTypeKind.Bool;

    /// <summary>The least value as an integer; 0 for bool. Floats: <see cref="long.MinValue"/>.</summary>
    public long MinInteger => Kind switch
    {
        DTypeKind.Bool or DTypeKind.UInt => 0,
        DTypeKind.Int => Bits == 64 ? long.MinValue : -(1L << (Bits - 1)),
        _ => long.MinValue,
    };

    /// <summary>The greatest value as an integer (saturated for <c>uint64</c>); 1 for bool. Floats: <see cref="long.MaxValue"/>.</summary>
    public long MaxInteger => Kind switch
    {
        DTypeKind.Bool => 1,
        DTypeKind.UInt => Bits == 64 ? long.MaxValue : (1L << Bits) - 1,
        DTypeKind.Int => Bits == 64 ? long.MaxValue : (1L << (Bits - 1)) - 1,
        _ => long.MaxValue,
    };

    /// <summary>The vector type of this scalar with <paramref name="lanes"/> lanes; the scalar itself for one lane.</summary>
    /// <exception cref="InvalidOperationException">This type is already a vector.</exception>
    public DType Vec(int lanes)
    {
        if (lanes == 1)
        {
            return Scalar;
        }

        if (IsVector)
        {
            throw new InvalidOperationException($"{Name} is already a vector.");
        }

        return Vectors.GetOrAdd((this, lanes), static k => new DType(k.Scalar.Id | (k.Lanes << 8), $"{k.Scalar.Name}x{k.Lanes}", k.Scalar.Kind, k.Scalar.Bits, k.Lanes, k.Scalar));
    }

    /// <summary>This element type with the lanes of another.</summary>
    public DType WithLanesOf(DType other) => Scalar.Vec(other.Lanes);

    /// <summary>The dtype of a name such as <c>float32</c>.</summary>
    /// <exception cref="TenonException">No dtype has that name.</exception>
    public static DType Parse(string name) =>
        All.FirstOrDefault(d => d.Name == name)
        ?? throw new TenonException("TEN3001", $"'{name}' is not a dtype. Known: {string.Join(", ", All.Select(d => d.Name))}.");

    /// <summary>The scalar dtype with this <see cref="Id"/>.</summary>
    internal static DType FromId(int id) => (id & 0xff) switch { 0 => Void, 14 => Index, var i => All[i - 1].Vec(Math.Max(1, id >> 8)) };

    /// <summary>The dtype that stores a .NET type.</summary>
    /// <exception cref="TenonException">No dtype stores <typeparamref name="T"/>.</exception>
    public static DType Of<T>() where T : unmanaged
    {
        if (typeof(T) == typeof(float)) { return Float32; }
        if (typeof(T) == typeof(double)) { return Float64; }
        if (typeof(T) == typeof(Half)) { return Float16; }
        if (typeof(T) == typeof(bool)) { return Bool; }
        if (typeof(T) == typeof(sbyte)) { return Int8; }
        if (typeof(T) == typeof(short)) { return Int16; }
        if (typeof(T) == typeof(int)) { return Int32; }
        if (typeof(T) == typeof(long)) { return Int64; }
        if (typeof(T) == typeof(byte)) { return UInt8; }
        if (typeof(T) == typeof(ushort)) { return UInt16; }
        if (typeof(T) == typeof(uint)) { return UInt32; }
        if (typeof(T) == typeof(ulong)) { return UInt64; }
        throw new TenonException("TEN3002", $"No dtype stores {typeof(T).Name}. Use bool, sbyte…long, byte…ulong, Half, float or double.");
    }

    /// <inheritdoc/>
    public override string ToString() => Name;
}
