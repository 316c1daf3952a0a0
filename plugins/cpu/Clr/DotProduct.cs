using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Tenon.Plugins.Cpu;

/// <summary>
/// Sums of four products each, of unsigned by signed bytes. Where .NET knows no instruction for it, two of 16-bit numbers do, one for the even
/// bytes and one for the odd ones: what is needed of a factor that several sums share is computed once.
/// </summary>
internal static class DotProduct
{
    /// <summary>Whether there are instructions for vectors of up to so many bytes.</summary>
    public static bool IsSupported(int vectorBytes) => vectorBytes switch { 16 or 32 => Avx2.IsSupported, 64 => Avx512BW.IsSupported, _ => false };

    public static int Add(uint x, int y, int z) =>
        z + (byte)x * (sbyte)y + (byte)(x >> 8) * (sbyte)(y >> 8) + (byte)(x >> 16) * (sbyte)(y >> 16) + (byte)(x >> 24) * (sbyte)(y >> 24);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<int> Add(Vector128<uint> x, Vector128<int> y, Vector128<int> z) => AvxVnni.IsSupported
        ? AvxVnni.MultiplyWideningAndAdd(z, x.AsByte(), y.AsSByte())
        : z + Sse2.MultiplyAddAdjacent((x & Vector128.Create(0x00FF00FFu)).AsInt16(), y.AsInt16() << 8 >> 8)
            + Sse2.MultiplyAddAdjacent((x.AsUInt16() >> 8).AsInt16(), y.AsInt16() >> 8);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<int> Add(Vector256<uint> x, Vector256<int> y, Vector256<int> z) => AvxVnni.IsSupported
        ? AvxVnni.MultiplyWideningAndAdd(z, x.AsByte(), y.AsSByte())
        : z + Avx2.MultiplyAddAdjacent((x & Vector256.Create(0x00FF00FFu)).AsInt16(), y.AsInt16() << 8 >> 8)
            + Avx2.MultiplyAddAdjacent((x.AsUInt16() >> 8).AsInt16(), y.AsInt16() >> 8);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<int> Add(Vector512<uint> x, Vector512<int> y, Vector512<int> z) =>
        z + Avx512BW.MultiplyAddAdjacent((x & Vector512.Create(0x00FF00FFu)).AsInt16(), y.AsInt16() << 8 >> 8)
            + Avx512BW.MultiplyAddAdjacent((x.AsUInt16() >> 8).AsInt16(), y.AsInt16() >> 8);
}
