using Tenon.Onnx.Graph;
using Tenon.Onnx.Run;

namespace Tenon.Onnx.Operators.MachineLearning;

/// <summary>Operators that prepare features.</summary>
internal static class FeatureOps
{
    /// <summary>Adds them.</summary>
    public static void Register(OpRegistry ops)
    {
        Add("ArrayFeatureExtractor", c => [StringPositions.Of(c.Value(0), x => Extracted(c, x))]);
        Add("Binarizer", c => [(c[0] > c.Float("threshold", 0)).Cast(c[0].DType)]);
        Add("Scaler", c => [((c[0].Cast(DType.Float32) - Row(c, "offset", 0)) * Row(c, "scale", 1))]);
        Add("Normalizer", c => [Normalised(c)]);
        Add("Imputer", c => [Imputed(c)]);
        Add("OneHotEncoder", c => [OneHot(c)]);
        Add("FeatureVectorizer", c => [FeatureVector(c)]);
        Add("LabelEncoder", c => [LabelEncoding.Encode(c)]);
        Add("CategoryMapper", c => [LabelEncoding.MapCategories(c)]);
        Add("DictVectorizer", c => [DictVector(c)]);
        Add("CastMap", c => [CastMap(c)]);
        Add("ZipMap", c => [ZipMap(c)]);

        void Add(string name, OnnxOp op) => ops.AddMany(OpRegistry.MachineLearning, name, 1, op);
    }

    // Places of the last axis; a vector becomes a row.
    private static Tensor Extracted(OpCall c, Tensor x)
    {
        var rows = x.Rank == 1 ? x.Unsqueeze(0) : x;
        return rows.IndexSelect(rows.Rank - 1, c[1].Flatten());
    }

    private static Tensor Row(OpCall c, string name, double otherwise) =>
        Tensor.From<float>([.. (c.Floats(name) is { Length: > 0 } given ? given : [otherwise]).Select(f => (float)f)], c.Context.Device);

    private static Tensor Normalised(OpCall c)
    {
        var x = c[0].Cast(DType.Float32);
        var norm = c.Text("norm", "MAX") switch
        {
            "MAX" => x.Abs().Max(-1, keepDim: true),
            "L1" => x.Abs().Sum(-1, keepDim: true),
            "L2" => x.Square().Sum(-1, keepDim: true).Sqrt(),
            var other => throw c.Error($"norm '{other}'. Expected MAX, L1 or L2."),
        };
        return x / norm.Maximum(1e-30);
    }

    private static Tensor Imputed(OpCall c)
    {
        var x = c[0];
        var values = c.Floats("imputed_value_floats") is { Length: > 0 } floats
            ? Tensor.From<float>([.. floats.Select(f => (float)f)], c.Context.Device)
            : Tensor.From<long>(c.Ints("imputed_value_int64s") is { Length: > 0 } longs ? longs : throw c.Error("no imputed values."), c.Context.Device);
        var replaced = c.Float("replaced_value_float", 0);
        var isMissing = !x.DType.IsFloat ? x.Eq(c.Long("replaced_value_int64", 0)) : double.IsNaN(replaced) ? x.IsNaN() : x.Eq(replaced);
        return Tensor.Where(isMissing, values.Cast(x.DType), x);
    }

    // A new last axis over the categories.
    private static Tensor OneHot(OpCall c)
    {
        var categories = c.Texts("cats_strings") is { Length: > 0 } texts ? texts.Cast<object>().ToArray() : [.. (c.Ints("cats_int64s") ?? []).Cast<object>()];
        var place = categories.Select((category, i) => (category, i)).ToDictionary(p => p.category, p => p.i);
        var items = c.Value(0) is StringValue strings ? strings.Values.Cast<object>().ToArray() : [.. c.Longs(0).Cast<object>()];
        var found = items.Select(item => place.GetValueOrDefault(item, -1)).ToArray();
        return !found.Contains(-1) || c.Flag("zeros", true)
            ? Tensor.From<int>(found, c.Shape(0), c.Context.Device).Unsqueeze(-1).Eq(Tensor.Arange(0, place.Count)).Cast(DType.Float32)
            : throw c.Error($"'{items[Array.IndexOf(found, -1)]}' is none of the categories, and zeros is 0.");
    }

    // Columns side by side, each input cut, or with zeros behind, to its declared width.
    private static Tensor FeatureVector(OpCall c)
    {
        var widths = c.Ints("inputdimensions");
        return Tensor.Cat([.. c.Tensors().Select((x, i) =>
        {
            var rows = (x.Rank == 1 ? x.Unsqueeze(1) : x.Flatten(1)).Cast(DType.Float32);
            return widths is null ? rows : rows.Pad([(0, 0), (0, widths[i] - rows.Size(1))]);
        })], 1);
    }

    private static OnnxValue DictVector(OpCall c)
    {
        var vocabulary = c.Texts("string_vocabulary") is { Length: > 0 } texts ? texts.Cast<object>().ToArray() : [.. (c.Ints("int64_vocabulary") ?? []).Cast<object>()];
        var map = c.Value(0).Map;
        var order = vocabulary.Select(word => Array.IndexOf([.. map.Keys], word)).ToArray();
        return map.Values is StringValue strings
            ? new StringValue([.. order.Select(i => i < 0 ? "" : strings.Values[i])], [1, order.Length])
            : Tensor.Where(
                Tensor.From<int>(order, [1, order.Length], c.Context.Device) >= 0,
                map.Values.Tensor.IndexSelect(0, Tensor.From<int>([.. order.Select(i => Math.Max(0, i))], c.Context.Device)),
                0);
    }

    // The values in order of their keys, which may be places.
    private static OnnxValue CastMap(OpCall c)
    {
        var map = c.Value(0).Map;
        var order = Enumerable.Range(0, map.Keys.Count).OrderBy(i => map.Keys[i], Comparer<object>.Create(LabelEncoding.Compare)).ToArray();
        if (c.Text("map_form", "DENSE") == "SPARSE")
        {
            var width = c.Long("max_map", 1);
            order = [.. Enumerable.Range(0, checked((int)width)).Select(i => Array.IndexOf([.. map.Keys], (object)(long)i))];
        }

        var elements = order.Select(i => i < 0 ? 0 : map.Values is StringValue s ? double.Parse(s.Values[i], System.Globalization.CultureInfo.InvariantCulture) : ((TensorValue)map.Values).Read().Elements[i].AsDouble).ToArray();
        return c.Text("cast_to", "TO_FLOAT") switch
        {
            "TO_FLOAT" => c.Computed(elements, DType.Float32, 1, elements.Length),
            "TO_INT64" => c.Computed(elements, DType.Int64, 1, elements.Length),
            "TO_STRING" => new StringValue([.. elements.Select(e => CastOps.Text(e, DType.Float32))], [1, elements.Length]),
            var other => throw c.Error($"cast_to '{other}'. Expected TO_FLOAT, TO_INT64 or TO_STRING."),
        };
    }

    // Each row [C] of scores by the names of its columns.
    private static SequenceValue ZipMap(OpCall c)
    {
        object[] keys = c.Texts("classlabels_strings") is { Length: > 0 } texts ? texts : [.. (c.Ints("classlabels_int64s") ?? []).Cast<object>()];
        var rows = c[0].Rank == 1 ? c[0].Unsqueeze(0) : c[0];
        return rows.Size(1) == keys.Length
            ? new SequenceValue([.. Enumerable.Range(0, (int)rows.Size(0)).Select(i => new MapValue(keys, rows[i]))])
            : throw c.Error($"{keys.Length} labels for scores {rows.Shape}. Expected one for each column.");
    }
}
