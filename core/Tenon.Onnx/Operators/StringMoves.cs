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
}
