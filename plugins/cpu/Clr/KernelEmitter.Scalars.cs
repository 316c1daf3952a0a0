using System.Reflection.Emit;
using Tenon.Core;

namespace Tenon.Plugins.Cpu;

// Arithmetic of scalars that are on the stack.
internal sealed partial class KernelEmitter
{
    private void EmitScalarOp(Ops op, DType from, DType to)
    {
        var unsigned = from.Kind is DTypeKind.UInt or DTypeKind.Bool;
        switch (op)
        {
            case Ops.Cast:
                EmitScalarCast(from, to);
                return;
            case Ops.Bitcast:
                EmitScalarBitcast(from, to);
                return;
            case Ops.Sqrt or Ops.Trunc:
                CallMath(op == Ops.Sqrt ? nameof(Math.Sqrt) : nameof(Math.Truncate), from, 1);
                return;
            case Ops.MulAcc:
                CallMath(nameof(Math.FusedMultiplyAdd), from, 3);
                return;
            case Ops.Dot4:
                _il.Emit(OpCodes.Call, typeof(DotProduct).GetMethod(nameof(DotProduct.Add), [typeof(uint), typeof(int), typeof(int)])!);
                return;
            case Ops.Max:
                CallMath(nameof(Math.Max), from, 2);
                return;
            case Ops.CmpLt:
                _il.Emit(unsigned ? OpCodes.Clt_Un : OpCodes.Clt);
                return;
            case Ops.CmpEq:
                _il.Emit(OpCodes.Ceq);
                return;
            case Ops.CmpNe:
                _il.Emit(OpCodes.Ceq);
                EmitNot();
                return;
            case Ops.Shl or Ops.Shr when from.Bits == 64:
                _il.Emit(OpCodes.Conv_I4);
                break;
        }

        _il.Emit(op switch
        {
            Ops.Neg => OpCodes.Neg,
            Ops.Add => OpCodes.Add,
            Ops.Sub => OpCodes.Sub,
            Ops.Mul => OpCodes.Mul,
            Ops.Div => OpCodes.Div,
            Ops.IntDiv => unsigned ? OpCodes.Div_Un : OpCodes.Div,
            Ops.IntMod => unsigned ? OpCodes.Rem_Un : OpCodes.Rem,
            Ops.And => OpCodes.And,
            Ops.Or => OpCodes.Or,
            Ops.Xor => OpCodes.Xor,
            Ops.Shl => OpCodes.Shl,
            Ops.Shr => unsigned ? OpCodes.Shr_Un : OpCodes.Shr,
            _ => throw new InvalidOperationException($"{op} of {from} is not an op of the linear IR that this generator takes"),
        });
        EmitWrap(to);
    }

    // Small integers are computed with 32 bits.
    private void EmitWrap(DType dtype)
    {
        switch (dtype.Kind, dtype.Bits)
        {
            case (DTypeKind.Int, 8):
                _il.Emit(OpCodes.Conv_I1);
                break;
            case (DTypeKind.Int, 16):
                _il.Emit(OpCodes.Conv_I2);
                break;
            case (DTypeKind.UInt, 8):
                _il.Emit(OpCodes.Conv_U1);
                break;
            case (DTypeKind.UInt, 16):
                _il.Emit(OpCodes.Conv_U2);
                break;
        }
    }

    private void EmitNot()
    {
        _il.Emit(OpCodes.Ldc_I4_0);
        _il.Emit(OpCodes.Ceq);
    }

    private void CallMath(string name, DType dtype, int count)
    {
        var type = ClrType.OfValue(dtype);
        var parameters = new Type[count];
        Array.Fill(parameters, type);
        var api = type == typeof(float) ? typeof(MathF) : typeof(Math);
        _il.Emit(OpCodes.Call, VectorType.Find(api, name, type, parameters));
    }

    private void EmitScalarBitcast(DType from, DType to)
    {
        if (from.IsFloat == to.IsFloat || from.Bits == 16)
        {
            EmitWrap(to);
            return;
        }

        var name = (to.IsFloat, to.Bits) switch
        {
            (true, 32) => nameof(BitConverter.Int32BitsToSingle),
            (false, 32) => nameof(BitConverter.SingleToInt32Bits),
            (true, _) => nameof(BitConverter.Int64BitsToDouble),
            _ => nameof(BitConverter.DoubleToInt64Bits),
        };

        // The stack doesn't tell signed from unsigned.
        _il.Emit(OpCodes.Call, typeof(BitConverter).GetMethod(name)!);
    }

    private void EmitScalarCast(DType from, DType to)
    {
        if (from == to)
        {
            return;
        }

        if (to.IsBool)
        {
            EmitConst(from, 0);
            _il.Emit(OpCodes.Ceq);
            EmitNot();
            return;
        }

        if (to.IsFloat)
        {
            if (from is { Kind: DTypeKind.UInt, Bits: >= 32 })
            {
                _il.Emit(OpCodes.Conv_R_Un);
            }

            _il.Emit(to.Bits == 32 ? OpCodes.Conv_R4 : OpCodes.Conv_R8);
            return;
        }

        // Floats saturate at 32 bits before they wrap to fewer.
        if (from.IsFloat && to.Bits < 32)
        {
            _il.Emit(OpCodes.Conv_I4);
        }

        _il.Emit((to.Kind, to.Bits) switch
        {
            (DTypeKind.Int, 8) => OpCodes.Conv_I1,
            (DTypeKind.Int, 16) => OpCodes.Conv_I2,
            (DTypeKind.Int, 32) => OpCodes.Conv_I4,
            (DTypeKind.UInt, 8) => OpCodes.Conv_U1,
            (DTypeKind.UInt, 16) => OpCodes.Conv_U2,
            (DTypeKind.UInt, 32) => OpCodes.Conv_U4,
            _ when from.IsFloat => to.Kind == DTypeKind.UInt ? OpCodes.Conv_U8 : OpCodes.Conv_I8,
            _ => from.Kind is DTypeKind.UInt or DTypeKind.Bool ? OpCodes.Conv_U8 : OpCodes.Conv_I8,
        });
    }
}
