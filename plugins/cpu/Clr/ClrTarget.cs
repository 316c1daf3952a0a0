using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.Arm;
using System.Runtime.Intrinsics.X86;
using Tenon.Core;
using Tenon.Core.Backend;

namespace Tenon.Plugins.Cpu;

/// <summary>What the .NET JIT makes good code for on this machine.</summary>
internal static class ClrTarget
{
    private const DTypeSupport Full = DTypeSupport.Storage | DTypeSupport.Arithmetic | DTypeSupport.Vector;
    private const DTypeSupport Scalar = DTypeSupport.Storage | DTypeSupport.Arithmetic;

    /// <summary>Bytes of the widest vector that this machine has; 0 for none.</summary>
    /// <remarks>
    /// <see cref="Vector512.IsHardwareAccelerated"/> is false on processors that lower their clock for wide vectors, but
    /// the instructions are there and pay.
    /// </remarks>
    public static int WidestVector => Avx512F.IsSupported ? 64 : Avx2.IsSupported ? 32 : Vector128.IsHardwareAccelerated ? 16 : 0;

    /// <summary>The target with vectors of that many bytes.</summary>
    public static CodeGeneratorTarget Create(int vectorBytes)
    {
        var vector = vectorBytes > 0 ? Full : Scalar;
        var numbers = vectorBytes > 0 && MaskedMemory.IsSupported ? Full | DTypeSupport.MaskedLoad : vector;
        var narrow = vectorBytes > 0 ? Scalar | DTypeSupport.Conversion : Scalar;
        var extra = new OpSet(Ops.Local) | (vectorBytes > 0 ? CodeGeneratorTarget.VectorOps | new OpSet(Ops.Shuffle) : default);
        var hasFma = Fma.IsSupported || Avx512F.IsSupported || AdvSimd.IsSupported;
        return new CodeGeneratorTarget
        {
            ExtraOps = extra | (hasFma ? new OpSet(Ops.MulAcc) : default) | (DotProduct.IsSupported(vectorBytes) ? new OpSet(Ops.Dot4) : default),
            VectorBytes = vectorBytes,
            VectorRegisters = Avx512F.IsSupported || AdvSimd.IsSupported ? 32 : 16,
            Fingerprint = $"{RuntimeInformation.ProcessArchitecture}-v{vectorBytes}{(hasFma ? "-fma" : "")}{(MaskedMemory.IsSupported ? "-mask" : "")}".ToLowerInvariant(),
            DTypes = new Dictionary<DType, DTypeSupport>
            {
                [DType.Bool] = vector,
                [DType.Int8] = narrow,
                [DType.Int16] = narrow,
                [DType.Int32] = numbers,
                [DType.Int64] = numbers,
                [DType.UInt8] = narrow,
                [DType.UInt16] = narrow,
                [DType.UInt32] = numbers,
                [DType.UInt64] = numbers,
                [DType.Float16] = DTypeSupport.Storage,
                [DType.BFloat16] = DTypeSupport.Storage,
                [DType.Float32] = numbers,
                [DType.Float64] = numbers,
            },
        };
    }
}
