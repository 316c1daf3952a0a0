namespace Tenon.Onnx.Operators;

/// <summary>Moves texts about, which live on the host.</summary>
internal static class StringMoves
{
    /// <summary>Puts texts one after the other along an axis.</summary>
    public static StringValue Concat(IReadOnlyList<StringValue> parts, int axis)
    {
        var shape = parts[0].Shape.ToArray();
        shape[axis] = parts.Sum(p => p.Shape[axis]);
        var before = shape[..axis].Aggregate(1L, (a, b) => a * b);
        var texts = new List<string>();
        for (var i = 0; i < before; i++)
        {
            foreach (var part in parts)
            {
                var run = part.Values.Count / (int)Math.Max(1, before);
                texts.AddRange(part.Values.Skip(i * run).Take(run));
            }
        }

        return new StringValue([.. texts], shape);
    }

    /// <summary>Whether texts are equal, each to that at its place.</summary>
    public static Tensor Equal(StringValue x, StringValue y) => x.Shape.SequenceEqual(y.Shape) || y.Values.Count == 1
        ? Tensor.From<bool>([.. x.Values.Select((text, i) => text == y.Values[y.Values.Count == 1 ? 0 : i])], x.Shape.ToArray())
        : throw new TenonException("TEN5210", $"Equal: {x} and {y}. Expected equal shapes, or one text.");
}
