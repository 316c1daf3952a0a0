using Tenon.Core;
using Tenon.Onnx.Run;

namespace Tenon.Onnx.Operators.MachineLearning;

/// <summary>Replaces elements by what a table says. The table is small, and may hold texts: this runs on the host.</summary>
internal static class LabelEncoding
{
    /// <summary>LabelEncoder.</summary>
    public static OnnxValue Encode(OpCall c)
    {
        // Until version 2 the table was a list of texts, from or to whose places was mapped.
        if (c.Texts("classes_strings") is { Length: > 0 } classes)
        {
            var places = Enumerable.Range(0, classes.Length).Select(i => (object)(long)i).ToArray();
            return c.Value(0) is StringValue
                ? Mapped(c, [.. classes], places, c.Long("default_int64", -1), DType.Int64)
                : Mapped(c, places, [.. classes], c.Text("default_string", "_Unused"), null);
        }

        var keys = Table(c, "keys").Items;
        var (values, dtype) = Table(c, "values");
        var otherwise = c.Stored("default_tensor") is { } stored ? Items(stored)[0]
            : dtype is null ? c.Text("default_string", "_Unused")
            : dtype.IsFloat ? c.Float("default_float", -0.0) : (object)c.Long("default_int64", -1);
        return keys.Length == values.Length
            ? Mapped(c, keys, values, otherwise, dtype)
            : throw c.Error($"{keys.Length} keys and {values.Length} values. Expected as many.");
    }

    /// <summary>CategoryMapper.</summary>
    public static OnnxValue MapCategories(OpCall c)
    {
        var numbers = (c.Ints("cats_int64s") ?? []).Cast<object>().ToArray();
        object[] texts = c.Texts("cats_strings") ?? [];
        return c.Value(0) is StringValue
            ? Mapped(c, texts, numbers, c.Long("default_int64", -1), DType.Int64)
            : Mapped(c, numbers, texts, c.Text("default_string", "_Unused"), null);
    }

    /// <summary>The order of keys: numbers by value, texts by their characters.</summary>
    public static int Compare(object? x, object? y) => (x, y) is (string a, string b) ? string.CompareOrdinal(a, b) : Comparer<object>.Default.Compare(x, y);

    /// <summary>The elements of a value: texts, <see cref="long"/> or <see cref="double"/>.</summary>
    public static object[] Items(OnnxValue value)
    {
        if (value is StringValue strings)
        {
            return [.. strings.Values];
        }

        var host = ((TensorValue)value).Read();
        return Array.ConvertAll(host.Elements, e => host.DType.IsFloat ? e.AsDouble : (object)e.AsLong);
    }

    /// <summary>Elements of a dtype, or texts without one.</summary>
    public static OnnxValue Value(OpCall c, object[] items, DType? dtype, long[] shape) => dtype is null
        ? new StringValue(Array.ConvertAll(items, i => (string)i), shape)
        : new TensorValue(new HostTensor(dtype, shape, Array.ConvertAll(items, i => (i is double d ? (Scalar)d : (Scalar)(long)i).To(dtype))), c.Context.Device);

    // Of two equal keys the last counts; NaN equals NaN.
    private static OnnxValue Mapped(OpCall c, object[] keys, object[] values, object otherwise, DType? dtype)
    {
        var table = new Dictionary<object, object>();
        for (var i = 0; i < Math.Min(keys.Length, values.Length); i++)
        {
            table[Key(keys[i])] = values[i];
        }

        var items = Array.ConvertAll(Items(c.Value(0) is StringValue s ? s : new TensorValue(c.Host(0), null)), item => table.GetValueOrDefault(Key(item), otherwise));
        return Value(c, items, dtype, c.Shape(0));

        static object Key(object item) => item is double d ? d == 0 ? 0.0 : (double)(float)d : item;
    }

    private static (object[] Items, DType? DType) Table(OpCall c, string name)
    {
        if (c.Stored($"{name}_tensor") is { } stored)
        {
            return (Items(stored), stored is StringValue ? null : ((TensorValue)stored).DType);
        }

        return c.Texts($"{name}_strings") is { Length: > 0 } texts ? (texts, null)
            : c.Ints($"{name}_int64s") is { Length: > 0 } longs ? ([.. longs.Cast<object>()], DType.Int64)
            : c.Floats($"{name}_floats") is { Length: > 0 } floats ? ([.. floats.Cast<object>()], DType.Float32)
            : throw c.Error($"no {name}. Expected one of {name}_strings, {name}_int64s, {name}_floats or {name}_tensor.");
    }
}
