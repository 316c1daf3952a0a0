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

    /// <summary>Binary floating point.</summary>
    Float,

    /// <summary>A mathematical integer used to index; lowered to the smallest machine integer that is safe.</summary>
    Index,

    /// <summary>No value (of a <c>Sink</c>, a <c>Store</c>, …).</summary>
    Void,

    /// <summary>A pair of floats, the real part first.</summary>
    Complex,
}

/// <summary>
/// The element type of a tensor or of a value in a kernel, with a number of lanes for vectors. Instances are interned:
/// compare them with <c>==</c>.
/// </summary>
public sealed class DType
{
    private static readonly Lock NewVector = new();
    private readonly DType? _scalar;

    // By lanes. Replaced, never changed.
    private DType?[] _vectors = [];

    private DType(int id, string name, DTypeKind kind, int bits, int lanes = 1, DType? scalar = null, FloatFormat? format = null)
    {
        Format = format ?? scalar?.Format;
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
    public static DType Float16 { get; } = new(10, "float16", DTypeKind.Float, 16, format: new FloatFormat(5, 10, 15, FloatSpecials.Ieee));

    /// <summary>The upper half of an IEEE 754 binary32.</summary>
    public static DType BFloat16 { get; } = new(11, "bfloat16", DTypeKind.Float, 16, format: new FloatFormat(8, 7, 127, FloatSpecials.Ieee));

    /// <summary>IEEE 754 binary32; the default for floating point.</summary>
    public static DType Float32 { get; } = new(12, "float32", DTypeKind.Float, 32);

    /// <summary>IEEE 754 binary64.</summary>
    public static DType Float64 { get; } = new(13, "float64", DTypeKind.Float, 64);

    /// <summary>The weak integer of indices and shapes: unbounded until it is lowered.</summary>
    public static DType Index { get; } = new(14, "index", DTypeKind.Index, 64);

    /// <summary>8 bits with 4 of exponent: 448 at most, NaN and no infinity (OCP's OFP8 E4M3).</summary>
    public static DType Float8E4M3FN { get; } = Narrow(15, "float8e4m3fn", new FloatFormat(4, 3, 7, FloatSpecials.NaNOnly));

    /// <summary>8 bits with 5 of exponent: 57344 at most, as the upper half of a float16 (OCP's OFP8 E5M2).</summary>
    public static DType Float8E5M2 { get; } = Narrow(16, "float8e5m2", new FloatFormat(5, 2, 15, FloatSpecials.Ieee));

    /// <summary>8 bits with 4 of exponent: 240 at most; one zero, one NaN and no infinity.</summary>
    public static DType Float8E4M3FNUZ { get; } = Narrow(17, "float8e4m3fnuz", new FloatFormat(4, 3, 8, FloatSpecials.OneZeroOneNaN));

    /// <summary>8 bits with 5 of exponent: 57344 at most; one zero, one NaN and no infinity.</summary>
    public static DType Float8E5M2FNUZ { get; } = Narrow(18, "float8e5m2fnuz", new FloatFormat(5, 2, 16, FloatSpecials.OneZeroOneNaN));

    /// <summary>8 bits of exponent: the powers of 2 from 2⁻¹²⁷ to 2¹²⁷, and NaN (the scales of OCP's MX formats).</summary>
    public static DType Float8E8M0 { get; } = Narrow(19, "float8e8m0", new FloatFormat(8, 0, 127, FloatSpecials.PowersOfTwo));

    /// <summary>4 bits, two to a byte: ±0, 0.5, 1, 1.5, 2, 3, 4, 6 (OCP's MXFP4).</summary>
    public static DType Float4E2M1 { get; } = Narrow(20, "float4e2m1", new FloatFormat(2, 1, 1, FloatSpecials.None));

    /// <summary>4-bit signed integer, two to a byte.</summary>
    public static DType Int4 { get; } = new(21, "int4", DTypeKind.Int, 4);

    /// <summary>4-bit unsigned integer, two to a byte.</summary>
    public static DType UInt4 { get; } = new(22, "uint4", DTypeKind.UInt, 4);

    /// <summary>2-bit signed integer, four to a byte.</summary>
    public static DType Int2 { get; } = new(23, "int2", DTypeKind.Int, 2);

    /// <summary>2-bit unsigned integer, four to a byte.</summary>
    public static DType UInt2 { get; } = new(24, "uint2", DTypeKind.UInt, 2);

    /// <summary>A complex number of two float32, the real part first.</summary>
    public static DType Complex64 { get; } = new(25, "complex64", DTypeKind.Complex, 64);

    /// <summary>The dtypes that compilers and devices know, in order of <see cref="Id"/>. The others are made of these before a graph is scheduled.</summary>
    public static IReadOnlyList<DType> Native { get; } =
        [Bool, Int8, Int16, Int32, Int64, UInt8, UInt16, UInt32, UInt64, Float16, BFloat16, Float32, Float64];

    /// <summary>Every dtype that a tensor may have, in order of <see cref="Id"/>.</summary>
    public static IReadOnlyList<DType> All { get; } =
        [.. Native, Float8E4M3FN, Float8E5M2, Float8E4M3FNUZ, Float8E5M2FNUZ, Float8E8M0, Float4E2M1, Int4, UInt4, Int2, UInt2, Complex64];

    private static readonly Dictionary<Type, DType> OfClr = new()
    {
        [typeof(bool)] = Bool,
        [typeof(sbyte)] = Int8,
        [typeof(short)] = Int16,
        [typeof(int)] = Int32,
        [typeof(long)] = Int64,
        [typeof(byte)] = UInt8,
        [typeof(ushort)] = UInt16,
        [typeof(uint)] = UInt32,
        [typeof(ulong)] = UInt64,
        [typeof(Half)] = Float16,
        [typeof(float)] = Float32,
        [typeof(double)] = Float64,
    };

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

    /// <summary>Bytes of the whole value in memory, over all lanes. Of packed dtypes several elements lie in a byte: see <see cref="BytesOf"/>.</summary>
    public int Bytes => Bits / 8 * Lanes;

    /// <summary>Of floats of at most 16 bits, what the bits mean; null for others.</summary>
    public FloatFormat? Format { get; }

    /// <summary>True where several elements lie in a byte, the first in its lowest bits.</summary>
    public bool IsPacked => Bits is > 0 and < 8;

    /// <summary>True if compilers and devices know it; see <see cref="Native"/>.</summary>
    public bool IsNative => Scalar.Id <= Index.Id;

    /// <summary>The dtype in whose numbers elements are computed: of narrow floats float32, of packed integers one of 8 bits.</summary>
    public DType Carrier => IsNative ? this : Kind switch { DTypeKind.Int => Int8, DTypeKind.UInt => UInt8, _ => Float32 };

    /// <summary>The dtype as which memory holds elements: itself if native, bytes for narrow and packed ones, float32 for parts of complex numbers.</summary>
    public DType Stored => IsNative ? this : Kind == DTypeKind.Complex ? Float32 : UInt8;

    /// <summary>The type of one lane.</summary>
    public DType Scalar => _scalar ?? this;

    /// <summary>True for more than one lane.</summary>
    public bool IsVector => Lanes > 1;

    /// <summary>True for floating point.</summary>
    public bool IsFloat => Kind == DTypeKind.Float;

    /// <summary>True for complex numbers.</summary>
    public bool IsComplex => Kind == DTypeKind.Complex;

    /// <summary>True for signed and unsigned machine integers and for <see cref="Index"/>.</summary>
    public bool IsInteger => Kind is DTypeKind.Int or DTypeKind.UInt or DTypeKind.Index;

    /// <summary>True where negative values exist.</summary>
    public bool IsSigned => Kind is DTypeKind.Int or DTypeKind.Float or DTypeKind.Index or DTypeKind.Complex;

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

    /// <summary>The bytes of so many elements in memory; the last byte of a packed dtype may be used in part.</summary>
    /// <exception cref="OverflowException">They are more than 2⁶³ - 1.</exception>
    public long BytesOf(long elements) => Bits % 8 == 0 ? checked(elements * Bytes) : checked(elements * Bits + 7) / 8;

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

        var known = Volatile.Read(ref _vectors);
        return (lanes < known.Length ? known[lanes] : null) ?? MakeVector(lanes);
    }

    private DType MakeVector(int lanes)
    {
        lock (NewVector)
        {
            if (lanes < _vectors.Length && _vectors[lanes] is { } known)
            {
                return known;
            }

            var vectors = new DType?[Math.Max(_vectors.Length, lanes + 1)];
            _vectors.CopyTo(vectors, 0);
            var vector = vectors[lanes] = new DType(Id | (lanes << 8), $"{Name}x{lanes}", Kind, Bits, lanes, this);
            Volatile.Write(ref _vectors, vectors);
            return vector;
        }
    }

    /// <summary>This element type with the lanes of another.</summary>
    public DType WithLanesOf(DType other) => Scalar.Vec(other.Lanes);

    /// <summary>The dtype of a name such as <c>float32</c>.</summary>
    /// <exception cref="TenonException">No dtype has that name.</exception>
    public static DType Parse(string name) =>
        All.FirstOrDefault(d => d.Name == name)
        ?? throw new TenonException("TEN3001", $"'{name}' is not a dtype. Known: {string.Join(", ", All.Select(d => d.Name))}.");

    /// <summary>The scalar dtype with this <see cref="Id"/>.</summary>
    internal static DType FromId(int id) => (id & 0xff) switch { 0 => Void, 14 => Index, var i => All[i < Index.Id ? i - 1 : i - 2].Vec(Math.Max(1, id >> 8)) };

    /// <summary>The place in <see cref="All"/>.</summary>
    internal int Ordinal => Id < Index.Id ? Id - 1 : Id - 2;

    /// <summary>The dtype that stores a .NET type.</summary>
    /// <exception cref="TenonException">No dtype stores <typeparamref name="T"/>.</exception>
    public static DType Of<T>() where T : unmanaged => Of(typeof(T));

    /// <summary>The dtype that stores a .NET type.</summary>
    /// <exception cref="TenonException">No dtype stores it.</exception>
    public static DType Of(Type type) => OfClr.TryGetValue(type, out var dtype)
        ? dtype
        : throw new TenonException("TEN3002", $"No dtype stores {type.Name}. Use bool, sbyte…long, byte…ulong, Half, float or double.");

    private static DType Narrow(int id, string name, FloatFormat format) => new(id, name, DTypeKind.Float, format.Bits, format: format);

    /// <inheritdoc/>
    public override string ToString() => Name;
}
