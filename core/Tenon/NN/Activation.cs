namespace Tenon.NN;

/// <summary>A function without parameters as a module: <c>new Activation(x => x.Relu())</c>.</summary>
/// <param name="function">The function.</param>
public sealed class Activation(Func<Tensor, Tensor> function) : Module
{
    /// <summary>max(x, 0).</summary>
    public static Activation Relu => new(static x => x.Relu());

    /// <summary>The hyperbolic tangent.</summary>
    public static Activation Tanh => new(static x => x.Tanh());

    /// <summary>1 / (1 + e^-x).</summary>
    public static Activation Sigmoid => new(static x => x.Sigmoid());

    /// <summary>x · Φ(x).</summary>
    public static Activation Gelu => new(static x => x.Gelu());

    /// <summary>x · sigmoid(x).</summary>
    public static Activation Silu => new(static x => x.Silu());

    /// <inheritdoc/>
    public override Tensor Forward(Tensor x) => function(x);
}
