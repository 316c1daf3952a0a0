namespace Tenon;

public sealed partial class Tensor
{
    /// <summary>
    /// Until disposed, values that are realised in this flow of control may be computed by the rules of real numbers instead of
    /// floating point's: x · 0 is 0, x / x is 1, sums and products are taken in any order, products are fused with additions.
    /// What is realised so is used only where fast maths are asked for.
    /// </summary>
    /// <param name="enabled">False asks for IEEE 754 to the letter, inside a scope of fast maths or where the runtime's settings say fast.</param>
    /// <example><code>
    /// using (Tensor.FastMath())
    /// {
    ///     y.Realize();
    /// }
    /// </code></example>
    public static IDisposable FastMath(bool enabled = true) => Compiler.FastMath.Request(enabled);
}
