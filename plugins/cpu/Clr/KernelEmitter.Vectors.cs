using System.Reflection.Emit;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using Tenon.Core;

namespace Tenon.Plugins.Cpu;

// Arithmetic of vectors that are on the stack.
internal sealed partial class KernelEmitter
{
    private void EmitVectorOp(Ops op, VectorType from, VectorType to)
    {
        if (from.DType.IsBool)
        {
            EmitMaskOp(op, from, to);
            return;
        }

        switch (op)
        {
            case Ops.Cast:
                EmitVectorCast(from, to);
                return;
            case Ops.Bitcast:
                Reinterpret(from, to);
                return;
            case Ops.Neg:
                _il.Emit(OpCodes.Call, from.Unary(nameof(Vector128.Negate)));
                return;
            case Ops.Sqrt:
                _il.Emit(OpCodes.Call, from.Unary(nameof(Vector128.Sqrt)));
                return;
            case Ops.Trunc:
                _il.Emit(OpCodes.Call, from.Unary(nameof(Vector128.Truncate)));
                return;
            case Ops.MulAcc:
                _il.Emit(OpCodes.Call, VectorType.Find(
                    from.Api == typeof(Vector512) && Avx512F.IsSupported ? typeof(Avx512F) : from.Api,
                    nameof(Vector128.FusedMultiplyAdd),
                    from.Element,
                    from.Type,
                    from.Type,
                    from.Type));
                return;
            case Ops.Dot4:
                _il.Emit(OpCodes.Call, typeof(DotProduct).GetMethod(nameof(DotProduct.Add), [from.Type, to.Type, to.Type])!);
                return;
            case Ops.CmpLt or Ops.CmpEq or Ops.CmpNe:
                EmitComparison(op, from);
                if (from.LaneBits == 64)
                {
                    Reinterpret(from, VectorType.Of(DType.Int64.Vec(from.Lanes)));
                    EmitNarrow(VectorType.Of(DType.Int64.Vec(from.Lanes)));
                }
                else
                {
                    Reinterpret(from, to);
                }

                return;
            case Ops.IntDiv or Ops.IntMod:
                EmitVectorDivision(op, from);
                return;
        }

        _il.Emit(OpCodes.Call, from.Binary(op switch
        {
            Ops.Add => nameof(Vector128.Add),
            Ops.Sub => nameof(Vector128.Subtract),
            Ops.Mul => nameof(Vector128.Multiply),
            Ops.Div => nameof(Vector128.Divide),
            Ops.Max => nameof(Vector128.Max),
            Ops.And => nameof(Vector128.BitwiseAnd),
            Ops.Or => nameof(Vector128.BitwiseOr),
            Ops.Xor => nameof(Vector128.Xor),
            _ => throw new InvalidOperationException($"{op} of {from.DType} is not an op of the linear IR that this generator takes"),
        }));
    }

    // Truth values: x < y is !x & y, and so on.
    private void EmitMaskOp(Ops op, VectorType from, VectorType to)
    {
        switch (op)
        {
            case Ops.Cast:
                EmitMaskCast(from, to);
                return;
            case Ops.CmpEq:
                _il.Emit(OpCodes.Call, from.Binary(nameof(Vector128.Equals)));
                return;
            case Ops.CmpLt:
                // True is -1, the lesser integer.
                _il.Emit(OpCodes.Call, from.Binary(nameof(Vector128.GreaterThan)));
                return;
        }

        _il.Emit(OpCodes.Call, from.Binary(op switch
        {
            Ops.And or Ops.Mul => nameof(Vector128.BitwiseAnd),
            Ops.Or or Ops.Max or Ops.Add => nameof(Vector128.BitwiseOr),
            Ops.Xor or Ops.CmpNe => nameof(Vector128.Xor),
            _ => throw new InvalidOperationException($"{op} of {from.DType} is not an op of the linear IR that this generator takes"),
        }));
    }

    // Gives lanes of all ones or zeros, of the width of the sources.
    private void EmitComparison(Ops op, VectorType type)
    {
        _il.Emit(OpCodes.Call, type.Binary(op == Ops.CmpLt ? nameof(Vector128.LessThan) : nameof(Vector128.Equals)));
        if (op == Ops.CmpNe)
        {
            _il.Emit(OpCodes.Call, type.Unary(nameof(Vector128.OnesComplement)));
        }
    }

    private void EmitVectorDivision(Ops op, VectorType type)
    {
        if (type.IsHalf)
        {
            // What is in the unused half must not trap.
            _il.Emit(OpCodes.Call, VectorType.Find(typeof(VectorResize), nameof(VectorResize.WithUpperOne), type.Element, type.Type));
        }

        if (op == Ops.IntDiv)
        {
            _il.Emit(OpCodes.Call, type.Binary(nameof(Vector128.Divide)));
            return;
        }

        // x - x / y * y
        var (x, y) = (_locals.Take(type.Type), _locals.Take(type.Type));
        _il.Emit(OpCodes.Stloc, y);
        _il.Emit(OpCodes.Stloc, x);
        _il.Emit(OpCodes.Ldloc, x);
        _il.Emit(OpCodes.Ldloc, x);
        _il.Emit(OpCodes.Ldloc, y);
        _il.Emit(OpCodes.Call, type.Binary(nameof(Vector128.Divide)));
        _il.Emit(OpCodes.Ldloc, y);
        _il.Emit(OpCodes.Call, type.Binary(nameof(Vector128.Multiply)));
        _il.Emit(OpCodes.Call, type.Binary(nameof(Vector128.Subtract)));
        _locals.Return(x);
        _locals.Return(y);
    }

    private void EmitVectorShift(UOp node)
    {
        var type = VectorType.Of(node.DType);
        var count = node[1].Op == Ops.Splat ? node[1][0] : node[1];
        if (!count.IsConst(out var value))
        {
            EmitVariableShift(node, type);
            return;
        }

        Push(node[0]);
        EmitInteger(value.AsLong);
        var name = node.Op == Ops.Shl ? nameof(Vector128.ShiftLeft)
            : node.DType.Kind == DTypeKind.UInt ? nameof(Vector128.ShiftRightLogical)
            : nameof(Vector128.ShiftRightArithmetic);
        _il.Emit(OpCodes.Call, type.Method(name, type.Type, typeof(int)));
    }

    private void EmitVariableShift(UOp node, VectorType type)
    {
        var isArithmeticRight = node.Op == Ops.Shr && node.DType.Kind == DTypeKind.Int;
        if (!VariableShift.IsSupported(type, isArithmeticRight))
        {
            EmitByLane(node);
            return;
        }

        Push(node[0]);
        Push(node[1]);
        var name = node.Op == Ops.Shl ? nameof(VariableShift.Left) : isArithmeticRight ? nameof(VariableShift.RightArithmetic) : nameof(VariableShift.Right);
        _il.Emit(OpCodes.Call, VectorType.Find(typeof(VariableShift), name, type.Element, type.Type, type.Type));
    }

    // Where there is no instruction for vectors: takes the lanes apart.
    private void EmitByLane(UOp node)
    {
        var type = VectorType.Of(node.DType);
        var sources = new LocalBuilder[node.Src.Length];
        for (var i = 0; i < sources.Length; i++)
        {
            sources[i] = PopToTemporary(node[i], VectorType.Of(node[i].DType));
        }

        for (var lane = 0; lane < type.Lanes; lane++)
        {
            for (var i = 0; i < sources.Length; i++)
            {
                _il.Emit(OpCodes.Ldloc, sources[i]);
                EmitExtract(VectorType.Of(node[i].DType), lane);
            }

            EmitScalarOp(node.Op, node[0].DType.Scalar, node.DType.Scalar);
            EmitLane(node.DType);
        }

        foreach (var source in sources)
        {
            _locals.Return(source);
        }

        CreateFromLanes(type);
    }
}
