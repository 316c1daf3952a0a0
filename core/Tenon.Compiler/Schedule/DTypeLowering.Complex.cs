using Tenon.Core;

namespace Tenon.Compiler;

// A complex node of shape [...] is a float32 node of shape [..., 2]. Products and quotients were made of their parts before.
internal sealed partial class DTypeLowering
{
    private UOp Complex(UOp u)
    {
        var value = u.Src.Length > 0 && _values.TryGetValue(u[0], out var source) ? source : null;
        switch (u.Op)
        {
            case Ops.Param:
                var (slot, size, device) = u.ArgAs<ParamArg>();
                return TensorRules.Reshape(UOp.New(Ops.Param, DType.Float32, [], new ParamArg(slot, 2 * size, device)), [size, 2]);
            case Ops.Const:
                var pair = new UOp[] { UOp.Const(DType.Float32, ((Scalar)u.Arg!).AsComplex.Real), UOp.Const(DType.Float32, ((Scalar)u.Arg!).AsComplex.Imaginary) };
                return pair[0] == pair[1] ? PackedBits.Full(DType.Float32, (Scalar)pair[0].Arg!, [2]) : Interleaved(pair[0], pair[1]);
            case Ops.Reshape:
                // Of symbolic sizes the value comes first in its storage.
                return TensorRules.Reshape(u[0].Op == Ops.Param ? value![0] : value!, WithParts(u.Shape));
            case Ops.Expand:
                return UOp.New(Ops.Expand, DType.Float32, [value!, .. WithParts(u.Shape).Dims]);
            case Ops.Permute:
                var axes = u.ArgAs<Axes>();
                return UOp.New(Ops.Permute, DType.Float32, [value!], new Axes([.. axes.Span, axes.Count]));
            case Ops.Pad:
                return UOp.New(Ops.Pad, DType.Float32, [value!, .. u.Src[1..], UOp.Index(0), UOp.Index(0)]);
            case Ops.Shrink:
                return UOp.New(Ops.Shrink, DType.Float32, [value!, .. u.Src[1..], UOp.Index(0), UOp.Index(2)]);
            case Ops.Bitcast:
                return value!;
            case Ops.Cast when u.DType.IsComplex:
                return u[0].DType.IsComplex ? value! : Interleaved(value!.Cast(DType.Float32), null);
            case Ops.Cast:
                return Fixed(u, Part(value!, 0).Cast(u.DType.Carrier));
            case Ops.CmpEq or Ops.CmpNe:
                var other = _values[u[1]];
                return UOp.Alu(
                    u.Op == Ops.CmpEq ? Ops.And : Ops.Or,
                    UOp.Alu(u.Op, Part(value!, 0), Part(other, 0)),
                    UOp.Alu(u.Op, Part(value!, 1), Part(other, 1)));
            case Ops.Where:
                var condition = UOp.New(Ops.Expand, DType.Bool, [TensorRules.Reshape(value!, [.. u.Shape, 1]), .. WithParts(u.Shape).Dims]);
                return UOp.Where(condition, _values[u[1]], _values[u[2]]);
            case Ops.Store when u[0].Op == Ops.Param:
                return UOp.New(Ops.Store, DType.Void, [value![0], _values[u[1]]]);
            case Ops.Store or Ops.Sink:
                return u.MapSources(_values);
            case Ops.Reduce when u.ArgAs<ReduceArg>().Op == Ops.Add:
            case Ops.Flip or Ops.Contiguous or Ops.Detach or Ops.Copy or Ops.After or Ops.Add or Ops.Sub or Ops.Neg:
                return UOp.New(u.Op, DType.Float32, u.MapSources(_values).Src, u.Arg);
            default:
                throw new TenonException("TEN3112", $"{u.Op} is not defined for {DType.Complex64}. Compute with Real and Imag, or with ViewAsReal.");
        }
    }

    private static UOp Fixed(UOp u, UOp value) => u.DType.IsNative ? value : Fixed(u.DType, value);

    private static Shape WithParts(Shape shape) => [.. shape, 2];

    // Real and imaginary parts side by side in a last axis; null for 0.
    private static UOp Interleaved(UOp real, UOp? imaginary)
    {
        var pairs = WithParts(real.Shape);
        var ones = new UOp[pairs.Rank];
        ones.AsSpan().Fill(UOp.Index(1));
        ones[^1] = UOp.Index(2);
        var place = TensorRules.Reshape(UOp.New(Ops.Iota, DType.Int32, [UOp.Index(2)]), Shape.FromDims(ones));
        var isReal = UOp.Alu(Ops.CmpEq, place, PackedBits.Full(DType.Int32, 0, place.Shape));
        return UOp.Where(Spread(isReal), Spread(real), imaginary is null ? PackedBits.Full(DType.Float32, 0, pairs) : Spread(imaginary));

        UOp Spread(UOp x) => UOp.New(Ops.Expand, x.DType, [x.Shape.Rank == pairs.Rank ? x : TensorRules.Reshape(x, [.. x.Shape, 1]), .. pairs.Dims]);
    }

    private static UOp Part(UOp pairs, int place)
    {
        var source = new List<UOp> { pairs };
        for (var i = 0; i < pairs.Shape.Rank - 1; i++)
        {
            source.Add(UOp.Index(0));
            source.Add(pairs.Shape.Dim(i));
        }

        var part = UOp.New(Ops.Shrink, DType.Float32, [.. source, UOp.Index(place), UOp.Index(place + 1)]);
        return TensorRules.Reshape(part, Shape.FromDims(pairs.Shape.Dims[..^1]));
    }
}
