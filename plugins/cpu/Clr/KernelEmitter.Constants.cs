using System.Reflection.Emit;
using System.Runtime.Intrinsics;

namespace Tenon.Plugins.Cpu;

internal sealed partial class KernelEmitter
{
    private void EmitInteger(long value)
    {
        if (value is >= int.MinValue and <= int.MaxValue)
        {
            _il.Emit(OpCodes.Ldc_I4, (int)value);
        }
        else
        {
            _il.Emit(OpCodes.Ldc_I8, value);
        }
    }

    private void EmitConst(DType dtype, Scalar value)
    {
        if (dtype.IsVector)
        {
            var type = VectorType.Of(dtype);
            if (dtype.IsBool)
            {
                _il.Emit(OpCodes.Ldc_I4, value.AsBool ? -1 : 0);
            }
            else
            {
                EmitConst(dtype.Scalar, value);
            }

            EmitSplat(type);
            return;
        }

        switch (dtype.Kind, dtype.Bits)
        {
            case (DTypeKind.Float, 64):
                _il.Emit(OpCodes.Ldc_R8, value.AsDouble);
                break;
            case (DTypeKind.Float, 32):
                _il.Emit(OpCodes.Ldc_R4, (float)value.AsDouble);
                break;
            case (DTypeKind.Float, _):
                _il.Emit(OpCodes.Ldc_I4, dtype == DType.BFloat16
                    ? (int)(BitConverter.SingleToUInt32Bits(Scalar.RoundToBFloat16((float)value.AsDouble)) >> 16)
                    : BitConverter.HalfToUInt16Bits((Half)value.AsDouble));
                break;
            case (DTypeKind.Bool, _):
                _il.Emit(OpCodes.Ldc_I4, value.AsBool ? 1 : 0);
                break;
            case (_, 64):
                _il.Emit(OpCodes.Ldc_I8, value.AsLong);
                break;
            default:
                _il.Emit(OpCodes.Ldc_I4, (int)value.AsLong);
                break;
        }
    }

    // Repeats the scalar on the stack (of the type of a lane) in each lane.
    private void EmitSplat(VectorType type) => _il.Emit(OpCodes.Call, type.Method(nameof(Vector128.Create), type.Element));
}
