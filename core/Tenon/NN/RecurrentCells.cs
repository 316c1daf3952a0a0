namespace Tenon.NN;

/// <summary>One step of a recurrent layer: <c>[N, inputs]</c> and a state <c>[N, hidden]</c> to the next state.</summary>
public abstract class RecurrentCell : Module
{
    private readonly int _hidden;

    private protected RecurrentCell(int gates, int inputs, int hidden, bool bias, DType? dtype, string? device)
    {
        _hidden = hidden;
        Weights = new RecurrentWeights(
            (name, rows, columns) => Parameter(name, RecurrentWeights.Initial(hidden, columns > 0 ? [rows, columns] : [rows], dtype, device)), gates, inputs, hidden, 0, bias);
    }

    internal RecurrentWeights Weights { get; }

    private protected Tensor Input(Tensor x) => x.Linear(Weights.Input, Weights.InputBias);

    private protected Tensor Zero(Tensor x) => Tensor.Zeros([.. x.Shape.ToSizes()[..^1], _hidden], x.DType, x.Device);
}

/// <summary>A step of <see cref="Rnn"/>. Parameters are named <c>weight_ih</c>, <c>weight_hh</c>, <c>bias_ih</c>, <c>bias_hh</c>.</summary>
/// <param name="inputs">The size of an input.</param>
/// <param name="hidden">The size of the state.</param>
/// <param name="bias">Whether there are biases.</param>
/// <param name="relu">Whether relu takes the place of tanh.</param>
/// <param name="dtype">The type of the parameters; float32 by default.</param>
/// <param name="device">Where they are; the default device if null.</param>
public sealed class RnnCell(int inputs, int hidden, bool bias = true, bool relu = false, DType? dtype = null, string? device = null)
    : RecurrentCell(1, inputs, hidden, bias, dtype, device)
{
    /// <inheritdoc/>
    public override Tensor Forward(Tensor x) => Forward(x, null);

    /// <summary>The next state; <paramref name="state"/> null is zeros.</summary>
    public Tensor Forward(Tensor x, Tensor? state) => Weights.Elman(Input(x), [state ?? Zero(x)], relu)[0];
}

/// <summary>A step of <see cref="Gru"/>. Parameters are named <c>weight_ih</c>, <c>weight_hh</c>, <c>bias_ih</c>, <c>bias_hh</c>.</summary>
/// <param name="inputs">The size of an input.</param>
/// <param name="hidden">The size of the state.</param>
/// <param name="bias">Whether there are biases.</param>
/// <param name="dtype">The type of the parameters; float32 by default.</param>
/// <param name="device">Where they are; the default device if null.</param>
public sealed class GruCell(int inputs, int hidden, bool bias = true, DType? dtype = null, string? device = null)
    : RecurrentCell(3, inputs, hidden, bias, dtype, device)
{
    /// <inheritdoc/>
    public override Tensor Forward(Tensor x) => Forward(x, null);

    /// <summary>The next state; <paramref name="state"/> null is zeros.</summary>
    public Tensor Forward(Tensor x, Tensor? state) => Weights.Gru(Input(x), [state ?? Zero(x)])[0];
}

/// <summary>A step of <see cref="Lstm"/>. Parameters are named <c>weight_ih</c>, <c>weight_hh</c>, <c>bias_ih</c>, <c>bias_hh</c>.</summary>
/// <param name="inputs">The size of an input.</param>
/// <param name="hidden">The size of the state.</param>
/// <param name="bias">Whether there are biases.</param>
/// <param name="dtype">The type of the parameters; float32 by default.</param>
/// <param name="device">Where they are; the default device if null.</param>
public sealed class LstmCell(int inputs, int hidden, bool bias = true, DType? dtype = null, string? device = null)
    : RecurrentCell(4, inputs, hidden, bias, dtype, device)
{
    /// <inheritdoc/>
    public override Tensor Forward(Tensor x) => Forward(x, null).Hidden;

    /// <summary>The next output and cell; <paramref name="state"/> null is zeros.</summary>
    public (Tensor Hidden, Tensor Cell) Forward(Tensor x, (Tensor Hidden, Tensor Cell)? state)
    {
        var next = Weights.Lstm(Input(x), state is var (hidden, cell) ? [hidden, cell] : [Zero(x), Zero(x)]);
        return (next[0], next[1]);
    }
}
