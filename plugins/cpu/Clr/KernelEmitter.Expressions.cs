using System.Reflection.Emit;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.Arm;
using Tenon.Core;

namespace Tenon.Plugins.Cpu;

// One node, with its value on the stack.
internal sealed partial class KernelEmitter
{
    private void EmitExpression(UOp node)
    {
        switch (node.Op)
        {
            case Ops.Index:
                EmitAddress(node);
                return;
            case Ops.Load:
                EmitLoad(node);
                return;
            case Ops.Stack:
                EmitStack(node);
                return;
            case Ops.Splat:
                Push(node[0]);
                EmitLane(node.DType);
                EmitSplat(VectorType.Of(node.DType));
                return;
            case Ops.Extract:
                Push(node[0]);
                EmitExtract(VectorType.Of(node[0].DType), node.ArgAs<int>());
                return;
            case Ops.Transpose:
                EmitTranspose(node);
                return;
            case Ops.MulAcc when !node.DType.IsFloat:
                Push(node[0]);
                Push(node[1]);
                EmitOp(Ops.Mul, node.DType, node.DType);
                Push(node[2]);
                EmitOp(Ops.Add, node.DType, node.DType);
                return;
            case Ops.Max when node.DType is { IsVector: true, IsFloat: true }:
                EmitVectorMax(node);
                return;
            case Ops.Where when node.DType.IsVector:
                EmitVectorWhere(node);
                return;
            case Ops.Shl or Ops.Shr when node.DType.IsVector:
                EmitVectorShift(node);
                return;
            case Ops.Cast when IsByLane(node):
                EmitByLane(node);
                return;
        }

        foreach (var source in node.Src)
        {
            Push(source);
        }

        EmitOp(node.Op, node[0].DType, node.DType);
    }

    private void EmitOp(Ops op, DType from, DType to)
    {
        if (from.IsVector)
        {
            EmitVectorOp(op, VectorType.Of(from), VectorType.Of(to));
        }
        else
        {
            EmitScalarOp(op, from, to);
        }
    }

    private void EmitStack(UOp node)
    {
        var type = VectorType.Of(node.DType);
        foreach (var lane in node.Src)
        {
            Push(lane);
            EmitLane(node.DType);
        }

        CreateFromLanes(type);
    }

    // Makes a register of the lanes on the stack.
    private void CreateFromLanes(VectorType type)
    {
        var count = type.Type == typeof(Vector128<>).MakeGenericType(type.Element) ? 128 / type.LaneBits : type.Lanes;
        for (var i = type.Lanes; i < count; i++)
        {
            EmitConst(type.DType.IsBool ? DType.Int32 : type.DType.Scalar, 0);
        }

        var parameters = new Type[count];
        Array.Fill(parameters, type.Element);
        _il.Emit(OpCodes.Call, type.Method(nameof(Vector128.Create), parameters));
    }

    // Lanes of one source stay where they are, and those of the other move in between: a shuffle and a choice.
    private void EmitTranspose(UOp node)
    {
        var (type, argument) = (VectorType.Of(node.DType), node.ArgAs<int>());
        var integers = VectorType.Of((node.DType.Bits == 64 ? DType.Int64 : DType.Int32).Vec(type.Lanes));
        var places = node.DType.Kind == DTypeKind.UInt ? type : integers;
        var moved = argument > 0 ? 1 : 0;
        EmitLanes(integers, lane => Transposition.SourceOf(argument, lane).Source == 0 ? -1 : 0);
        _il.Emit(OpCodes.Call, integers.As(type.Element));
        for (var source = 0; source < 2; source++)
        {
            Push(node[source]);
            if (source == moved)
            {
                EmitLanes(places, lane => Transposition.SourceOf(argument, lane) is var from && from.Source == moved ? from.Lane : lane);
                _il.Emit(OpCodes.Call, type.Method(nameof(Vector128.Shuffle), type.Type, places.Type));
            }
        }

        _il.Emit(OpCodes.Call, type.Method(nameof(Vector128.ConditionalSelect), type.Type, type.Type, type.Type));
    }

    private void EmitLanes(VectorType type, Func<int, int> value)
    {
        for (var lane = 0; lane < type.Lanes; lane++)
        {
            EmitConst(type.DType.Scalar, value(lane));
        }

        CreateFromLanes(type);
    }

    // A scalar truth value is 0 or 1; in a mask it is 0 or -1.
    private void EmitLane(DType vector)
    {
        if (vector.IsBool)
        {
            _il.Emit(OpCodes.Neg);
        }
    }

    private void EmitExtract(VectorType type, int lane)
    {
        _il.Emit(OpCodes.Ldc_I4, lane);
        _il.Emit(OpCodes.Call, type.Method(nameof(Vector128.GetElement), type.Type, typeof(int)));
        EmitLane(type.DType);
    }

    // The instruction of x64 gives its second source if either is NaN; that of Arm gives NaN.
    private void EmitVectorMax(UOp node)
    {
        var type = VectorType.Of(node.DType);
        var max = type.Binary(AdvSimd.IsSupported ? nameof(Vector128.Max) : nameof(Vector128.MaxNative));
        if (AdvSimd.IsSupported || IsNumber(node[0]))
        {
            Push(node[0]);
            Push(node[1]);
            _il.Emit(OpCodes.Call, max);
            return;
        }

        if (IsNumber(node[1]))
        {
            Push(node[1]);
            Push(node[0]);
            _il.Emit(OpCodes.Call, max);
            return;
        }

        var (x, y) = (PopToTemporary(node[0], type), PopToTemporary(node[1], type));
        _il.Emit(OpCodes.Ldloc, x);
        _il.Emit(OpCodes.Ldloc, x);
        _il.Emit(OpCodes.Call, type.Binary(nameof(Vector128.Equals)));
        _il.Emit(OpCodes.Ldloc, x);
        _il.Emit(OpCodes.Ldloc, y);
        _il.Emit(OpCodes.Call, max);
        _il.Emit(OpCodes.Ldloc, x);
        _il.Emit(OpCodes.Call, Select(type));
        _locals.Return(x);
        _locals.Return(y);
    }

    private LocalBuilder PopToTemporary(UOp node, VectorType type)
    {
        Push(node);
        var local = _locals.Take(type.Type);
        _il.Emit(OpCodes.Stloc, local);
        return local;
    }

    private static bool IsNumber(UOp node) =>
        (node.Op == Ops.Splat ? node[0] : node).IsConst(out var value) && !double.IsNaN(value.AsDouble);

    private void EmitVectorWhere(UOp node)
    {
        var type = VectorType.Of(node.DType);
        PushMask(node[0], type);
        Push(node[1]);
        Push(node[2]);
        _il.Emit(OpCodes.Call, Select(type));
    }

    // A condition as a mask with the lanes of a type.
    private void PushMask(UOp condition, VectorType type)
    {
        if (type.LaneBits == 32)
        {
            Push(condition);
            Reinterpret(VectorType.Of(condition.DType), type);
        }
        else if (IsWideComparison(condition))
        {
            Push(condition[0]);
            Push(condition[1]);
            EmitComparison(condition.Op, VectorType.Of(condition[0].DType));
            Reinterpret(VectorType.Of(condition[0].DType), type);
        }
        else
        {
            Push(condition);
            var mask = VectorType.Of(condition.DType);
            var wide = VectorType.Of(DType.Int64.Vec(mask.Lanes));
            EmitWiden(mask);
            Reinterpret(wide, type);
        }
    }

    // A comparison of 64-bit lanes that is written here needs no narrowing before it is widened.
    private bool IsWideComparison(UOp node)
    {
        if (!OpSet.Comparison.Contains(node.Op) || node[0].DType.Bits != 64 || _values[node].Local is not null)
        {
            return false;
        }

        _values[node].IsWaiting = false;
        return true;
    }

    private static System.Reflection.MethodInfo Select(VectorType type) =>
        type.Method(nameof(Vector128.ConditionalSelect), type.Type, type.Type, type.Type);

    private void Reinterpret(VectorType from, VectorType to)
    {
        if (from.Element != to.Element)
        {
            _il.Emit(OpCodes.Call, from.As(to.Element));
        }
    }
}
