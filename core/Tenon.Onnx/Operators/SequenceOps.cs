using Tenon.Onnx.Graph;
using Tenon.Onnx.Run;

namespace Tenon.Onnx.Operators;

/// <summary>Sequences and optionals.</summary>
internal static class SequenceOps
{
    /// <summary>Adds them.</summary>
    public static void Register(OpRegistry ops)
    {
        ops.AddMany("SequenceEmpty", 11, _ => [new SequenceValue()]);
        ops.AddMany("SequenceConstruct", 11, c => [new SequenceValue([.. Enumerable.Range(0, c.InputCount).Select(c.Value)])]);
        ops.AddMany("SequenceAt", 11, c => [c.Value(0).Items[Position(c, c.Scalar(1).AsLong, c.Value(0).Items.Count)]]);
        ops.AddMany("SequenceLength", 11, c => [new TensorValue(new HostTensor(DType.Int64, [], [c.Value(0).Items.Count]), c.Context.Device)]);
        ops.AddMany("SequenceInsert", 11, Insert);
        ops.AddMany("SequenceErase", 11, Erase);
        ops.AddMany("SplitToSequence", 11, Split);
        ops.AddMany("ConcatFromSequence", 11, Concat);

        ops.AddMany("Optional", 15, c => [new OptionalValue(c.ValueOrNull(0))]);
        ops.AddMany("OptionalHasElement", 15, c => [new TensorValue(new HostTensor(DType.Bool, [], [c.Has(0)]), c.Context.Device)]);
        ops.AddMany("OptionalGetElement", 15, c => [c.Value(0) is OptionalValue optional ? optional.Value ?? throw c.Error("the optional has no value.") : c.Value(0)]);
    }

    private static int Position(OpCall c, long at, int count) =>
        at >= -count && at < count ? (int)(at < 0 ? at + count : at) : throw c.Error($"position {at} of a sequence of {count}.");

    private static OnnxValue?[] Insert(OpCall c)
    {
        var items = c.Value(0).Items.ToList();
        items.Insert(c.Has(2) ? Position(c, c.Scalar(2).AsLong, items.Count + 1) is var at && c.Scalar(2).AsLong < 0 ? at - 1 : at : items.Count, c.Value(1));
        return [new SequenceValue(items)];
    }

    private static OnnxValue?[] Erase(OpCall c)
    {
        var items = c.Value(0).Items.ToList();
        items.RemoveAt(c.Has(1) ? Position(c, c.Scalar(1).AsLong, items.Count) : items.Count - 1);
        return [new SequenceValue(items)];
    }

    private static OnnxValue?[] Split(OpCall c)
    {
        var x = c[0];
        var axis = c.Axis(c.Long("axis", 0), x.Rank);
        var size = x.Size(axis);
        if (!c.Has(1))
        {
            var slices = x.Split(1, axis);
            return [new SequenceValue([.. slices.Select(s => (OnnxValue)(c.Flag("keepdims", true) ? s : s.Squeeze(axis)))])];
        }

        var sizes = c.Shape(1).Length == 0
            ? [.. Enumerable.Range(0, (int)((size + c.Scalar(1).AsLong - 1) / c.Scalar(1).AsLong)).Select(i => Math.Min(c.Scalar(1).AsLong, size - i * c.Scalar(1).AsLong))]
            : c.Longs(1);
        return [new SequenceValue([.. x.Split(sizes, axis).Select(s => (OnnxValue)s)])];
    }

    private static OnnxValue?[] Concat(OpCall c)
    {
        Tensor[] tensors = [.. c.Value(0).Items.Select(i => i.Tensor)];
        var axis = c.Int("axis", 0);
        return [c.Flag("new_axis") ? Tensor.Stack(tensors, axis) : Tensor.Cat(tensors, axis)];
    }
}
