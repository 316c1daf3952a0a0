namespace Tenon.Onnx.Operators;

/// <summary>Moves texts as tensors are moved.</summary>
internal static class StringPositions
{
    /// <summary>The texts that a move of tensors would bring to each place: it is done to their numbers.</summary>
    /// <param name="strings">The texts.</param>
    /// <param name="move">Picks and moves elements, without making new ones.</param>
    public static StringValue Moved(StringValue strings, Func<Tensor, Tensor> move)
    {
        var numbers = Enumerable.Range(0, strings.Values.Count).ToArray();
        var moved = move(Tensor.From<int>(numbers, [.. strings.Shape]));
        return new StringValue([.. moved.ToArray<int>().Select(i => strings.Values[i])], Run.OpCall.SizesOf(moved));
    }

    /// <summary>As <see cref="Moved"/> for texts; for tensors the move itself.</summary>
    public static OnnxValue Of(OnnxValue value, Func<Tensor, Tensor> move) => value is StringValue strings ? Moved(strings, move) : move(value.Tensor);
}
