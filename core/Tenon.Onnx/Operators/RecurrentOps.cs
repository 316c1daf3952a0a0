using Tenon.Onnx.Graph;
using Tenon.Onnx.Run;

namespace Tenon.Onnx.Operators;

/// <summary>Recurrent layers: <c>[T, B, I]</c> → <c>[T, D, B, H]</c> for D directions.</summary>
internal static class RecurrentOps
{
    /// <summary>Adds them.</summary>
    public static void Register(OpRegistry ops)
    {
        ops.AddMany("RNN", 1, c => Layer(c, gates: 1, states: 1, ["Tanh"], Rnn));
        ops.AddMany("GRU", 1, c => Layer(c, gates: 3, states: 1, ["Sigmoid", "Tanh"], Gru));
        ops.AddMany("LSTM", 1, c => Layer(c, gates: 4, states: 2, ["Sigmoid", "Tanh", "Tanh"], Lstm));
    }

    // The state after a step, from the part of the gates [B, G·H] that is the input's, and the state [B, H] each.
    private delegate Tensor[] Cell(OpCall c, Weights w, Tensor input, Tensor[] state);

    // Of one direction: recurrent [G·H, H] and its bias [G·H], peepholes [3·H], activations.
    private sealed record Weights(Tensor Recurrent, Tensor? Bias, Tensor? Peepholes, Func<Tensor, Tensor>[] Activations)
    {
        // [B, H] · rows of gates from..to → [B, (to - from)·H]
        public Tensor Of(Tensor h, int from, int to)
        {
            var size = (int)h.Size(1);
            var y = h.MatMul(Recurrent[(from * size)..(to * size)].T);
            return Bias is null ? y : y + Bias[(from * size)..(to * size)];
        }
    }

    private static OnnxValue?[] Layer(OpCall c, int gates, int states, string[] defaults, Cell cell)
    {
        var direction = c.Text("direction", "forward");
        var directions = direction switch { "forward" or "reverse" => 1, "bidirectional" => 2, _ => throw c.Error($"direction '{direction}'. Expected forward, reverse or bidirectional.") };
        var isBatchFirst = c.Flag("layout");
        var x = isBatchFirst ? c[0].Permute(1, 0, 2) : c[0];
        var (w, r) = (c[1], c[2]);
        var (steps, batch, hidden) = (x.Size(0), x.Size(1), r.Size(2));
        if (w.Size(0) != directions || r.Size(0) != directions || w.Size(1) != gates * hidden || r.Size(1) != gates * hidden)
        {
            throw c.Error($"W {w.Shape} and R {r.Shape} for direction '{direction}'. Expected [{directions}, {gates}·H, I] and [{directions}, {gates}·H, H].");
        }

        var lengths = c.TensorOrNull(4)?.Cast(DType.Int64);
        var runs = new bool[directions].Select((_, d) =>
        {
            var bias = c.TensorOrNull(3)?[d];
            var peepholes = states == 2 ? c.TensorOrNull(7)?[d] : null;
            var weights = new Weights(r[d], bias?[(int)(gates * hidden)..], peepholes, Activations(c, defaults, d, directions));
            var initial = Enumerable.Range(5, states).Select(i => Initial(i, d)).ToArray();
            var isReverse = direction == "reverse" || d == 1;
            var input = isReverse ? Reversed(x, lengths) : x;
            var projected = input.MatMul(w[d].T);
            projected = bias is null ? projected : projected + bias[..(int)(gates * hidden)];
            var (outputs, last) = Run(c, cell, weights, projected, initial, lengths);
            return (Outputs: isReverse ? Reversed(outputs, lengths) : outputs, Last: last);
        }).ToArray();

        // [T, D, B, H], or [B, T, D, H]; states [D, B, H], or [B, D, H].
        var y = Tensor.Stack([.. runs.Select(run => run.Outputs)], 1);
        var ends = Enumerable.Range(0, states).Select(s => Tensor.Stack([.. runs.Select(run => run.Last[s])], isBatchFirst ? 1 : 0));
        return [isBatchFirst ? y.Permute(2, 0, 1, 3) : y, .. ends.Select(e => (OnnxValue)e)];

        Tensor Initial(int i, int d) => c.TensorOrNull(i) is not { } given
            ? Tensor.Zeros([batch, hidden], x.DType, c.Context.Device)
            : isBatchFirst ? given[.., d] : given[d];
    }

    // What a step made is computed at its end, so that every step is the same program. Beyond its length a sequence keeps its state, and gives zeros.
    private static (Tensor Outputs, Tensor[] Last) Run(OpCall c, Cell cell, Weights weights, Tensor input, Tensor[] state, Tensor? lengths)
    {
        var steps = input.Size(0);
        var isInside = lengths is null ? null : (Tensor.Arange(0, steps, dtype: DType.Int64).Reshape(-1, 1, 1) < lengths.Reshape(1, -1, 1));
        if (steps > 1)
        {
            Tensor.Realize([input, .. state, .. isInside is null ? Array.Empty<Tensor>() : [isInside]]);
        }

        var outputs = new Tensor[steps];
        for (var t = 0; t < steps; t++)
        {
            var next = cell(c, weights, Steps.At(input, 0, t), state);
            outputs[t] = next[0];
            if (isInside is not null)
            {
                var isOn = Steps.At(isInside, 0, t);
                outputs[t] = Tensor.Where(isOn, next[0], 0);
                next = [.. next.Zip(state, (now, before) => Tensor.Where(isOn, now, before))];
            }

            if (steps > 1)
            {
                Tensor.Realize([outputs[t], .. next]);
            }

            state = next;
        }

        return (Tensor.Stack(outputs), state);
    }

    // Each sequence backwards; what is beyond its length stays where it is.
    private static Tensor Reversed(Tensor x, Tensor? lengths)
    {
        if (lengths is null)
        {
            return x.Flip(0);
        }

        var step = Tensor.Arange(0, x.Size(0), dtype: DType.Int64).Unsqueeze(1);
        var from = Tensor.Where(step < lengths, lengths - 1 - step, step);
        return x.Gather(0, from.Unsqueeze(2).Expand(x.Shape));
    }

    // H' = f(x + H·Rᵀ)
    private static Tensor[] Rnn(OpCall c, Weights w, Tensor x, Tensor[] state) => [w.Activations[0](x + w.Of(state[0], 0, 1))];

    // Gates update, reset, hidden.
    private static Tensor[] Gru(OpCall c, Weights w, Tensor x, Tensor[] state)
    {
        var h = state[0];
        var n = (int)h.Size(1);
        var gates = w.Activations[0](x[.., ..(2 * n)] + w.Of(h, 0, 2));
        var (update, reset) = (gates[.., ..n], gates[.., n..]);
        var hidden = c.Flag("linear_before_reset") ? reset * w.Of(h, 2, 3) : w.Of(reset * h, 2, 3);
        return [(1 - update) * w.Activations[1](x[.., (2 * n)..] + hidden) + update * h];
    }

    // Gates input, output, forget, cell.
    private static Tensor[] Lstm(OpCall c, Weights w, Tensor x, Tensor[] state)
    {
        var (h, cell) = (state[0], state[1]);
        var n = (int)h.Size(1);
        var gates = x + w.Of(h, 0, 4);
        var input = w.Activations[0](Seen(0, cell));
        var forget = c.Flag("input_forget") ? 1 - input : w.Activations[0](Seen(2, cell));
        var next = forget * cell + input * w.Activations[1](gates[.., (3 * n)..]);
        return [w.Activations[0](Seen(1, next)) * w.Activations[2](next), next];

        // Peepholes: for gates input, output, forget.
        Tensor Seen(int gate, Tensor of)
        {
            var sum = gates[.., (gate * n)..((gate + 1) * n)];
            return w.Peepholes is null ? sum : sum + w.Peepholes[(gate * n)..((gate + 1) * n)] * of;
        }
    }

    // Those functions that have parameters take theirs in order.
    private static Func<Tensor, Tensor>[] Activations(OpCall c, string[] defaults, int direction, int directions)
    {
        var names = c.Texts("activations") is { Length: > 0 } given ? given : [.. Enumerable.Repeat(defaults, directions).SelectMany(d => d)];
        if (names.Length != defaults.Length * directions)
        {
            throw c.Error($"activations [{string.Join(", ", names)}]. Expected {defaults.Length * directions}.");
        }

        var (alphas, betas) = (new Queue<double>(c.Floats("activation_alpha") ?? []), new Queue<double>(c.Floats("activation_beta") ?? []));
        var all = names.Select(name => Activation(c, name, alphas, betas)).ToArray();
        var clip = c.Float("clip", 0);
        return [.. all.Skip(direction * defaults.Length).Take(defaults.Length).Select(f => clip > 0 ? x => f(x.Clamp(-clip, clip)) : f)];
    }

    private static Func<Tensor, Tensor> Activation(OpCall c, string name, Queue<double> alphas, Queue<double> betas)
    {
        switch (name.ToUpperInvariant())
        {
            case "RELU":
                return x => x.Relu();
            case "TANH":
                return x => x.Tanh();
            case "SIGMOID":
                return x => x.Sigmoid();
            case "SOFTSIGN":
                return x => x / (x.Abs() + 1);
            case "SOFTPLUS":
                return x => x.Softplus();
            case "AFFINE":
                var (scale, shift) = (Next(alphas, 1), Next(betas, 0));
                return x => x * scale + shift;
            case "LEAKYRELU":
                var slope = Next(alphas, 0.01);
                return x => x.LeakyRelu(slope);
            case "THRESHOLDEDRELU":
                var threshold = Next(alphas, 1);
                return x => Tensor.Where(x >= threshold, x, 0);
            case "SCALEDTANH":
                var (outer, inner) = (Next(alphas, 1), Next(betas, 1));
                return x => (x * inner).Tanh() * outer;
            case "HARDSIGMOID":
                var (steepness, middle) = (Next(alphas, 0.2), Next(betas, 0.5));
                return x => (x * steepness + middle).Clamp(0.0, 1.0);
            case "ELU":
                var alpha = Next(alphas, 1);
                return x => x.Elu(alpha);
            default:
                throw c.Error($"activation '{name}' is not known.");
        }

        static double Next(Queue<double> values, double otherwise) => values.TryDequeue(out var value) ? value : otherwise;
    }
}
