using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Tenon.Plugins.Cpu;

/// <summary>
/// Between lanes of 32 and 64 bits, the number of lanes staying the same. The JIT writes each as one instruction where the
/// processor has it.
/// </summary>
internal static class VectorResize
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<long> WidenHalf(Vector128<int> x) => Vector128.WidenLower(x);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<ulong> WidenHalf(Vector128<uint> x) => Vector128.WidenLower(x);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<double> WidenHalf(Vector128<float> x) => Vector128.WidenLower(x);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<long> Widen(Vector128<int> x) => Vector256.WidenLower(x.ToVector256Unsafe());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<ulong> Widen(Vector128<uint> x) => Vector256.WidenLower(x.ToVector256Unsafe());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<double> Widen(Vector128<float> x) => Vector256.WidenLower(x.ToVector256Unsafe());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<long> Widen(Vector256<int> x) => Vector512.WidenLower(x.ToVector512Unsafe());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<ulong> Widen(Vector256<uint> x) => Vector512.WidenLower(x.ToVector512Unsafe());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<double> Widen(Vector256<float> x) => Vector512.WidenLower(x.ToVector512Unsafe());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<int> Narrow(Vector128<long> x) => Vector128.Narrow(x, x);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<int> Narrow(Vector256<long> x) => Avx512F.VL.IsSupported
        ? Avx512F.VL.ConvertToVector128Int32(x)
        : Vector128.Narrow(x.GetLower(), x.GetUpper());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<int> Narrow(Vector512<long> x) => Avx512F.IsSupported
        ? Avx512F.ConvertToVector256Int32(x)
        : Vector256.Narrow(x.GetLower(), x.GetUpper());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<float> Narrow(Vector128<double> x) => Vector128.Narrow(x, x);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<float> Narrow(Vector256<double> x) => Avx.IsSupported
        ? Avx.ConvertToVector128Single(x)
        : Vector128.Narrow(x.GetLower(), x.GetUpper());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> Narrow(Vector512<double> x) => Avx512F.IsSupported
        ? Avx512F.ConvertToVector256Single(x)
        : Vector256.Narrow(x.GetLower(), x.GetUpper());

    /// <summary>The same lower half, and ones above.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<T> WithUpperOne<T>(Vector128<T> x) => x.WithUpper(Vector64<T>.One);
}
