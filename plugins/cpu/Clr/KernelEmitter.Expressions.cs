using System.Reflection.Emit;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.Arm;
using System.Runtime.Intrinsics.X86;
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
                if (node.DType.IsVector)
                {
                    EmitPart(VectorType.Of(node[0].DType), VectorType.Of(node.DType), node.ArgAs<int>());
                }
                else
                {
                    EmitExtract(VectorType.Of(node[0].DType), node.ArgAs<int>());
                }

                return;
            case Ops.Shuffle:
                EmitShuffle(node);
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

    // Halves of halves, down to the part.
    private void EmitPart(VectorType from, VectorType to, int lane)
    {
        while (from.Lanes > to.Lanes)
        {
            var half = VectorType.Of(from.DType.Scalar.Vec(from.Lanes / 2));
            var isUpper = lane >= half.Lanes;
            lane -= isUpper ? half.Lanes : 0;
            if (!half.IsHalf)
            {
                _il.Emit(OpCodes.Call, VectorType.Find(from.Api, isUpper ? nameof(Vector512.GetUpper) : nameof(Vector512.GetLower), from.Element, from.Type));
            }
            else if (isUpper)
            {
                var longs = VectorType.Of(DType.Int64.Vec(2));
                _il.Emit(OpCodes.Call, from.As(typeof(long)));
                EmitExtract(longs, 1);
                _il.Emit(OpCodes.Call, longs.Method(nameof(Vector128.CreateScalarUnsafe), typeof(long)));
                _il.Emit(OpCodes.Call, longs.As(from.Element));
            }

            from = half;
        }
    }

    private void EmitShuffle(UOp node)
    {
        var type = VectorType.Of(node.DType);
        if (!Avx512F.VL.IsSupported)
        {
            EmitShuffleByHalves(node, type);
            return;
        }

        var index = (type.LaneBits == 32, node.DType.Kind == DTypeKind.UInt) switch
        {
            (true, false) => DType.Int32,
            (true, true) => DType.UInt32,
            (false, false) => DType.Int64,
            (false, true) => DType.UInt64,
        };
        var indices = VectorType.Of(index.Vec(type.IsHalf ? 128 / type.LaneBits : type.Lanes));
        var lanes = new int[indices.Lanes];
        for (var i = 0; i < type.Lanes; i++)
        {
            // The lanes of the second vector come after all of the first register, in use or not.
            var lane = node.ArgAs<Axes>()[i];
            lanes[i] = lane < type.Lanes ? lane : lane - type.Lanes + indices.Lanes;
        }

        Push(node[0]);
        _il.Emit(OpCodes.Ldc_I8, (long)LaneNumbers.Place(indices.LaneBits / 8, new Axes(lanes)));
        _il.Emit(OpCodes.Conv_I);
        _il.Emit(OpCodes.Volatile);
        _il.Emit(OpCodes.Ldobj, indices.Type);
        Push(node[1]);
        var api = indices.Lanes * indices.LaneBits == 512 ? typeof(Avx512F) : typeof(Avx512F.VL);
        _il.Emit(OpCodes.Call, VectorType.Find(api, $"PermuteVar{indices.Lanes}x{indices.LaneBits}x2", type.Element, type.Type, indices.Type, type.Type));
    }

    // The lanes of each source in their places, and then those of one or the other.
    private void EmitShuffleByHalves(UOp node, VectorType type)
    {
        var bits = VectorType.Of((type.LaneBits == 32 ? DType.Int32 : DType.Int64).Vec(type.IsHalf ? 128 / type.LaneBits : type.Lanes));
        var lanes = node.ArgAs<Axes>();
        PushIndices(lane => lane < type.Lanes ? -1 : 0);
        foreach (var source in node.Src)
        {
            Push(source);
            Reinterpret(type, bits);
            PushIndices(lane => lane % type.Lanes);
            _il.Emit(OpCodes.Call, VectorType.Find(bits.Api, nameof(Vector128.Shuffle), bits.Element, bits.Type, bits.Type));
        }

        _il.Emit(OpCodes.Call, Select(bits));
        Reinterpret(bits, type);

        void PushIndices(Func<int, int> value)
        {
            for (var i = 0; i < bits.Lanes; i++)
            {
                EmitConst(bits.DType.Scalar, value(i < type.Lanes ? lanes[i] : 0));
            }

            CreateFromLanes(bits);
        }
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
        if (IsMinimum(node))
        {
            // The instruction of x64 gives its second source if either is NaN, as does this choice; that of Arm gives NaN.
            Push(node[1]);
            Push(node[2]);
            _il.Emit(OpCodes.Call, type.Binary(nameof(Vector128.MinNative)));
            foreach (var source in node[0].Src)
            {
                Push(source);
                _il.Emit(OpCodes.Pop);
            }

            _values[node[0]].IsWaiting = false;
            return;
        }

        PushMask(node[0], type);
        Push(node[1]);
        Push(node[2]);
        _il.Emit(OpCodes.Call, Select(type));
    }

    // c < x ? c : x, where the comparison is part of this expression and c is a number other than 0.
    private bool IsMinimum(UOp node) =>
        node[0].Op == Ops.CmpLt && node.DType.IsFloat && node[0][0] == node[1] && node[0][1] == node[2] && IsNumber(node[1])
        && !IsZero(node[1]) && _values[node[0]].Local is null;

    private static bool IsZero(UOp node) => (node.Op == Ops.Splat ? node[0] : node).IsConst(out var value) && value.AsDouble == 0;

    // A condition as a mask with the lanes of a type.
    private void PushMask(UOp condition, VectorType type)
    {
        if (type.LaneBits == 32)
        {
            Push(condition);
            Reinterpret(VectorType.Of(condition.DType), type);
        }
        else if (IsWideTruth(condition))
        {
            var value = _values[condition];
            if (value.Local is null)
            {
                value.IsWaiting = false;
                EmitWideComparison(condition);
            }
            else
            {
                PushLocal(value);
            }

            Reinterpret(VectorType.Of(DType.Int64.Vec(condition.DType.Lanes)), type);
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

    // What compares lanes of 64 bits has a mask of such lanes at first.
    private static bool IsWideTruth(UOp node) => node.DType.IsVector && OpSet.Comparison.Contains(node.Op) && node[0].DType.Bits == 64;

    private VectorType EmitWideComparison(UOp node)
    {
        Push(node[0]);
        Push(node[1]);
        var (type, wide) = (VectorType.Of(node[0].DType), VectorType.Of(DType.Int64.Vec(node.DType.Lanes)));
        EmitComparison(node.Op, type);
        Reinterpret(type, wide);
        return wide;
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
