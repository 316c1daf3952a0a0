using System.Reflection.Emit;
using System.Runtime.Intrinsics;
using Tenon.Core;

namespace Tenon.Plugins.Cpu;

// Addresses, loads and stores.
internal sealed partial class KernelEmitter
{
    // What is written with branches, and therefore has a local: the JIT wants an empty stack at branches.
    private static bool IsStatement(UOp node) => node.Op switch
    {
        Ops.Load => node.Src.Length > 1 && !node[1].DType.IsVector,
        Ops.Where => !node.DType.IsVector,
        _ => false,
    };

    private void EmitAddress(UOp index)
    {
        Push(index[0]);
        var size = index.DType.Scalar.Bits / 8;
        if (index[1].IsConst(out var offset))
        {
            if (offset.AsLong != 0)
            {
                EmitInteger(offset.AsLong * size);
                _il.Emit(OpCodes.Conv_I);
                _il.Emit(OpCodes.Add);
            }

            return;
        }

        Push(index[1]);

        // Zero extension is free.
        _il.Emit(index[1].DType.Bits == 32 && index[1].Min >= 0 ? OpCodes.Conv_U : OpCodes.Conv_I);
        if (size > 1)
        {
            EmitInteger(size);
            _il.Emit(OpCodes.Conv_I);
            _il.Emit(OpCodes.Mul);
        }

        _il.Emit(OpCodes.Add);
    }

    // A gated load or a choice between scalars, into a local.
    private void EmitChoice(UOp node, LocalBuilder local)
    {
        var isLoad = node.Op == Ops.Load;
        var (gate, ifFalse) = isLoad ? (node[1], node[2]) : (node[0], node[2]);
        var end = _il.DefineLabel();
        Push(ifFalse);
        _il.Emit(OpCodes.Stloc, local);
        Push(gate);
        _il.Emit(OpCodes.Brfalse, end);
        if (isLoad)
        {
            EmitLoad(node);
        }
        else
        {
            Push(node[1]);
        }

        _il.Emit(OpCodes.Stloc, local);
        _il.MarkLabel(end);
    }

    private void EmitLoad(UOp node)
    {
        if (node.Src.Length > 1 && node[1].DType.IsVector)
        {
            EmitMaskedLoad(node, VectorType.Of(node.DType));
            return;
        }

        Push(node[0]);
        if (!node.DType.IsVector)
        {
            _il.Emit(LoadOpCode(node.DType));
            return;
        }

        var type = VectorType.Of(node.DType);
        if (node.DType.IsBool)
        {
            _il.Emit(OpCodes.Call, typeof(MaskMemory).GetMethod($"Load{type.Lanes}")!);
        }
        else if (type.Bytes < 16)
        {
            var carrier = Carrier(type);
            _il.Emit(LoadOpCode(carrier.DType.Scalar));
            _il.Emit(OpCodes.Call, carrier.Method(nameof(Vector128.CreateScalarUnsafe), carrier.Element));
            Reinterpret(carrier, type);
        }
        else
        {
            _il.Emit(OpCodes.Call, type.Method(nameof(Vector128.Load), type.Element.MakePointerType()));
        }
    }

    private void EmitMaskedLoad(UOp node, VectorType type)
    {
        Push(node[0]);
        PushMask(node[1], type);
        Push(node[2]);
        var bits = type.Lanes * type.LaneBits;
        _il.Emit(OpCodes.Call, typeof(MaskedMemory).GetMethod($"Load{bits}")!.MakeGenericMethod(type.Element));
    }

    private void EmitStore(UOp node)
    {
        var end = _il.DefineLabel();
        if (node.Src.Length > 2)
        {
            Push(node[2]);
            _il.Emit(OpCodes.Brfalse, end);
        }

        var dtype = node[1].DType;
        if (!dtype.IsVector)
        {
            Push(node[0]);
            Push(node[1]);
            _il.Emit(StoreOpCode(dtype));
        }
        else
        {
            EmitVectorStore(node, VectorType.Of(dtype));
        }

        _il.MarkLabel(end);
    }

    private void EmitVectorStore(UOp node, VectorType type)
    {
        if (type.Bytes < 16 && !type.DType.IsBool)
        {
            var carrier = Carrier(type);
            Push(node[0]);
            Push(node[1]);
            Reinterpret(type, carrier);
            _il.Emit(OpCodes.Call, carrier.Unary(nameof(Vector128.ToScalar)));
            _il.Emit(StoreOpCode(carrier.DType.Scalar));
            return;
        }

        Push(node[1]);
        Push(node[0]);
        if (_program.IsStreamed(node[0], node[1].DType))
        {
            _hasStreams = true;
            _il.Emit(OpCodes.Call, typeof(StreamMemory).GetMethod(nameof(StreamMemory.Store))!.MakeGenericMethod(type.Element));
            return;
        }

        _il.Emit(OpCodes.Call, type.DType.IsBool
            ? typeof(MaskMemory).GetMethod($"Store{type.Lanes}")!
            : type.Method(nameof(Vector128.Store), type.Type, type.Element.MakePointerType()));
    }

    // The register of one integer that is as wide as a short vector.
    private static VectorType Carrier(VectorType type) => VectorType.Of(type.Bytes switch
    {
        2 => DType.UInt16.Vec(8),
        4 => DType.UInt32.Vec(4),
        _ => DType.Int64.Vec(2),
    });

    private static OpCode LoadOpCode(DType dtype) => (dtype.Kind, dtype.Bits) switch
    {
        (DTypeKind.Int, 8) => OpCodes.Ldind_I1,
        (DTypeKind.Int, 16) => OpCodes.Ldind_I2,
        (DTypeKind.Float, 32) => OpCodes.Ldind_R4,
        (DTypeKind.Float, 64) => OpCodes.Ldind_R8,
        (_, 8) => OpCodes.Ldind_U1,
        (_, 16) => OpCodes.Ldind_U2,
        (_, 32) => OpCodes.Ldind_I4,
        _ => OpCodes.Ldind_I8,
    };

    private static OpCode StoreOpCode(DType dtype) => (dtype.Kind, dtype.Bits) switch
    {
        (DTypeKind.Float, 32) => OpCodes.Stind_R4,
        (DTypeKind.Float, 64) => OpCodes.Stind_R8,
        (_, 8) => OpCodes.Stind_I1,
        (_, 16) => OpCodes.Stind_I2,
        (_, 32) => OpCodes.Stind_I4,
        _ => OpCodes.Stind_I8,
    };
}
