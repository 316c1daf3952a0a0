using Tenon.Core;

namespace Tenon.Compiler;

internal sealed partial class Words
{
    private UOp Storage(UOp u)
    {
        if (u.Op == Ops.Local)
        {
            // Local arrays have words of their own for what is narrower.
            var array = u.ArgAs<LocalArg>();
            return _target.IsTwoWords(u.DType) ? UOp.New(Ops.Local, DType.UInt32, [], array with { Size = 2 * array.Size })
                : UOp.New(Ops.Local, _target.IsPartOfWord(u.DType) ? LocalType(u.DType) : u.DType, [], array);
        }

        var (slot, size, _) = u.ArgAs<ParamArg>();
        var places = IsEmulated(u.DType) ? size * u.DType.Bytes : size;
        if (places > int.MaxValue)
        {
            throw TooFar($"uses a buffer of {size} elements of {u.DType}");
        }

        return !IsEmulated(u.DType) ? u
            : UOp.New(Ops.Param, DType.UInt32, [], new ParamArg(slot, _target.IsTwoWords(u.DType) ? 2 * size : (size * u.DType.Bytes + 3) / 4 + 1));
    }

    private DType LocalType(DType dtype) => dtype.IsBool ? DType.UInt32 : Carrier(dtype);

    private void Load(UOp u)
    {
        var (storage, offset) = Resolve(u[0]);
        var gate = u.Src.Length > 1 ? _values[u[1]] : null;
        if (_target.IsTwoWords(u.DType))
        {
            var (low, high) = Halves(offset);
            (_values[u], _highs[u]) = (Word(storage, low, gate, gate is null ? null : _values[u[2]]), Word(storage, high, gate, gate is null ? null : _highs[u[2]]));
            return;
        }

        UOp bits;
        if (IsLocal(storage))
        {
            bits = Word(storage, offset, gate, null);
        }
        else
        {
            var (word, shift) = Part(storage, offset, u.DType);
            bits = UOp.Alu(Ops.Shr, Word(storage, word, gate, null), shift);
            bits = UOp.Alu(Ops.And, bits, bits.ConstLike((1L << u.DType.Bits) - 1));
            bits = u.DType.IsBool ? bits : Wrapped(u.DType, bits.Cast(Carrier(u.DType)));
        }

        var value = u.DType.IsBool ? UOp.Alu(Ops.CmpNe, bits, bits.ConstLike(0)) : bits;
        _values[u] = gate is null ? value : UOp.Where(gate, value, _values[u[2]]);
    }

    private void Store(UOp u)
    {
        var (storage, offset) = Resolve(u[0]);
        UOp[] gate = u.Src.Length > 2 ? [_values[u[2]]] : [];
        if (_target.IsTwoWords(u[1].DType))
        {
            var (low, high) = Halves(offset);
            _values[u] = UOp.New(Ops.Store, DType.Void, [At(storage, low), _values[u[1]], .. gate]);
            _highs[u] = UOp.New(Ops.Store, DType.Void, [At(storage, high), _highs[u[1]], .. gate]);
            return;
        }

        var value = _values[u[1]];
        if (IsLocal(storage))
        {
            _values[u] = UOp.New(Ops.Store, DType.Void, [At(storage, offset), value.Cast(storage.DType), .. gate]);
            return;
        }

        var (word, shift) = Part(storage, offset, u[1].DType);
        var mask = UOp.Const(DType.UInt32, (1L << u[1].DType.Bits) - 1);
        var bits = UOp.Alu(Ops.And, value.Cast(DType.UInt32), mask);
        _values[u] = UOp.New(Ops.Store, DType.Void, [At(storage, word), UOp.Alu(Ops.Shl, bits, shift), UOp.Alu(Ops.Shl, mask, shift), .. gate]);
    }

    // What an address is in, and how many elements from its beginning.
    private (UOp Storage, UOp Offset) Resolve(UOp address)
    {
        UOp? offset = null;
        for (; address.Op == Ops.Index; address = address[0])
        {
            var step = Offset(address[1]);
            offset = offset is null ? step : UOp.Alu(Ops.Add, step, offset);
        }

        return (_values[address], offset!);
    }

    // The word that holds an element, and by how many bits it is shifted in it.
    private static (UOp Word, UOp Shift) Part(UOp storage, UOp offset, DType dtype)
    {
        var slot = storage.ArgAs<ParamArg>().Slot;
        var start = UOp.New(Ops.Special, DType.Int32, [], new SpecialArg($"start{slot}", 4) { Kind = SpecialKind.Start, Dimension = slot });
        var place = UOp.Alu(Ops.Add, UOp.Alu(Ops.Mul, offset, offset.ConstLike(dtype.Bytes)), start);
        var shift = UOp.Alu(Ops.Shl, UOp.Alu(Ops.And, place, place.ConstLike(3)), place.ConstLike(3));
        return (UOp.Alu(Ops.Shr, place, place.ConstLike(2)), shift.Cast(DType.UInt32));
    }

    private static (UOp Low, UOp High) Halves(UOp offset)
    {
        var low = UOp.Alu(Ops.Mul, offset, offset.ConstLike(2));
        return (low, UOp.Alu(Ops.Add, low, low.ConstLike(1)));
    }

    private static UOp Word(UOp storage, UOp offset, UOp? gate, UOp? other) =>
        UOp.New(Ops.Load, storage.DType, gate is null ? [At(storage, offset)] : [At(storage, offset), gate, other ?? UOp.Const(storage.DType, 0)]);

    private static UOp At(UOp storage, UOp offset) => UOp.New(Ops.Index, storage.DType, [storage, offset]);

    private static bool IsLocal(UOp storage) => storage.Op is Ops.Local or Ops.After;
}
