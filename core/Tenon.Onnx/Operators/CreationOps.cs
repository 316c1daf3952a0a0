using Tenon.Onnx.Format;
using Tenon.Onnx.Graph;
using Tenon.Onnx.Run;

namespace Tenon.Onnx.Operators;

/// <summary>Operators that make tensors from numbers and shapes.</summary>
internal static class CreationOps
{
    /// <summary>Adds them.</summary>
    public static void Register(OpRegistry ops)
    {
        ops.AddMany("Constant", 1, c => [Constant(c)]);
        ops.Add("ConstantOfShape", 9, ConstantOfShape);
        ops.Add("Range", 11, Range);
        ops.Add("EyeLike", 9, EyeLike);
        ops.Add("Trilu", 14, Trilu);
        ops.Add("OneHot", 9, OneHot);
    }

    private static OnnxValue Constant(OpCall c)
    {
        if ((c.Stored("value") ?? c.Stored("sparse_value")) is { } stored)
        {
            return stored;
        }

        if (c.HasAttribute("value_string") || c.HasAttribute("value_strings"))
        {
            return c.Texts("value_strings") is { Length: > 0 } texts ? texts : new StringValue([c.Text("value_string", "")], []);
        }

        var (dtype, values, isList) = c switch
        {
            _ when c.HasAttribute("value_int") => (DType.Int64, [c.Long("value_int", 0)], false),
            _ when c.HasAttribute("value_float") => (DType.Float32, [c.Float("value_float", 0)], false),
            _ when c.HasAttribute("value_ints") => (DType.Int64, c.Ints("value_ints")!.Select(v => (Scalar)v).ToArray(), true),
            _ when c.HasAttribute("value_floats") => (DType.Float32, c.Floats("value_floats")!.Select(v => (Scalar)v).ToArray(), true),
            _ => throw c.Error("no value. Expected one of the attributes value, sparse_value, value_int, value_ints, value_float, value_floats, value_string, value_strings."),
        };
        dtype = c.Effective(dtype);
        return new TensorValue(new HostTensor(dtype, isList ? [values.Length] : [], Array.ConvertAll<Scalar, Scalar>(values, v => v.To(dtype))), c.Context.Device);
    }

    private static Tensor ConstantOfShape(OpCall c)
    {
        var value = c.Stored("value") is TensorValue stored ? stored.Read() : new HostTensor(c.Effective(DType.Float32), [], [0.0]);
        return Tensor.Full(c.Longs(0), value.Elements[0], value.DType, c.Context.Device);
    }

    private static Tensor Range(OpCall c)
    {
        var (start, limit, delta) = (c.Scalar(0), c.Scalar(1), c.Scalar(2));
        var dtype = c[0].DType;
        var count = dtype.IsFloat
            ? Math.Ceiling((limit.AsDouble - start.AsDouble) / delta.AsDouble)
            : Math.Ceiling((limit.AsLong - start.AsLong) / (double)delta.AsLong);
        var numbers = Tensor.Arange(0, (long)Math.Max(0, count), device: c.Context.Device).Cast(dtype);
        return numbers * delta.To(dtype) + start.To(dtype);
    }

    private static Tensor EyeLike(OpCall c)
    {
        var (rows, columns, k) = (c[0].Size(0), c[0].Size(1), c.Long("k", 0));
        return (Tensor.Arange(rows).Unsqueeze(1) + k).Eq(Tensor.Arange(columns)).Cast(c.DType("dtype") ?? c[0].DType);
    }

    private static Tensor Trilu(OpCall c)
    {
        var furthest = c[0].Size(-2) + c[0].Size(-1);
        var k = Math.Clamp(c.ScalarOrNull(1)?.AsLong ?? 0, -furthest, furthest);
        return c.Flag("upper", true) ? c[0].Triu(k) : c[0].Tril(k);
    }

    // Negative indices count from the end; those outside give the second value only.
    private static Tensor OneHot(OpCall c)
    {
        var depth = c.Scalar(1).AsLong;
        var indices = c[0].Cast(DType.Int64);
        var axis = c.Axis(c.Long("axis", -1), indices.Rank + 1);
        var wrapped = Tensor.Where(indices < 0, indices + depth, indices).Unsqueeze(axis);
        var classes = Tensor.Arange(0, depth, dtype: DType.Int64).Reshape([.. Enumerable.Range(0, indices.Rank + 1).Select(i => i == axis ? depth : 1L)]);
        return Tensor.Where(wrapped.Eq(classes), c[2][1], c[2][0]);
    }
}
