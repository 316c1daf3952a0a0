using Tenon.Core;

namespace Tenon.Onnx.Operators;

/// <summary>Walks along an axis.</summary>
internal static class Steps
{
    /// <summary>One slice of an axis. The position is a variable, so that the program of every step is the same.</summary>
    /// <param name="x">What is walked along; realised.</param>
    /// <param name="axis">The axis, counted from the front; it is gone in the slice.</param>
    /// <param name="step">The position.</param>
    public static Tensor At(Tensor x, int axis, long step)
    {
        var steps = x.Size(axis);
        SymInt position = steps > 1 ? new Variable("step", 0, steps - 1).Bind(step) : 0;
        var index = new TensorIndex[axis + 1];
        index.AsSpan().Fill(Range.All);
        index[axis] = position;
        return x[index];
    }
}
