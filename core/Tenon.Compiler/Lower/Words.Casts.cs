using Tenon.Core;

namespace Tenon.Compiler;

internal sealed partial class Words
{
    private void Convert(UOp u)
    {
        var (from, to) = (u[0].DType, u.DType);
        if (u.Op == Ops.Bitcast)
        {
            if (_target.IsTwoWords(from) && _target.IsTwoWords(to))
            {
                SetWide(u, WideOf(u[0]));
            }
            else
            {
                _values[u] = SameBits(from, to, _values[u[0]]);
            }
        }
        else if (_target.IsTwoWords(to))
        {
            SetWide(u, Widened(u[0], to));
        }
        else if (_target.IsTwoWords(from))
        {
            var x = WideOf(u[0]);
            _values[u] = to.Kind switch
            {
                DTypeKind.Bool => !(x.Low | x.High).Is(0.0),
                DTypeKind.Float => x.ToFloat(from.IsSigned).Node.Cast(to),
                _ => Wrapped(to, ((UOp)x.Low).Cast(Carrier(to))),
            };
        }
        else
        {
            // What is narrower wraps from int32.
            var value = _values[u[0]];
            value = _target.IsComputedIn32Bits(to) && from.IsFloat ? value.Cast(DType.Int32) : value;
            value = value.Cast(Carrier(to).Scalar);
            _values[u] = _target.IsComputedIn32Bits(to) && !from.IsBool && !Holds(to, from) ? Wrapped(to, value) : value;
        }
    }

    private WideInteger Widened(UOp source, DType to)
    {
        var (from, value) = (source.DType, _values[source]);
        return from.Kind switch
        {
            DTypeKind.Float => WideInteger.FromFloat(value.Cast(DType.Float32), to.IsSigned),
            DTypeKind.Int when _target.IsTwoWords(from) => WideOf(source),
            DTypeKind.UInt when _target.IsTwoWords(from) => WideOf(source),
            DTypeKind.Int => WideInteger.FromSigned(value),
            _ => WideInteger.FromUnsigned(value.Cast(DType.UInt32)),
        };
    }

    private UOp SameBits(DType from, DType to, UOp value) => (_target.IsComputedIn32Bits(from), _target.IsComputedIn32Bits(to)) switch
    {
        (true, true) => Wrapped(to, value.Cast(Carrier(to))),
        (true, false) when to.IsBool => UOp.Alu(Ops.CmpNe, value, value.ConstLike(0)),
        (true, false) => FloatCodes.Decode(to.Format!, UOp.Alu(Ops.And, value.Cast(DType.UInt32), UOp.Const(DType.UInt32, (1L << to.Bits) - 1))).Cast(to),
        (false, true) when from.IsBool => value.Cast(Carrier(to)),
        (false, true) => Wrapped(to, FloatCodes.Encode(from.Format!, value.Cast(DType.Float32)).Cast(Carrier(to))),
        _ => value.Bitcast(to),
    };

    // Whether every number of one integer type is one of another.
    private static bool Holds(DType dtype, DType from) => from.IsInteger && from.MinInteger >= dtype.MinInteger && from.MaxInteger <= dtype.MaxInteger && from.Bits < 64;
}
