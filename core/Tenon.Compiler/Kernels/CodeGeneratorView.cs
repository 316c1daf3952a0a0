using Tenon.Core;
using Tenon.Core.Backend;

namespace Tenon.Compiler;

/// <summary>What the compiler asks of a target.</summary>
internal sealed class CodeGeneratorView
{
    private readonly CodeGeneratorTarget _target;
    private readonly Capabilities _device;
    private readonly DTypeSupport[] _support = new DTypeSupport[DType.Native.Max(d => d.Id) + 1];

    public CodeGeneratorView(CodeGeneratorTarget target, Capabilities device)
    {
        (_target, _device) = (target, device);
        foreach (var (dtype, support) in target.DTypes)
        {
            _support[dtype.Id] = support;
        }
    }

    public int VectorBytes => _target.VectorBytes;

    public int VectorRegisters => _target.VectorRegisters;

    /// <summary>How many sums may be kept at once, in vectors if there are any; 0 if that isn't known. A lane has no vectors, but as many numbers.</summary>
    public int MostAccumulators => Workgroups is not null && !GroupsAreItems ? 4 * VectorRegisters : VectorRegisters;

    /// <summary>How work is divided among lanes that share local arrays; null if every work item runs by itself.</summary>
    public WorkgroupLimits? Workgroups => _device.Workgroups;

    /// <summary>How kernels may read buffers as images; null if they can't.</summary>
    public ImageLimits? Images => Has(Ops.Texel) && VectorBytes >= 16 && !HasWords ? _device.Images : null;

    /// <summary>
    /// Whether a group is best one lane, a work item: where one core runs all lanes of a group, and a vector of one lane is as wide as all that
    /// run side by side. Loops are chosen then as for a processor, which it is.
    /// </summary>
    public bool GroupsAreItems => Workgroups is { LocalMemoryIsFast: false, PreferredLanes: var lanes } && VectorBytes >= lanes * DType.Float32.Bytes;

    /// <summary>The matrix products that the target lists.</summary>
    public IReadOnlyList<TensorCore> TensorCores => _target.TensorCores;

    public int Parallelism => _device.Parallelism;

    public long L1CacheBytes => _device.L1CacheBytes;

    public long L2CacheBytes => _device.L2CacheBytes;

    public long L3CacheBytes => _device.L3CacheBytes;

    /// <summary>Bytes of the largest cache; 0 if unknown.</summary>
    public long LastCacheBytes => Math.Max(_device.L3CacheBytes, _device.L2CacheBytes);

    /// <summary>Bytes of local arrays that a kernel may have.</summary>
    public long LocalBytes => Has(Ops.Local) ? _device.LocalBytes : 0;

    public bool Has(Ops op) => _target.ExtraOps.Contains(op) || CodeGeneratorTarget.BaseOps.Contains(op);

    /// <summary>The tensor core that a node names.</summary>
    public TensorCore Core(UOp product) => _target.TensorCores.First(c => c.Name == product.ArgAs<string>());

    public bool IsVector(DType dtype) => _target.VectorBytes >= 16 && (Support(dtype) & DTypeSupport.Vector) != 0;

    /// <summary>Whether vectors of it may be loaded, stored and converted; not of parts of words.</summary>
    public bool IsMovedInVectors(DType dtype) => !IsPartOfWord(dtype) && (IsVector(dtype) || (_target.VectorBytes >= 16 && HasConversion(dtype)));

    /// <summary>Whether consecutive elements are best loaded together although each is then used by itself: where each lane of a group loads what it needs.</summary>
    public bool LoadsRuns(DType dtype) => Workgroups is not null && !GroupsAreItems && !HasWords && !dtype.IsBool && IsMovedInVectors(dtype);

    public bool HasConversion(DType dtype) => (Support(dtype) & DTypeSupport.Conversion) != 0;

    /// <summary>Whether squares of vectors can exchange rows and columns.</summary>
    public bool CanTranspose(DType dtype) => IsVector(dtype) && !dtype.IsBool && Has(Ops.Shuffle);

    public bool HasMaskedLoad(DType dtype) => IsVector(dtype) && (Support(dtype) & DTypeSupport.MaskedLoad) != 0;

    /// <summary>
    /// Whether lanes that lie that far apart are loaded as vectors of all that lies between them, of which shuffles pick some. If a gate says which
    /// lanes are there, what lies between them isn't touched.
    /// </summary>
    public bool PicksFromVectors(UOp load, UOp lanes, long? stride) =>
        stride is >= -4 and <= 4 and not (0 or 1) && CanTranspose(load.DType)
        && (load.Src.Length == 1 || !load[1].DependsOn(lanes)
            || (HasMaskedLoad(load.DType) && load[1].TopologicalOrder().TrueForAll(static u => u.Op is Ops.Range or Ops.Const or Ops.Variable or Ops.Special || OpSet.Elementwise.Contains(u.Op))));

    public bool HasArithmetic(DType dtype) => (Support(dtype) & DTypeSupport.Arithmetic) != 0;

    /// <summary>Whether comparisons see NaN and infinities, and arithmetic subnormal numbers.</summary>
    public bool IsIeee => _target.IsIeee;

    /// <summary>Whether memory is words of 32 bits, of which narrower elements are parts.</summary>
    public bool HasWords => _target.WordBytes == 4;

    /// <summary>Whether elements of it are parts of words in memory.</summary>
    public bool IsPartOfWord(DType dtype) => HasWords && dtype.Bits < 32 && (Support(dtype) & DTypeSupport.Storage) == 0;

    /// <summary>Whether it is an integer that is computed in 32 bits.</summary>
    public bool IsComputedIn32Bits(DType dtype) => HasWords && dtype is { Kind: DTypeKind.Int or DTypeKind.UInt, Bits: < 32 } && !HasArithmetic(dtype);

    /// <summary>Whether it is an integer of two words.</summary>
    public bool IsTwoWords(DType dtype) => HasWords && dtype is { Kind: DTypeKind.Int or DTypeKind.UInt, Bits: 64 } && !HasArithmetic(dtype);

    private DTypeSupport Support(DType dtype)
    {
        var scalar = dtype == DType.Index ? DType.Int32 : dtype.Scalar;
        return (uint)scalar.Id < (uint)_support.Length ? _support[scalar.Id] : default;
    }
}
