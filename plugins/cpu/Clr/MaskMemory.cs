using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Tenon.Plugins.Cpu;

/// <summary>Masks of 32-bit lanes (0 or -1) to and from bytes (0 or 1) in memory. No byte beyond the lanes is touched.</summary>
internal static unsafe class MaskMemory
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<int> Load2(byte* p) => Widen(Vector128.CreateScalar(Unsafe.ReadUnaligned<ushort>(p)).AsByte());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<int> Load4(byte* p) => Widen(Vector128.CreateScalar(Unsafe.ReadUnaligned<uint>(p)).AsByte());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<int> Load8(byte* p)
    {
        var bytes = Vector128.CreateScalar(Unsafe.ReadUnaligned<ulong>(p)).AsByte();
        return -(Avx2.IsSupported
            ? Avx2.ConvertToVector256Int32(bytes)
            : Vector256.WidenLower(Vector128.WidenLower(bytes).ToVector256()).AsInt32());
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<int> Load16(byte* p)
    {
        var bytes = Vector128.Load(p);
        return -(Avx512F.IsSupported
            ? Avx512F.ConvertToVector512Int32(bytes)
            : Vector512.WidenLower(Vector256.WidenLower(bytes.ToVector256()).ToVector512()).AsInt32());
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store2(Vector128<int> mask, byte* p) => Unsafe.WriteUnaligned(p, Narrow(mask).AsUInt16().ToScalar());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store4(Vector128<int> mask, byte* p) => Unsafe.WriteUnaligned(p, Narrow(mask).AsUInt32().ToScalar());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store8(Vector256<int> mask, byte* p)
    {
        var bits = (-mask).AsUInt32();
        var shorts = Vector128.Narrow(bits.GetLower(), bits.GetUpper());
        Unsafe.WriteUnaligned(p, Vector128.Narrow(shorts, shorts).AsUInt64().ToScalar());
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store16(Vector512<int> mask, byte* p)
    {
        var bits = (-mask).AsUInt32();
        if (Avx512F.IsSupported)
        {
            Avx512F.ConvertToVector128Byte(bits).Store(p);
        }
        else
        {
            var shorts = Vector256.Narrow(bits.GetLower(), bits.GetUpper());
            Vector128.Narrow(shorts.GetLower(), shorts.GetUpper()).Store(p);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<int> Widen(Vector128<byte> bytes) => -Vector128.WidenLower(Vector128.WidenLower(bytes)).AsInt32();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<byte> Narrow(Vector128<int> mask)
    {
        var shorts = Vector128.Narrow((-mask).AsUInt32(), (-mask).AsUInt32());
        return Vector128.Narrow(shorts, shorts);
    }
}
