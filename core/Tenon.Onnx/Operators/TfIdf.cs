using Tenon.Onnx.Run;

namespace Tenon.Onnx.Operators;

/// <summary>Counts n-grams of a pool in rows of words or numbers.</summary>
internal static class TfIdf
{
    /// <summary>TfIdfVectorizer: <c>[C]</c> or <c>[N, C]</c> → the counts, or weights, of the n-grams.</summary>
    public static Tensor Vectorize(OpCall c)
    {
        var (shape, items) = c.Value(0) is StringValue strings
            ? (strings.Shape.ToArray(), strings.Values.Cast<object>().ToArray())
            : (c.Shape(0), c.Longs(0).Cast<object>().ToArray());
        var outputs = c.Ints("ngram_indexes") ?? throw c.Error("ngram_indexes are missing.");
        var grams = Grams(c, out var ids);
        var width = outputs.DefaultIfEmpty(-1).Max() + 1;
        var (rows, columns) = shape.Length == 2 ? (shape[0], shape[1]) : (1, items.Length);
        var counts = new float[rows * width];
        var (shortest, longest, skips) = (c.Int("min_gram_length", 1), c.Int("max_gram_length", 1), c.Int("max_skip_count", 0));
        for (long row = 0; row < rows; row++)
        {
            var words = items.AsSpan(checked((int)(row * columns)), checked((int)columns));
            for (var length = shortest; length <= longest; length++)
            {
                // Single items are not affected by what is skipped.
                for (var step = 1; step <= (length == 1 ? 1 : skips + 1); step++)
                {
                    for (var start = 0; start + (length - 1) * step < words.Length; start++)
                    {
                        if (Find(grams, words, start, step, length) is { } gram && ids.TryGetValue(gram, out var id))
                        {
                            counts[row * width + outputs[id]]++;
                        }
                    }
                }
            }
        }

        Weigh(c, counts, outputs, width);
        return Tensor.From<float>(counts, shape.Length == 2 ? [rows, width] : [width], c.Context.Device);
    }

    // Of each weight, the n-gram it belongs to has its place among the outputs.
    private static void Weigh(OpCall c, float[] counts, long[] outputs, long width)
    {
        var weights = c.Floats("weights");
        var mode = c.Text("mode", "TF");
        if (mode is not ("TF" or "IDF" or "TFIDF"))
        {
            throw c.Error($"mode '{mode}'. Expected TF, IDF or TFIDF.");
        }

        var byOutput = new float[width];
        byOutput.AsSpan().Fill(1);
        for (var i = 0; i < (weights?.Length ?? 0); i++)
        {
            byOutput[outputs[i]] = (float)weights![i];
        }

        for (var i = 0; i < counts.Length && mode != "TF"; i++)
        {
            counts[i] = (mode == "IDF" ? Math.Min(1, counts[i]) : counts[i]) * byOutput[i % width];
        }
    }

    // A tree of words: a node for each beginning of an n-gram. The numbers say which nodes are n-grams of the pool.
    private static Node Grams(OpCall c, out Dictionary<Node, int> ids)
    {
        var pool = c.Texts("pool_strings") is { Length: > 0 } texts ? texts.Cast<object>().ToArray() : [.. (c.Ints("pool_int64s") ?? []).Cast<object>()];
        var starts = c.Ints("ngram_counts") ?? throw c.Error("ngram_counts are missing.");
        var root = new Node();
        ids = [];
        var id = 0;
        for (var length = 1; length <= starts.Length; length++)
        {
            var (from, to) = (checked((int)starts[length - 1]), length < starts.Length ? checked((int)starts[length]) : pool.Length);
            if (from < 0 || to > pool.Length)
            {
                throw c.Error($"ngram_counts [{string.Join(", ", starts)}] of a pool of {pool.Length}. Expected ascending places in it.");
            }

            for (; from + length <= to; from += length)
            {
                var node = root;
                foreach (var word in pool.AsSpan(from, length))
                {
                    node = node.Next.TryGetValue(word, out var next) ? next : node.Next[word] = new Node();
                }

                ids.TryAdd(node, id++);
            }
        }

        return root;
    }

    private static Node? Find(Node node, ReadOnlySpan<object> words, int start, int step, int length)
    {
        for (var i = 0; i < length; i++)
        {
            if (!node.Next.TryGetValue(words[start + i * step], out var next))
            {
                return null;
            }

            node = next;
        }

        return node;
    }

    private sealed class Node
    {
        public Dictionary<object, Node> Next { get; } = [];
    }
}
