using Tenon.Core;

namespace Tenon.Compiler;

/// <summary>
/// Makes dtypes that no device knows of those that all know. Narrow floats and packed integers are bytes in memory; they are
/// computed as their <see cref="DType.Carrier"/>, and each result is rounded or wrapped to the dtype. Complex numbers are float32
/// with one more axis, of real and imaginary part.
/// </summary>
internal sealed partial class DTypeLowering
{
    private readonly NodeMap<UOp> _values = new();

    // How memory holds a node, where that is known: codes of its shape or, packed, bytes in one axis.
    private readonly NodeMap<UOp> _stored = new();

    /// <summary>The graph in native dtypes.</summary>
    public static UOp Apply(UOp sink)
    {
        var order = sink.TopologicalOrder();
        return order.Exists(static u => !u.DType.IsNative) ? new DTypeLowering().Apply(order) : sink;
    }

    private UOp Apply(List<UOp> order)
    {
        foreach (var u in order)
        {
            if (u.DType.IsComplex || (u.Src.Length > 0 && u.Src[^1].DType.IsComplex))
            {
                _values[u] = Complex(u);
            }
            else if (u.DType.IsNative)
            {
                _values[u] = Native(u);
            }
            else
            {
                Narrow(u);
            }
        }

        return _values[order[^1]];
    }

    private UOp Native(UOp u) => u.Op switch
    {
        Ops.Bitcast when !u[0].DType.IsNative => Codes(u[0]).Bitcast(u.DType),
        Ops.Store when !u[1].DType.IsNative => Stored(u[0]) is { } place
            ? UOp.New(Ops.Store, DType.Void, [place, Memory(u[1])])
            : throw new TenonException("TEN3111", $"An assignment to a part of packed storage ({u[0].DType} {u[0].Shape}). Assign to the whole tensor, or realise it anew."),
        _ => u.MapSources(_values),
    };

    private void Narrow(UOp u)
    {
        var (dtype, carrier) = (u.DType, u.DType.Carrier);
        var value = u.Src.Length > 0 && _values.TryGetValue(u[0], out var source) ? source : null;
        switch (u.Op)
        {
            case Ops.Param:
                var (slot, size, device) = u.ArgAs<ParamArg>();
                SetStored(u, UOp.New(Ops.Param, DType.UInt8, [], new ParamArg(slot, dtype.BytesOf(size), device)));
                break;
            case Ops.After:
                SetStored(u, UOp.New(Ops.After, DType.UInt8, [Stored(u[0])!, _values[u[1]]]));
                break;
            case Ops.Copy when dtype.IsPacked && Stored(u[0]) is { } bytes:
                SetStored(u, UOp.New(Ops.Copy, DType.UInt8, [bytes], u.Arg));
                break;
            case Ops.Contiguous or Ops.Copy when !dtype.IsPacked:
                SetStored(u, UOp.New(u.Op, DType.UInt8, [Codes(u[0])], u.Arg));
                break;
            case Ops.Detach:
                _values[u] = value!;
                KeepStored(u, static (_, memory) => memory);
                break;
            case Ops.Reshape when dtype.IsPacked && !u.Shape.IsConcrete && u[0].Op == Ops.Param:
                // Of symbolic sizes the value comes first in its storage.
                var front = UOp.New(Ops.Shrink, carrier, [value!, UOp.Index(0), u.Shape.Elements.Node]);
                _values[u] = TensorRules.Reshape(front, u.Shape);
                KeepStored(u, static (_, memory) => memory);
                break;
            case Ops.Reshape when dtype.IsPacked:
                _values[u] = Moved(u, value!);
                KeepStored(u, static (_, memory) => memory);
                break;
            case var op when OpSet.Movement.Contains(op):
                if (!dtype.IsPacked && op != Ops.Pad && Stored(u[0]) is { } codes)
                {
                    SetStored(u, Moved(u, codes));
                    break;
                }

                _values[u] = op == Ops.Pad && dtype == DType.Float8E8M0 ? Fixed(dtype, Moved(u, value!)) : Moved(u, value!);
                break;
            case Ops.Const:
                _values[u] = UOp.Const(carrier, (Scalar)u.Arg!);
                break;
            case Ops.Cast:
                _values[u] = Fixed(dtype, value!.Cast(carrier));
                break;
            case Ops.Bitcast:
                _values[u] = Decoded(dtype, (u[0].DType.IsNative ? value! : Codes(u[0])).Bitcast(DType.UInt8));
                break;
            case Ops.Where or Ops.Max or Ops.Contiguous or Ops.Copy:
                _values[u] = WithMappedSources(u, carrier);
                break;
            case Ops.Reduce when u.ArgAs<ReduceArg>().Op == Ops.Max:
                _values[u] = WithMappedSources(u, carrier);
                break;
            default:
                _values[u] = Fixed(dtype, WithMappedSources(u, carrier));
                break;
        }
    }

    private UOp WithMappedSources(UOp u, DType dtype) => UOp.New(u.Op, dtype, u.MapSources(_values).Src, u.Arg);

    private UOp? Stored(UOp u) => _stored.TryGetValue(u, out var memory) ? memory : null;

    private void SetStored(UOp u, UOp memory)
    {
        _stored[u] = memory;
        _values[u] = Decoded(u.DType, u.DType.IsPacked ? PackedBits.Unpack(memory, u.DType, u.Shape) : memory);
    }

    private void KeepStored(UOp u, Func<UOp, UOp, UOp> move)
    {
        if (Stored(u[0]) is { } memory)
        {
            _stored[u] = move(u, memory);
        }
    }

    // What a store writes.
    private UOp Memory(UOp u) => Stored(u) ?? (u.DType.IsPacked ? PackedBits.Pack(Codes(u), u.DType, u.Shape) : Codes(u));

    // The bits of each element as a byte.
    private UOp Codes(UOp u)
    {
        if (!u.DType.IsPacked && Stored(u) is { } memory)
        {
            return memory;
        }

        var value = _values[u];
        return u.DType.Format is { } format
            ? FloatCodes.Encode(format, value).Cast(DType.UInt8)
            : Literal(Ops.And, value.Bitcast(DType.UInt8), (1 << u.DType.Bits) - 1);
    }

    private static UOp Decoded(DType dtype, UOp codes) =>
        dtype.Format is { } format ? FloatCodes.Decode(format, codes) : Fixed(dtype, codes.Bitcast(dtype.Carrier));

    // The value rounded or wrapped to what the dtype holds.
    private static UOp Fixed(DType dtype, UOp value) => dtype.Kind switch
    {
        DTypeKind.Float => FloatCodes.Decode(dtype.Format!, FloatCodes.Encode(dtype.Format!, value)),
        DTypeKind.Int => Literal(Ops.Shr, Literal(Ops.Shl, value, 8 - dtype.Bits), 8 - dtype.Bits),
        _ => Literal(Ops.And, value, (1 << dtype.Bits) - 1),
    };

    private static UOp Moved(UOp u, UOp source) => UOp.New(u.Op, source.DType, [source, .. u.Src[1..]], u.Arg);

    private static UOp Literal(Ops op, UOp x, long value) => UOp.Alu(op, x, PackedBits.Full(x.DType, value, x.Shape));
}
