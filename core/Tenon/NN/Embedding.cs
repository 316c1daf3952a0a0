namespace Tenon.NN;

/// <summary>A table of vectors: integers <c>[…]</c> → <c>[…, dimensions]</c>. Integers outside the table give zeros.</summary>
public sealed class Embedding : Module
{
    /// <summary>A table of normal random vectors.</summary>
    /// <param name="count">How many vectors there are.</param>
    /// <param name="dimensions">The size of each.</param>
    /// <param name="dtype">The type of the parameters; float32 by default.</param>
    /// <param name="device">Where they are; the default device if null.</param>
    public Embedding(int count, int dimensions, DType? dtype = null, string? device = null) =>
        Weight = Parameter("weight", Tensor.Randn([count, dimensions], dtype, device));

    /// <summary><c>[count, dimensions]</c>.</summary>
    public Tensor Weight { get; }

    /// <inheritdoc/>
    public override Tensor Forward(Tensor x) => Weight.IndexSelect(0, x.Flatten()).Reshape([.. x.Shape, Weight.Size(1)]);
}
