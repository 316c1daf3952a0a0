namespace Tenon.Core.Backend;

/// <summary>What a device or a code generator can do with a dtype. Absent flags mean: the host finds another way.</summary>
[Flags]
public enum DTypeSupport
{
    /// <summary>Nothing: a tensor of this dtype can't live on the device.</summary>
    None = 0,

    /// <summary>May be loaded and stored.</summary>
    Storage = 1,

    /// <summary>May be computed with, one at a time.</summary>
    Arithmetic = 2,

    /// <summary>May be computed with, loaded and stored in vectors.</summary>
    Vector = 4,

    /// <summary>Vectors may be loaded under a mask: what the lanes that are off point to is not touched.</summary>
    MaskedLoad = 8,

    /// <summary>
    /// Of a code generator: what can't be computed with may be converted to float32 and back; and what can't be computed with in vectors
    /// may be loaded, stored and converted in vectors.
    /// </summary>
    Conversion = 16,

    /// <summary>Of a code generator: no ability, but a reservation. Arithmetic may take and give numbers below the least normal one as zeros.</summary>
    FlushesSubnormals = 32,
}

/// <summary>What an opened device has. Immutable. Absent means unsupported.</summary>
public sealed record Capabilities
{
    /// <summary>Per scalar dtype, what can be done with it in memory. Those not listed are unsupported.</summary>
    public required IReadOnlyDictionary<DType, DTypeSupport> DTypes { get; init; }

    /// <summary>Independent pieces of work that keep the device busy: hardware threads.</summary>
    public int Parallelism { get; init; } = 1;

    /// <summary>Buffers that one kernel may use.</summary>
    public int MaxBuffers { get; init; } = int.MaxValue;

    /// <summary>Bytes of the largest buffer.</summary>
    public long MaxBufferBytes { get; init; } = long.MaxValue;

    /// <summary>Bytes of a core's first-level data cache; 0 if unknown.</summary>
    public long L1CacheBytes { get; init; }

    /// <summary>Bytes of a core's second-level cache; 0 if unknown.</summary>
    public long L2CacheBytes { get; init; }

    /// <summary>Bytes of the last-level cache that the cores share; 0 if unknown.</summary>
    public long L3CacheBytes { get; init; }

    /// <summary>
    /// Bytes of the local arrays (<see cref="Ops.Local"/>) that a work item, or a group of lanes, may have; 0 if it may have none.
    /// </summary>
    public long LocalBytes { get; init; }

    /// <summary>How work is divided among lanes that share local arrays; null if every work item runs by itself.</summary>
    public WorkgroupLimits? Workgroups { get; init; }

    /// <summary>How kernels may read buffers as images; null if they can't.</summary>
    public ImageLimits? Images { get; init; }

    /// <summary>Alignment in bytes of every allocation.</summary>
    public int Alignment { get; init; } = 64;

    /// <summary>Whether kernels are compiled and never run, and memory doesn't keep what is written to it: the device shows what would be done.</summary>
    public bool IsDryRun { get; init; }
}

/// <summary>What a code generator takes. The compiler rewrites everything else away before it calls the generator.</summary>
public sealed record CodeGeneratorTarget
{
    /// <summary>
    /// Ops beyond the base set that every generator must take (see <see cref="BaseOps"/>), such as <see cref="Ops.Exp2"/> or
    /// <see cref="Ops.MulAcc"/>.
    /// </summary>
    public OpSet ExtraOps { get; init; }

    /// <summary>Per scalar dtype, what values of it can be used for. Those not listed are emulated where possible.</summary>
    public required IReadOnlyDictionary<DType, DTypeSupport> DTypes { get; init; }

    /// <summary>Bytes of a vector register; 0 for no vectors. Vectors of half and a quarter of it must work too, down to 16.</summary>
    public int VectorBytes { get; init; }

    /// <summary>How many vector registers there are; tiles are sized by it.</summary>
    public int VectorRegisters { get; init; } = 16;

    /// <summary>
    /// 4 where memory is accessed in words of 32 bits. Types without <see cref="DTypeSupport.Storage"/> are then parts of words: a store of
    /// a part has a mask, and an <see cref="Ops.Special"/> of the kind <see cref="SpecialKind.Start"/> says where in its first word a buffer
    /// begins. Integers of 64 bits without <see cref="DTypeSupport.Arithmetic"/> are two words each, and narrower ones are
    /// computed in 32 bits. 0 where every dtype is accessed as such.
    /// </summary>
    public int WordBytes { get; init; }

    /// <summary>
    /// Whether comparisons see NaN and infinities as IEEE 754 says, and arithmetic keeps subnormal numbers. Where not, they are told by
    /// their bits as far as that is possible.
    /// </summary>
    public bool IsIeee { get; init; } = true;

    /// <summary>The matrix products that <see cref="Ops.Wmma"/> may name, the best first; what a kernel loads decides which of them can be used.</summary>
    public IReadOnlyList<TensorCore> TensorCores { get; init; } = [];

    /// <summary>
    /// Distinguishes targets whose compiled kernels are not interchangeable, such as <c>x64-avx512</c>. Part of the key of
    /// the disk cache.
    /// </summary>
    public required string Fingerprint { get; init; }

    /// <summary>The ops that every generator takes.</summary>
    public static OpSet BaseOps { get; } = new(
        Ops.Param, Ops.Variable, Ops.Special, Ops.Const, Ops.Range, Ops.End, Ops.Index, Ops.Load, Ops.Store, Ops.Accumulator,
        Ops.Assign, Ops.Cast, Ops.Bitcast, Ops.Add, Ops.Sub, Ops.Mul, Ops.Div, Ops.IntDiv, Ops.IntMod, Ops.CmpLt, Ops.CmpEq,
        Ops.CmpNe, Ops.And, Ops.Or, Ops.Xor, Ops.Shl, Ops.Shr, Ops.Where, Ops.Neg, Ops.Max, Ops.Sqrt, Ops.Trunc);

    /// <summary>The further ops that a generator with vectors takes.</summary>
    public static OpSet VectorOps { get; } = new(Ops.Stack, Ops.Splat, Ops.Extract);
}
