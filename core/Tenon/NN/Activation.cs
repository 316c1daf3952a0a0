namespace Tenon.NN;

/// <summary>A function without parameters as a module: <c>new Activation(x => x.Relu())</c>, or one of those that are listed here.</summary>
/// <param name="function">The function.</param>
public sealed class Activation(Func<Tensor, Tensor> function) : Module
{
    /// <inheritdoc cref="Tensor.Relu"/>
    public static Activation Relu => new(static x => x.Relu());

    /// <inheritdoc cref="Tensor.Relu6"/>
    public static Activation Relu6 => new(static x => x.Relu6());

    /// <inheritdoc cref="Tensor.Tanh"/>
    public static Activation Tanh => new(static x => x.Tanh());

    /// <inheritdoc cref="Tensor.Sigmoid"/>
    public static Activation Sigmoid => new(static x => x.Sigmoid());

    /// <inheritdoc cref="Tensor.LogSigmoid"/>
    public static Activation LogSigmoid => new(static x => x.LogSigmoid());

    /// <summary>x · Φ(x).</summary>
    public static Activation Gelu => new(static x => x.Gelu());

    /// <summary>x · Φ(x), approximately, by tanh.</summary>
    public static Activation GeluTanh => new(static x => x.Gelu(approximate: true));

    /// <inheritdoc cref="Tensor.Silu"/>
    public static Activation Silu => new(static x => x.Silu());

    /// <inheritdoc cref="Tensor.Mish"/>
    public static Activation Mish => new(static x => x.Mish());

    /// <inheritdoc cref="Tensor.Selu"/>
    public static Activation Selu => new(static x => x.Selu());

    /// <inheritdoc cref="Tensor.HardSigmoid()"/>
    public static Activation HardSigmoid => new(static x => x.HardSigmoid());

    /// <inheritdoc cref="Tensor.HardSwish"/>
    public static Activation HardSwish => new(static x => x.HardSwish());

    /// <inheritdoc cref="Tensor.Softsign"/>
    public static Activation Softsign => new(static x => x.Softsign());

    /// <inheritdoc cref="Tensor.TanhShrink"/>
    public static Activation TanhShrink => new(static x => x.TanhShrink());

    /// <inheritdoc cref="Tensor.LeakyRelu"/>
    public static Activation LeakyRelu(double slope = 0.01) => new(x => x.LeakyRelu(slope));

    /// <inheritdoc cref="Tensor.Elu"/>
    public static Activation Elu(double alpha = 1) => new(x => x.Elu(alpha));

    /// <inheritdoc cref="Tensor.Celu"/>
    public static Activation Celu(double alpha = 1) => new(x => x.Celu(alpha));

    /// <inheritdoc cref="Tensor.HardTanh"/>
    public static Activation HardTanh(double min = -1, double max = 1) => new(x => x.HardTanh(min, max));

    /// <inheritdoc cref="Tensor.Softplus"/>
    public static Activation Softplus(double beta = 1) => new(x => x.Softplus(beta));

    /// <inheritdoc cref="Tensor.SoftShrink"/>
    public static Activation SoftShrink(double lambda = 0.5) => new(x => x.SoftShrink(lambda));

    /// <inheritdoc cref="Tensor.HardShrink"/>
    public static Activation HardShrink(double lambda = 0.5) => new(x => x.HardShrink(lambda));

    /// <inheritdoc cref="Tensor.Threshold"/>
    public static Activation Threshold(double threshold, double value) => new(x => x.Threshold(threshold, value));

    /// <inheritdoc cref="Tensor.Glu"/>
    public static Activation Glu(int axis = -1) => new(x => x.Glu(axis));

    /// <inheritdoc cref="Tensor.Softmax"/>
    public static Activation Softmax(int axis = -1) => new(x => x.Softmax(axis));

    /// <inheritdoc cref="Tensor.Softmin"/>
    public static Activation Softmin(int axis = -1) => new(x => x.Softmin(axis));

    /// <inheritdoc cref="Tensor.LogSoftmax"/>
    public static Activation LogSoftmax(int axis = -1) => new(x => x.LogSoftmax(axis));

    /// <inheritdoc/>
    public override Tensor Forward(Tensor x) => function(x);
}

/// <summary>x where it is positive, else x times a learnt slope; of <c>[N, C, …]</c> one for each channel, or one for all.</summary>
/// <remarks>He et al., arXiv:1502.01852.</remarks>
public sealed class PRelu : Module
{
    /// <summary>A layer with equal slopes.</summary>
    /// <param name="slopes">How many: 1, or C.</param>
    /// <param name="initial">The slope at first.</param>
    /// <param name="dtype">The type of the parameters; float32 by default.</param>
    /// <param name="device">Where they are; the default device if null.</param>
    public PRelu(int slopes = 1, double initial = 0.25, DType? dtype = null, string? device = null) =>
        Weight = Parameter("weight", Tensor.Full([slopes], initial, dtype ?? DType.Float32, device));

    /// <summary>The slopes, <c>[1]</c> or <c>[C]</c>.</summary>
    public Tensor Weight { get; }

    /// <inheritdoc/>
    public override Tensor Forward(Tensor x) => x.PRelu(Weight.Size(0) == 1 ? Weight.Squeeze() : Weight);
}

/// <summary>x where it is positive, else x times a slope: random in training, otherwise the mean of the bounds.</summary>
/// <param name="lower">The least slope.</param>
/// <param name="upper">The greatest slope.</param>
/// <remarks>Xu et al., arXiv:1505.00853.</remarks>
public sealed class RRelu(double lower = 1.0 / 8, double upper = 1.0 / 3) : Module
{
    /// <inheritdoc/>
    public override Tensor Forward(Tensor x) => x.RRelu(lower, upper, IsTraining);
}
