using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Tenon.Plugins.Cpu;

/// <summary>
/// Between lanes of 8 or 16 bits and as many of 32. A vector of fewer than 16 bytes lies in the lower lanes of its register; what is above
/// is undefined. The JIT writes each as one instruction where the processor has it.
/// </summary>
internal static class NarrowLanes
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<int> Widen2(Vector128<byte> x) => Widen4(x);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<int> Widen2(Vector128<sbyte> x) => Widen4(x);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<int> Widen2(Vector128<ushort> x) => Widen4(x);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<int> Widen2(Vector128<short> x) => Widen4(x);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<int> Widen4(Vector128<byte> x) => Vector128.WidenLower(Vector128.WidenLower(x)).AsInt32();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<int> Widen4(Vector128<sbyte> x) => Vector128.WidenLower(Vector128.WidenLower(x));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<int> Widen4(Vector128<ushort> x) => Vector128.WidenLower(x).AsInt32();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<int> Widen4(Vector128<short> x) => Vector128.WidenLower(x);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<int> Widen8(Vector128<byte> x) => Avx2.IsSupported
        ? Avx2.ConvertToVector256Int32(x)
        : Vector256.WidenLower(Vector128.WidenLower(x).ToVector256Unsafe()).AsInt32();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<int> Widen8(Vector128<sbyte> x) => Avx2.IsSupported
        ? Avx2.ConvertToVector256Int32(x)
        : Vector256.WidenLower(Vector128.WidenLower(x).ToVector256Unsafe());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<int> Widen8(Vector128<ushort> x) => Avx2.IsSupported
        ? Avx2.ConvertToVector256Int32(x)
        : Vector256.WidenLower(x.ToVector256Unsafe()).AsInt32();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<int> Widen8(Vector128<short> x) => Avx2.IsSupported
        ? Avx2.ConvertToVector256Int32(x)
        : Vector256.WidenLower(x.ToVector256Unsafe());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<int> Widen16(Vector128<byte> x) => Avx512F.IsSupported
        ? Avx512F.ConvertToVector512Int32(x)
        : Vector512.Create(Widen8(x), Widen8(Vector128.Shuffle(x.AsInt64(), Vector128.Create(1L, 1L)).AsByte()));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<int> Widen16(Vector128<sbyte> x) => Avx512F.IsSupported
        ? Avx512F.ConvertToVector512Int32(x)
        : Vector512.Create(Widen8(x), Widen8(Vector128.Shuffle(x.AsInt64(), Vector128.Create(1L, 1L)).AsSByte()));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<int> Widen16(Vector256<ushort> x) => Avx512F.IsSupported
        ? Avx512F.ConvertToVector512Int32(x)
        : Vector512.Create(Widen8(x.GetLower()), Widen8(x.GetUpper()));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<int> Widen16(Vector256<short> x) => Avx512F.IsSupported
        ? Avx512F.ConvertToVector512Int32(x)
        : Vector512.Create(Widen8(x.GetLower()), Widen8(x.GetUpper()));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> To8(Vector128<int> x)
    {
        if (Avx512F.VL.IsSupported)
        {
            return Avx512F.VL.ConvertToVector128Byte(x);
        }

        var shorts = To16(x);
        return Vector128.Narrow(shorts & Vector128.Create((ushort)0xff), default);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> To8(Vector256<int> x) => Avx512F.VL.IsSupported
        ? Avx512F.VL.ConvertToVector128Byte(x)
        : Vector128.Narrow(To16(x) & Vector128.Create((ushort)0xff), default);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> To8(Vector512<int> x) => Avx512F.IsSupported
        ? Avx512F.ConvertToVector128Byte(x)
        : Vector128.Narrow(To16(x.GetLower()) & Vector128.Create((ushort)0xff), To16(x.GetUpper()) & Vector128.Create((ushort)0xff));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<ushort> To16(Vector128<int> x) => Avx512F.VL.IsSupported
        ? Avx512F.VL.ConvertToVector128UInt16(x)
        : Vector128.Narrow(x.AsUInt32() & Vector128.Create(0xffffu), default);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<ushort> To16(Vector256<int> x) => Avx512F.VL.IsSupported
        ? Avx512F.VL.ConvertToVector128UInt16(x)
        : Vector128.Narrow(x.GetLower().AsUInt32() & Vector128.Create(0xffffu), x.GetUpper().AsUInt32() & Vector128.Create(0xffffu));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<ushort> To16(Vector512<int> x) => Avx512F.IsSupported
        ? Avx512F.ConvertToVector256UInt16(x)
        : Vector256.Create(To16(x.GetLower()), To16(x.GetUpper()));
}
