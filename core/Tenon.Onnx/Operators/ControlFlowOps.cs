using Tenon.Core;
using Tenon.Onnx.Graph;
using Tenon.Onnx.Run;

namespace Tenon.Onnx.Operators;

/// <summary>Operators that run subgraphs. A condition that isn't known on the host is computed first.</summary>
internal static class ControlFlowOps
{
    /// <summary>Adds them.</summary>
    public static void Register(OpRegistry ops)
    {
        ops.AddMany("If", 1, If);
        ops.AddMany("Loop", 1, Loop);
        ops.AddMany("Scan", 8, c => BatchedScan(c));
        ops.AddMany("Scan", 9, c => Scan(c, 0, c.Ints("scan_input_axes"), c.Ints("scan_output_axes"), c.Ints("scan_input_directions"), c.Ints("scan_output_directions")));
        ops.AddMany("SequenceMap", 17, SequenceMap);
    }

    private static OnnxValue?[] If(OpCall c)
    {
        var (first, second) = (c.Graph("then_branch"), c.Graph("else_branch"));
        if (c.HasElements(0))
        {
            return c.Run(c.Scalar(0).AsBool ? first : second);
        }

        // Nobody knows which: one whose shapes fit.
        try
        {
            return c.Run(first);
        }
        catch (TenonException e) when (e.Code == "TEN5209")
        {
            return c.Run(second);
        }
    }

    // (trips, condition, state…) → (state…, collected…); the body takes (number, condition, state…) and gives (condition, state…, collected…).
    private static OnnxValue?[] Loop(OpCall c)
    {
        var body = c.Graph("body");
        var trips = c.Has(0) ? c.Scalar(0).AsLong : long.MaxValue;
        var goesOn = !c.Has(1) || c.Scalar(1).AsBool;
        var state = Enumerable.Range(2, Math.Max(0, c.InputCount - 2)).Select(c.ValueOrNull).ToArray();
        var collected = Collections(body.Outputs.Count - 1 - state.Length);
        for (long trip = 0; trip < trips && goesOn; trip++)
        {
            var outputs = c.Run(body, [Number(c, trip), Truth(c, goesOn), .. state]);
            goesOn = outputs[0] is TensorValue condition ? condition.Read().Elements[0].AsBool : throw c.Error("the body's first output is no condition.");
            outputs.AsSpan(1, state.Length).CopyTo(state!);
            Collect(collected, outputs.AsSpan(1 + state.Length));
            Settle(outputs);
        }

        return [.. state, .. collected.Select((items, i) => Stacked(items, 0, false, body.Outputs[1 + state.Length + i].Type))];
    }

    // The body takes (state…, a slice of each scanned…) and gives (state…, a slice of each output…).
    private static OnnxValue?[] Scan(OpCall c, int first, long[]? inputAxes, long[]? outputAxes, long[]? inputDirections, long[]? outputDirections)
    {
        var body = c.Graph("body");
        var scanned = c.Int("num_scan_inputs", 1);
        var states = c.InputCount - first - scanned;
        var state = Enumerable.Range(first, states).Select(c.Value).ToArray();
        var inputs = Enumerable.Range(0, scanned).Select(i => (Value: c[first + states + i], Axis: c.Axis(inputAxes?[i] ?? 0, c[first + states + i].Rank), IsReverse: inputDirections?[i] == 1)).ToArray();
        var outputs = ScanOver(c, body, state, inputs);
        return [.. outputs.State, .. outputs.Collected.Select((items, i) =>
        {
            var axis = outputAxes?[i] ?? 0;
            return Stacked(items, (int)axis, outputDirections?[i] == 1, body.Outputs[states + i].Type);
        })];
    }

    private static (OnnxValue[] State, List<OnnxValue>[] Collected) ScanOver(OpCall c, GraphPlan body, OnnxValue[] state, (Tensor Value, int Axis, bool IsReverse)[] inputs)
    {
        var collected = Collections(body.Outputs.Count - state.Length);
        var steps = inputs[0].Value.Size(inputs[0].Axis);
        if (Array.Find(inputs, i => i.Value.Size(i.Axis) != steps) is { Value: { } other })
        {
            throw c.Error($"inputs of {steps} and of other numbers of steps, such as {other.Shape}. Expected one number.");
        }

        Tensor.Realize([.. inputs.Select(i => i.Value)]);
        for (long step = 0; step < steps; step++)
        {
            var slices = Array.ConvertAll(inputs, i => (OnnxValue)At(i.Value, i.Axis, i.IsReverse ? steps - 1 - step : step, steps));
            var outputs = c.Run(body, [.. state, .. slices]);
            outputs.AsSpan(0, state.Length).CopyTo(state);
            Collect(collected, outputs.AsSpan(state.Length));
            Settle(outputs);
        }

        return (state, collected);
    }

    // Opset 8: a first axis of batches, each scanned by itself, the first input their lengths.
    private static OnnxValue?[] BatchedScan(OpCall c)
    {
        var body = c.Graph("body");
        var scanned = c.Int("num_scan_inputs", 1);
        var states = c.InputCount - 1 - scanned;
        var directions = c.Ints("directions");
        var lengths = c.LongsOrNull(0);
        var batches = c[1].Size(0);
        var results = Collections(body.Outputs.Count);
        for (var b = 0; b < batches; b++)
        {
            var state = Enumerable.Range(1, states).Select(i => (OnnxValue)c[i][b]).ToArray();
            var inputs = Enumerable.Range(0, scanned).Select(i =>
            {
                var x = c[1 + states + i][b];
                return (lengths is null ? x : x[..(int)lengths[b]], 0, directions?[i] == 1);
            }).ToArray();
            var (last, collected) = ScanOver(c, body, state, inputs);
            Collect(results, [.. last, .. collected.Select((items, i) =>
            {
                // Shorter sequences end in zeros.
                var stacked = Stacked(items, 0, false, body.Outputs[states + i].Type).Tensor;
                var padding = new (Core.SymInt, Core.SymInt)[stacked.Rank];
                padding[0] = (0, c[1 + states].Size(1) - stacked.Size(0));
                return (OnnxValue)stacked.Pad(padding);
            })]);
        }

        return [.. results.Select(items => Stacked(items, 0, false, null))];
    }

    // The body runs once for each item of the first input; other inputs that are sequences go along.
    private static OnnxValue?[] SequenceMap(OpCall c)
    {
        var body = c.Graph("body");
        var count = c.Value(0).Items.Count;
        var results = Collections(c.OutputCount);
        for (var i = 0; i < count; i++)
        {
            var arguments = Enumerable.Range(0, c.InputCount).Select(n => c.Value(n) is SequenceValue sequence ? sequence.Items[i] : c.Value(n)).ToArray();
            Collect(results, c.Run(body, arguments));
        }

        return [.. results.Select(items => new SequenceValue(items))];
    }

    // The position is a variable, so that the program of every step is the same.
    private static Tensor At(Tensor x, int axis, long step, long steps)
    {
        SymInt position = steps > 1 ? new Variable("step", 0, steps - 1).Bind(step) : 0;
        var index = new TensorIndex[axis + 1];
        index.AsSpan().Fill(Range.All);
        index[axis] = position;
        return x[index];
    }

    // What a step made is computed at its end: graphs stay small, and each step's is the same.
    private static void Settle(OnnxValue[] outputs) =>
        Tensor.Realize([.. outputs.OfType<TensorValue>().Where(v => v.Host is null).Select(v => v.Tensor)]);

    private static List<OnnxValue>[] Collections(int count) => [.. Enumerable.Range(0, count).Select(_ => new List<OnnxValue>())];

    private static void Collect(List<OnnxValue>[] collections, ReadOnlySpan<OnnxValue> values)
    {
        for (var i = 0; i < collections.Length; i++)
        {
            collections[i].Add(values[i]);
        }
    }

    // Over no steps the sizes are those that the body declares.
    private static OnnxValue Stacked(List<OnnxValue> items, int axis, bool isReverse, OnnxType? type)
    {
        if (items.Count == 0)
        {
            var declared = type as OnnxTensorType;
            var sizes = declared?.Shape?.Select(d => d.Size ?? 0).ToList() ?? [];
            sizes.Insert(axis < 0 ? axis + sizes.Count + 1 : axis, 0);
            return Tensor.Zeros(sizes.ToArray(), declared?.Element.ToTenon());
        }

        if (isReverse)
        {
            items.Reverse();
        }

        return Tensor.Stack([.. items.Select(i => i.Tensor)], axis);
    }

    private static TensorValue Number(OpCall c, long value) => new(new HostTensor(DType.Int64, [], [value]), c.Context.Device);

    private static TensorValue Truth(OpCall c, bool value) => new(new HostTensor(DType.Bool, [], [value]), c.Context.Device);
}
