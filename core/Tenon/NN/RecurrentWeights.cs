namespace Tenon.NN;

/// <summary>The parameters of one recurrent layer and direction, or of a cell.</summary>
internal sealed class RecurrentWeights
{
    /// <param name="parameter">Makes a parameter of a name, rows and, for a matrix, columns.</param>
    /// <param name="gates">How many values a step computes for each element of its state.</param>
    /// <param name="inputs">The size of the input.</param>
    /// <param name="hidden">The size of the state.</param>
    /// <param name="projection">The size of the output, if it is projected; else 0.</param>
    /// <param name="bias">Whether there are biases.</param>
    public RecurrentWeights(Func<string, int, int, Tensor> parameter, int gates, int inputs, int hidden, int projection, bool bias)
    {
        OutputSize = projection > 0 ? projection : hidden;
        HiddenSize = hidden;
        Input = parameter("weight_ih", gates * hidden, inputs);
        State = parameter("weight_hh", gates * hidden, OutputSize);
        InputBias = bias ? parameter("bias_ih", gates * hidden, 0) : null;
        StateBias = bias ? parameter("bias_hh", gates * hidden, 0) : null;
        Projection = projection > 0 ? parameter("weight_hr", projection, hidden) : null;
    }

    public int OutputSize { get; }

    public int HiddenSize { get; }

    public Tensor Input { get; }

    public Tensor State { get; }

    public Tensor? InputBias { get; }

    public Tensor? StateBias { get; }

    public Tensor? Projection { get; }

    public static Tensor Initial(int hidden, long[] shape, DType? dtype, string? device)
    {
        var bound = 1 / Math.Sqrt(hidden);
        return Tensor.Uniform(-bound, bound, shape, dtype, device);
    }

    /// <summary>tanh or relu of input + W h + b.</summary>
    public Tensor[] Elman(Tensor input, Tensor[] state, bool relu)
    {
        var sum = input + state[0].Linear(State, StateBias);
        return [relu ? sum.Relu() : sum.Tanh()];
    }

    /// <summary>h' = (1 - z) n + z h, with r, z = σ(input + W h + b), n = tanh(input + r (W h + b)).</summary>
    public Tensor[] Gru(Tensor input, Tensor[] state)
    {
        var i = input.Chunk(3, -1);
        var h = state[0].Linear(State, StateBias).Chunk(3, -1);
        var (reset, update) = ((i[0] + h[0]).Sigmoid(), (i[1] + h[1]).Sigmoid());
        var candidate = (i[2] + reset * h[2]).Tanh();
        return [(candidate + update * (state[0] - candidate)).Contiguous()];
    }

    /// <summary>c' = f c + i g, h' = o tanh(c'), with i, f, o = σ(input + W h + b), g = tanh(input + W h + b).</summary>
    public Tensor[] Lstm(Tensor input, Tensor[] state)
    {
        var gates = (input + state[0].Linear(State, StateBias)).Chunk(4, -1);
        var cell = gates[1].Sigmoid() * state[1] + gates[0].Sigmoid() * gates[2].Tanh();
        var output = gates[3].Sigmoid() * cell.Tanh();
        return [(Projection is null ? output : output.MatMul(Projection.T)).Contiguous(), cell.Contiguous()];
    }
}
