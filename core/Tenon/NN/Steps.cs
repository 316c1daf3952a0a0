namespace Tenon.NN;

/// <summary>
/// Cuts what lies along the first axis into its steps, and joins steps: in a tree of few branches, whose joints are stored, so that
/// no kernel reads more than those however many steps there are. The gradient of the one is made as the other.
/// </summary>
internal static class Steps
{
    private const int Branches = 16;

    /// <summary>The slices of the first axis: <c>[T, …]</c> → T times <c>[…]</c>.</summary>
    public static Tensor[] Cut(Tensor x)
    {
        var count = (int)x.Size(0);
        if (count <= Branches)
        {
            return [.. Enumerable.Range(0, count).Select(t => x[t].Contiguous())];
        }

        var steps = new List<Tensor>(count);
        for (var begin = 0; begin < count; begin += Branch(count))
        {
            steps.AddRange(Cut(Part(x, begin, Math.Min(count, begin + Branch(count)))));
        }

        return [.. steps];
    }

    /// <summary>Slices along a new first axis: T times <c>[…]</c> → <c>[T, …]</c>.</summary>
    public static Tensor Join(ReadOnlySpan<Tensor> steps)
    {
        if (steps.Length <= Branches)
        {
            return Tensor.Stack([.. steps.ToArray().Select(s => s.WithGradient([s], static (g, _, _) => [g.Contiguous()]))]);
        }

        var parts = new List<Tensor>(Branches);
        for (var begin = 0; begin < steps.Length; begin += Branch(steps.Length))
        {
            parts.Add(Join(steps[begin..Math.Min(steps.Length, begin + Branch(steps.Length))]).Contiguous());
        }

        return Tensor.Cat([.. parts]);
    }

    private static int Branch(int count) => (count + Branches - 1) / Branches;

    private static Tensor Part(Tensor x, int begin, int end)
    {
        var behind = x.Size(0) - end;
        return x[begin..end].AsValue().WithGradient([x], (gradient, _, _) =>
        {
            var padding = new (Core.SymInt, Core.SymInt)[gradient.Rank];
            padding[0] = (begin, behind);
            return [gradient.Contiguous().Pad(padding)];
        });
    }
}
