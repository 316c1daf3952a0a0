using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Tenon.Plugins.Cpu;

/// <summary>Loads of the lanes that a mask selects; memory of the others is not touched. Lanes are 32 or 64 bits wide.</summary>
internal static unsafe class MaskedMemory
{
    /// <summary>Whether this machine has the instructions.</summary>
    public static bool IsSupported => Avx2.IsSupported;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<T> Load512<T>(T* p, Vector512<T> mask, Vector512<T> other) where T : unmanaged => sizeof(T) == 4
        ? Avx512F.MaskLoad((int*)p, mask.AsInt32(), other.AsInt32()).As<int, T>()
        : Avx512F.MaskLoad((long*)p, mask.AsInt64(), other.AsInt64()).As<long, T>();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<T> Load256<T>(T* p, Vector256<T> mask, Vector256<T> other) where T : unmanaged
    {
        var loaded = sizeof(T) == 4 ? Avx2.MaskLoad((int*)p, mask.AsInt32()).As<int, T>() : Avx2.MaskLoad((long*)p, mask.AsInt64()).As<long, T>();
        return Vector256.ConditionalSelect(mask, loaded, other);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<T> Load128<T>(T* p, Vector128<T> mask, Vector128<T> other) where T : unmanaged
    {
        var loaded = sizeof(T) == 4 ? Avx2.MaskLoad((int*)p, mask.AsInt32()).As<int, T>() : Avx2.MaskLoad((long*)p, mask.AsInt64()).As<long, T>();
        return Vector128.ConditionalSelect(mask, loaded, other);
    }

    /// <summary>Two lanes of 32 bits: what is in the upper half of the mask is undefined.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<T> Load64<T>(T* p, Vector128<T> mask, Vector128<T> other) where T : unmanaged =>
        Load128(p, mask.WithUpper(Vector64<T>.Zero), other);
}
