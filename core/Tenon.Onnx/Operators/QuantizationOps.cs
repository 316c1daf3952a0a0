using Tenon.Onnx.Graph;
using Tenon.Onnx.Run;

namespace Tenon.Onnx.Operators;

/// <summary>Numbers stored as small integers, <c>(q - zero) · scale</c>.</summary>
internal static class QuantizationOps
{
    /// <summary>Adds them.</summary>
    public static void Register(OpRegistry ops)
    {
        ops.Add("QuantizeLinear", 10, QuantizeLinear);
        ops.Add("DequantizeLinear", 10, DequantizeLinear);
        ops.AddMany("DynamicQuantizeLinear", 11, DynamicQuantizeLinear);
        ops.Add("MatMulInteger", 10, c => Product(c[0], Rows(c.TensorOrNull(2), c[0]), c[1], c.TensorOrNull(3)));
        ops.Add("ConvInteger", 10, c => Convolution(c, c[0], c.TensorOrNull(2), c[1], c.TensorOrNull(3), null));
        ops.Add("QLinearMatMul", 10, QLinearMatMul);
        ops.Add("QLinearConv", 10, QLinearConv);
    }

    /// <summary>Integers of a dtype, from numbers in units of the scale: rounded, with the zero point added, and within the dtype's range.</summary>
    public static Tensor Quantized(Tensor units, Tensor? zero, DType dtype)
    {
        var x = units.Cast(units.DType == DType.Float64 ? DType.Float64 : DType.Float32).Round();
        x = zero is null ? x : x + zero.Cast(x.DType);
        return x.Clamp(dtype.MinInteger, dtype.MaxInteger).Cast(dtype);
    }

    /// <summary>The numbers that integers stand for, in float32.</summary>
    public static Tensor Dequantized(Tensor x, Tensor scale, Tensor? zero)
    {
        var y = x.Cast(DType.Float32);
        return (zero is null ? y : y - zero.Cast(DType.Float32)) * scale.Cast(DType.Float32);
    }

    /// <summary>QuantizeLinear.</summary>
    public static Tensor QuantizeLinear(OpCall c)
    {
        var x = c[0];
        var dtype = c.TensorOrNull(2)?.DType ?? c.DType("output_dtype") ?? DType.UInt8;
        var (scale, zero) = (Spread(c, c[1]), c.TensorOrNull(2) is { } z ? Spread(c, z) : null);
        var precision = c.DType("precision") ?? (x.DType.IsFloat ? x.DType : scale.DType);
        var units = x.Cast(precision) / scale.Cast(precision);
        return dtype.IsFloat ? CastOps.To(units, dtype, c.Flag("saturate", true)) : Quantized(units, zero, dtype);
    }

    /// <summary>DequantizeLinear.</summary>
    public static Tensor DequantizeLinear(OpCall c)
    {
        var zero = c.TensorOrNull(2) is { DType.IsFloat: false } z ? Spread(c, z) : null;
        return Dequantized(c[0], Spread(c, c[1]), zero).Cast(c.DType("output_dtype") ?? c[1].DType);
    }

    // Scales and zero points of a tensor: one for all, one for each place of an axis, or one for each block of an axis.
    private static Tensor Spread(OpCall c, Tensor value)
    {
        var x = c[0];
        if (value.Rank == 0 || (value.Rank == 1 && value.Size(0) == 1))
        {
            return value.Reshape([]);
        }

        var axis = c.Axis(c.Long("axis", 1), x.Rank);
        var block = c.Long("block_size", 0);
        if (block == 0)
        {
            return value.Rank == 1 && value.Size(0) == x.Size(axis)
                ? Channels(value, x.Rank, axis)!
                : throw c.Error($"scale or zero point {value.Shape} for axis {axis} of shape {x.Shape}. Expected one number, one for each place, or blocks.");
        }

        if (value.Rank != x.Rank || value.Size(axis) != (x.Size(axis) + block - 1) / block)
        {
            throw c.Error($"scale or zero point {value.Shape} for blocks of {block} along axis {axis} of shape {x.Shape}.");
        }

        var sizes = OpCall.SizesOf(value);
        var blocks = value.Unsqueeze(axis + 1).Expand([.. sizes[..(axis + 1)], block, .. sizes[(axis + 1)..]]);
        sizes[axis] *= block;
        return blocks.Reshape(sizes).Shrink([.. Enumerable.Range(0, x.Rank).Select(i => ((Core.SymInt)0, (Core.SymInt)(i == axis ? x.Size(i) : sizes[i])))]);
    }

    // To [0, 255] such that 0 is exact.
    private static OnnxValue?[] DynamicQuantizeLinear(OpCall c)
    {
        var x = c[0];
        var (min, max) = (x.Min().Minimum(0), x.Max().Maximum(0));
        var scale = Tensor.Where(max.Eq(min), 1, max - min) / 255.0;
        var zero = (-min / scale).Clamp(0, 255).Round().Cast(DType.UInt8);
        return [Quantized(x / scale, zero, DType.UInt8), scale, zero];
    }

    private static Tensor QLinearMatMul(OpCall c)
    {
        var product = Product(c[0], Rows(c.TensorOrNull(2), c[0]), c[3], c.TensorOrNull(5));
        var scale = Rows(c[1], c[0])!.Cast(DType.Float32) * c[4].Cast(DType.Float32) / c[6].Cast(DType.Float32);
        return Quantized(product.Cast(DType.Float32) * scale, c.TensorOrNull(7), c.TensorOrNull(7)?.DType ?? c[0].DType);
    }

    private static Tensor QLinearConv(OpCall c)
    {
        var product = Convolution(c, c[0], c.TensorOrNull(2), c[3], c.TensorOrNull(5), c.TensorOrNull(8));
        var scale = c[1] * Channels(c[4], c[0].Rank, 1)! / c[6];
        return Quantized(product.Cast(DType.Float32) * scale, c.TensorOrNull(7), c.TensorOrNull(7)?.DType ?? c[0].DType);
    }

    // Σ (a - p)(b - q) = Σ ab - q Σ a - p Σ (b - q): most of the work is sums of products of bytes, for which there are instructions.
    private static Tensor Product(Tensor a, Tensor? p, Tensor b, Tensor? q)
    {
        if (a.Rank < 2 || b.Rank < 2 || (p is null && q is null))
        {
            return Whole(a, p).MatMul(Whole(b, q));
        }

        var product = Whole(a, null).MatMul(Whole(b, null));
        product = q is null ? product : product - q.Cast(DType.Int32) * Whole(a, null).Sum(-1, keepDim: true);
        return p is null ? product : product - p.Cast(DType.Int32) * Whole(b, q).Sum(-2, keepDim: true);
    }

    // The same of windows: what lies beside the picture is p.
    private static Tensor Convolution(OpCall c, Tensor x, Tensor? p, Tensor weight, Tensor? q, Tensor? bias)
    {
        var zero = Channels(q, weight.Rank, 0);
        if (c.Int("group", 1) != 1 || (p is null && q is null))
        {
            return ConvOps.Conv(c, Whole(x, p), Whole(weight, zero), bias);
        }

        var sum = ConvOps.Conv(c, Whole(x, null), Whole(weight, null), bias);
        if (q is not null)
        {
            var ones = Tensor.Ones([1, 1, .. OpCall.SizesOf(weight)[2..]], DType.Int32);
            sum -= Channels(q, x.Rank, 1)!.Cast(DType.Int32) * ConvOps.Conv(c, Whole(x, null).Sum(1, keepDim: true), ones, null);
        }

        if (p is not null)
        {
            var ones = Tensor.Ones([1, 1, .. OpCall.SizesOf(x)[2..]], DType.Int32);
            sum -= p.Cast(DType.Int32) * ConvOps.Conv(c, ones, Whole(weight, zero).Sum(1, keepDim: true), null);
        }

        return sum;
    }

    private static Tensor Whole(Tensor x, Tensor? zero) => zero is null ? x.Cast(DType.Int32) : x.Cast(DType.Int32) - zero.Cast(DType.Int32);

    // One for each row of a matrix.
    private static Tensor? Rows(Tensor? value, Tensor x) => value is { Rank: 1 } && value.Size(0) > 1 && x.Rank > 1 ? value.Unsqueeze(1) : value;

    // One for each place of an axis, along that axis.
    private static Tensor? Channels(Tensor? value, int rank, int axis) =>
        value is { Rank: 1 } ? value.Reshape([.. Enumerable.Range(0, rank).Select(i => i == axis ? value.Size(0) : 1)]) : value;
}
