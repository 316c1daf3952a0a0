namespace Tenon;

/// <summary>Where a call finds a tensor: among its arguments, or outside; or as the gradient of one of these.</summary>
/// <param name="Argument">The number of the argument; -1 for a tensor from outside.</param>
/// <param name="Outside">The tensor from outside.</param>
/// <param name="IsGradient">Whether the tensor is the gradient of that one.</param>
internal readonly record struct TensorSource(int Argument, Tensor? Outside, bool IsGradient = false)
{
    /// <summary>The tensor; null if there is no gradient.</summary>
    public Tensor? Find(JitCall call)
    {
        var tensor = Argument >= 0 ? call.Given[Argument] : Outside!;
        return IsGradient ? tensor.Grad : tensor;
    }
}
