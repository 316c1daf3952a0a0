namespace Tenon.NN;

/// <summary>
/// Recurrent layers, one above the other, each over all steps. What they take from their input is one matrix product for all
/// steps; the steps themselves are unrolled, a few small kernels each.
/// </summary>
public abstract class Recurrent : Module
{
    private readonly List<RecurrentWeights> _weights = [];
    private readonly int _layers;
    private readonly bool _batchFirst;
    private readonly double _dropout;
    private readonly int _directions;

    /// <summary>Layers with uniform random parameters within ±1/√hidden, named as PyTorch's: <c>weight_ih_l0</c>, <c>weight_hh_l0_reverse</c>, …</summary>
    private protected Recurrent(int gates, int inputs, int hidden, RecurrentOptions options)
    {
        (_layers, _batchFirst, _dropout, _directions) = (options.Layers, options.BatchFirst, options.Dropout, options.Bidirectional ? 2 : 1);
        Hidden = hidden;
        if (options.Layers < 1 || options.Projection < 0 || options.Projection >= hidden)
        {
            throw new TenonException("TEN3256", $"{GetType().Name}: {options.Layers} layers of {hidden} with projections to {options.Projection}. Expected 1 layer or more, and a projection below the hidden size, or 0 for none.");
        }

        var output = options.Projection > 0 ? options.Projection : hidden;
        for (var layer = 0; layer < _layers; layer++)
        {
            for (var direction = 0; direction < _directions; direction++)
            {
                var suffix = $"_l{layer}{(direction == 1 ? "_reverse" : "")}";
                _weights.Add(new RecurrentWeights(
                    (name, rows, columns) => Parameter(name + suffix, RecurrentWeights.Initial(hidden, columns > 0 ? [rows, columns] : [rows], options.DType, options.Device)),
                    gates, layer == 0 ? inputs : output * _directions, hidden, options.Projection, options.Bias));
            }
        }
    }

    /// <summary>The size of the state between steps.</summary>
    public int Hidden { get; }

    /// <summary>The outputs of all steps, from a state of zeros: <c>[T, N, inputs]</c> → <c>[T, N, directions · hidden]</c>.</summary>
    public override Tensor Forward(Tensor x) => Run(x, null).Output;

    /// <summary>The next state, from what a step takes from its input, <c>[N, gates · hidden]</c>. Its first part is the output.</summary>
    private protected abstract Tensor[] Next(Tensor input, Tensor[] state, RecurrentWeights weights);

    /// <summary>Zeros as state, for one layer and direction.</summary>
    private protected abstract Tensor[] Zero(Tensor x, Core.SymInt batch, RecurrentWeights weights);

    // Each part of the state is [layers · directions, N, size].
    private protected (Tensor Output, Tensor[] State) Run(Tensor x, Tensor[]? state)
    {
        if (x.Rank is not (2 or 3))
        {
            throw new TenonException("TEN3256", $"{GetType().Name}: input {x.Shape}. Expected [T, N, inputs] ({(_batchFirst ? "[N, T, inputs] by batchFirst" : "time first")}), or [T, inputs].");
        }

        if (x.Rank == 2)
        {
            var alone = Run(x.Unsqueeze(_batchFirst ? 0 : 1), state?.Select(s => s.Unsqueeze(1)).ToArray());
            return (alone.Output.Squeeze(_batchFirst ? 0 : 1), [.. alone.State.Select(s => s.Squeeze(1))]);
        }

        x = _batchFirst ? x.Transpose(0, 1) : x;
        var ends = new List<Tensor[]>();
        for (var layer = 0; layer < _layers; layer++)
        {
            var outputs = new Tensor[_directions];
            for (var direction = 0; direction < _directions; direction++)
            {
                var at = layer * _directions + direction;
                var begin = state?.Select(s => s[at]).ToArray() ?? Zero(x, x.Shape.Size(1), _weights[at]);
                (outputs[direction], var end) = Scan(x, begin, _weights[at], isReverse: direction == 1);
                ends.Add(end);
            }

            x = _directions == 1 ? outputs[0] : Tensor.Cat(outputs, -1);
            x = IsTraining && layer < _layers - 1 ? x.Dropout(_dropout) : x;
        }

        Tensor[] last = [.. Enumerable.Range(0, ends[0].Length).Select(i => Tensor.Stack([.. ends.Select(e => e[i])]))];
        return (_batchFirst ? x.Transpose(0, 1).AsValue() : x, last);
    }

    private (Tensor Output, Tensor[] End) Scan(Tensor x, Tensor[] state, RecurrentWeights weights, bool isReverse)
    {
        var inputs = Steps.Cut(x.Linear(weights.Input, weights.InputBias).Contiguous());
        var outputs = new Tensor[inputs.Length];
        for (var i = 0; i < inputs.Length; i++)
        {
            var t = isReverse ? inputs.Length - 1 - i : i;
            state = Next(inputs[t], state, weights);
            outputs[t] = state[0];
        }

        return (Steps.Join(outputs), state);
    }
}

/// <summary>How recurrent layers are made.</summary>
/// <param name="Layers">How many there are, one above the other.</param>
/// <param name="Bias">Whether there are biases.</param>
/// <param name="BatchFirst">Whether inputs and outputs are <c>[N, T, …]</c> rather than <c>[T, N, …]</c>; states are not concerned.</param>
/// <param name="Dropout">The probability with which, in training, an element between two layers is 0.</param>
/// <param name="Bidirectional">Whether a second layer goes through the steps from the last to the first; outputs are joined.</param>
/// <param name="Projection">The size to which an LSTM projects its output; 0 for none.</param>
/// <param name="DType">The type of the parameters; float32 by default.</param>
/// <param name="Device">Where they are; the default device if null.</param>
public sealed record RecurrentOptions(
    int Layers = 1, bool Bias = true, bool BatchFirst = false, double Dropout = 0, bool Bidirectional = false, int Projection = 0, DType? DType = null, string? Device = null);
