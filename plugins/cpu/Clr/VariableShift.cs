using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Tenon.Plugins.Cpu;

/// <summary>Shifts of each lane, of 32 or 64 bits, by a count of its own, which is not negative and below the width.</summary>
internal static unsafe class VariableShift
{
    /// <summary>Whether this machine has the instructions; those of signed 64-bit lanes to the right came later.</summary>
    public static bool IsSupported(VectorType type, bool isArithmeticRight) =>
        Avx2.IsSupported && (!isArithmeticRight || type.LaneBits == 32 || Avx512F.VL.IsSupported);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<T> Left<T>(Vector128<T> x, Vector128<T> n) where T : unmanaged => sizeof(T) == 4
        ? Avx2.ShiftLeftLogicalVariable(x.AsInt32(), n.AsUInt32()).As<int, T>()
        : Avx2.ShiftLeftLogicalVariable(x.AsInt64(), n.AsUInt64()).As<long, T>();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<T> Left<T>(Vector256<T> x, Vector256<T> n) where T : unmanaged => sizeof(T) == 4
        ? Avx2.ShiftLeftLogicalVariable(x.AsInt32(), n.AsUInt32()).As<int, T>()
        : Avx2.ShiftLeftLogicalVariable(x.AsInt64(), n.AsUInt64()).As<long, T>();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<T> Left<T>(Vector512<T> x, Vector512<T> n) where T : unmanaged => sizeof(T) == 4
        ? Avx512F.ShiftLeftLogicalVariable(x.AsInt32(), n.AsUInt32()).As<int, T>()
        : Avx512F.ShiftLeftLogicalVariable(x.AsInt64(), n.AsUInt64()).As<long, T>();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<T> Right<T>(Vector128<T> x, Vector128<T> n) where T : unmanaged => sizeof(T) == 4
        ? Avx2.ShiftRightLogicalVariable(x.AsInt32(), n.AsUInt32()).As<int, T>()
        : Avx2.ShiftRightLogicalVariable(x.AsInt64(), n.AsUInt64()).As<long, T>();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<T> Right<T>(Vector256<T> x, Vector256<T> n) where T : unmanaged => sizeof(T) == 4
        ? Avx2.ShiftRightLogicalVariable(x.AsInt32(), n.AsUInt32()).As<int, T>()
        : Avx2.ShiftRightLogicalVariable(x.AsInt64(), n.AsUInt64()).As<long, T>();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<T> Right<T>(Vector512<T> x, Vector512<T> n) where T : unmanaged => sizeof(T) == 4
        ? Avx512F.ShiftRightLogicalVariable(x.AsInt32(), n.AsUInt32()).As<int, T>()
        : Avx512F.ShiftRightLogicalVariable(x.AsInt64(), n.AsUInt64()).As<long, T>();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<T> RightArithmetic<T>(Vector128<T> x, Vector128<T> n) where T : unmanaged => sizeof(T) == 4
        ? Avx2.ShiftRightArithmeticVariable(x.AsInt32(), n.AsUInt32()).As<int, T>()
        : Avx512F.VL.ShiftRightArithmeticVariable(x.AsInt64(), n.AsUInt64()).As<long, T>();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<T> RightArithmetic<T>(Vector256<T> x, Vector256<T> n) where T : unmanaged => sizeof(T) == 4
        ? Avx2.ShiftRightArithmeticVariable(x.AsInt32(), n.AsUInt32()).As<int, T>()
        : Avx512F.VL.ShiftRightArithmeticVariable(x.AsInt64(), n.AsUInt64()).As<long, T>();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<T> RightArithmetic<T>(Vector512<T> x, Vector512<T> n) where T : unmanaged => sizeof(T) == 4
        ? Avx512F.ShiftRightArithmeticVariable(x.AsInt32(), n.AsUInt32()).As<int, T>()
        : Avx512F.ShiftRightArithmeticVariable(x.AsInt64(), n.AsUInt64()).As<long, T>();
}
