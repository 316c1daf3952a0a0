using System.Reflection.Emit;
using System.Runtime.Intrinsics;
using Tenon.Core;

namespace Tenon.Plugins.Cpu;

// Conversions of vectors that are on the stack.
internal sealed partial class KernelEmitter
{
    // 64-bit integers to float32: no instruction before AVX-512, and by way of float64 they would be rounded twice.
    private static bool IsByLane(UOp node) =>
        node.DType is { IsVector: true, IsFloat: true, Bits: 32 } && node[0].DType is { IsInteger: true, Bits: 64 };

    private void EmitMaskCast(VectorType from, VectorType to)
    {
        if (to.DType.IsBool)
        {
            return;
        }

        if (to.IsNarrow)
        {
            var wide = VectorType.Of(DType.Int32.Vec(to.Lanes));
            EmitMaskCast(from, wide);
            EmitNarrowLanes(wide, to);
            return;
        }

        var bits = from;
        if (to.LaneBits == 64)
        {
            bits = VectorType.Of(DType.Int64.Vec(to.Lanes));
            EmitWiden(from);
        }

        Reinterpret(bits, to);
        EmitConst(to.DType, 1);
        _il.Emit(OpCodes.Call, to.Binary(nameof(Vector128.BitwiseAnd)));
    }

    private void EmitVectorCast(VectorType from, VectorType to)
    {
        var wide = VectorType.Of(DType.Int32.Vec(to.Lanes));
        if (from.IsNarrow)
        {
            _il.Emit(OpCodes.Call, VectorType.Find(typeof(NarrowLanes), $"Widen{from.Lanes}", from.Element, from.Type));
            if (to != wide)
            {
                EmitVectorCast(wide, to);
            }
        }
        else if (to.IsNarrow)
        {
            // They wrap from int32.
            if (from != wide)
            {
                EmitVectorCast(from, wide);
            }

            EmitNarrowLanes(wide, to);
        }
        else if (to.DType.IsBool)
        {
            EmitConst(from.DType, 0);
            EmitVectorOp(Ops.CmpNe, from, to);
        }
        else if (from.DType.IsFloat && to.DType.IsFloat)
        {
            if (to.LaneBits == 64)
            {
                EmitWiden(from);
            }
            else
            {
                EmitNarrow(from);
            }
        }
        else if (to.DType.IsFloat)
        {
            EmitIntegerToFloat(from, to);
        }
        else if (from.DType.IsFloat)
        {
            EmitFloatToInteger(from, to);
        }
        else
        {
            EmitIntegerCast(from, to);
        }
    }

    private void EmitNarrowLanes(VectorType wide, VectorType to)
    {
        var bits = VectorType.Of((to.LaneBits == 8 ? DType.UInt8 : DType.UInt16).Vec(to.Lanes));
        _il.Emit(OpCodes.Call, VectorType.Find(typeof(NarrowLanes), $"To{to.LaneBits}", wide.Element, wide.Type));
        Reinterpret(bits, to);
    }

    private void EmitIntegerCast(VectorType from, VectorType to)
    {
        if (from.LaneBits < to.LaneBits)
        {
            EmitWiden(from);
            Reinterpret(With(from, 64), to);
        }
        else if (from.LaneBits > to.LaneBits)
        {
            var signed = VectorType.Of(DType.Int64.Vec(from.Lanes));
            Reinterpret(from, signed);
            EmitNarrow(signed);
            Reinterpret(With(signed, 32), to);
        }
        else
        {
            Reinterpret(from, to);
        }
    }

    private void EmitIntegerToFloat(VectorType from, VectorType to)
    {
        if (from.LaneBits < to.LaneBits)
        {
            EmitWiden(from);
            from = With(from, 64);
        }

        _il.Emit(OpCodes.Call, from.Unary(to.LaneBits == 32 ? nameof(Vector128.ConvertToSingle) : nameof(Vector128.ConvertToDouble)));
    }

    // Saturates, and gives 0 for NaN, as the conversion of scalars does.
    private void EmitFloatToInteger(VectorType from, VectorType to)
    {
        if (from.LaneBits < to.LaneBits)
        {
            EmitWiden(from);
            from = VectorType.Of(DType.Float64.Vec(from.Lanes));
        }

        var isSigned = to.DType.Kind == DTypeKind.Int;
        if (from.LaneBits == to.LaneBits)
        {
            _il.Emit(OpCodes.Call, from.Unary((isSigned, to.LaneBits) switch
            {
                (true, 32) => nameof(Vector128.ConvertToInt32),
                (false, 32) => nameof(Vector128.ConvertToUInt32),
                (true, _) => nameof(Vector128.ConvertToInt64),
                (false, _) => nameof(Vector128.ConvertToUInt64),
            }));
            return;
        }

        var wide = VectorType.Of(DType.Int64.Vec(from.Lanes));
        _il.Emit(OpCodes.Call, from.Unary(nameof(Vector128.ConvertToInt64)));
        EmitConst(wide.DType, to.DType.MaxInteger);
        _il.Emit(OpCodes.Call, wide.Binary(nameof(Vector128.Min)));
        EmitConst(wide.DType, to.DType.MinInteger);
        _il.Emit(OpCodes.Call, wide.Binary(nameof(Vector128.Max)));
        EmitIntegerCast(wide, to);
    }

    // The integer of the same sign with that many bits.
    private static VectorType With(VectorType type, int bits)
    {
        var scalar = (type.DType.Kind, bits) switch
        {
            (DTypeKind.UInt, 32) => DType.UInt32,
            (DTypeKind.UInt, _) => DType.UInt64,
            (_, 32) => DType.Int32,
            _ => DType.Int64,
        };
        return VectorType.Of(scalar.Vec(type.Lanes));
    }

    private void EmitWiden(VectorType from) => _il.Emit(OpCodes.Call, VectorType.Find(
        typeof(VectorResize), from.IsHalf ? nameof(VectorResize.WidenHalf) : nameof(VectorResize.Widen), from.Element, from.Type));

    private void EmitNarrow(VectorType from) => _il.Emit(OpCodes.Call, VectorType.Find(
        typeof(VectorResize), nameof(VectorResize.Narrow), from.Element, from.Type));
}
