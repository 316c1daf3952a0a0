using Tenon.Core;

namespace Tenon;

public sealed partial class Tensor
{
    /// <summary>Sums of products by Einstein's convention: <c>"bij,bjk->bik"</c>.</summary>
    /// <param name="equation">
    /// For each operand the letters of its axes, then after <c>-></c> those of the result; a letter that is missing there is summed
    /// over. A letter that an operand has twice takes its diagonal; <c>...</c> stands for axes that broadcast. Without <c>-></c> the
    /// result has the letters that occur once, in order of the alphabet.
    /// </param>
    /// <param name="operands">The tensors.</param>
    /// <exception cref="TenonException">The equation and the operands don't fit.</exception>
    public static Tensor Einsum(string equation, params ReadOnlySpan<Tensor> operands)
    {
        var (inputs, output) = ParseEinsum(equation, operands);
        var dtype = operands[0].DType;
        foreach (var t in operands)
        {
            dtype = Promotion.Join(dtype, t.DType);
        }

        // Products are summed as in MatMul.
        var narrow = AccumulationDType(dtype, narrow: true);
        var wide = AccumulationDType(narrow);
        var result = Distinct(operands[0].Cast(wide), inputs[0], equation);
        for (var i = 1; i <= operands.Length; i++)
        {
            // What nothing else needs is summed over at once.
            var needed = output.Concat(inputs.Skip(i).SelectMany(static s => s)).ToHashSet();
            if (i < operands.Length)
            {
                result = Times(result, Distinct(operands[i].Cast(wide), inputs[i], equation), equation);
                needed = [.. output.Concat(inputs.Skip(i + 1).SelectMany(static s => s))];
            }

            int[] summed = [.. Enumerable.Range(0, result.Labels.Length).Where(k => !needed.Contains(result.Labels[k]))];
            result = (result.Value.Sum(summed), [.. result.Labels.Where(needed.Contains)]);
        }

        return result.Value.Permute([.. output.Select(l => Array.IndexOf(result.Labels, l))]).Cast(narrow).AsValue();
    }

    // Labels are letters; the axes of an ellipsis are numbers below 0, -1 the last.
    private static (int[][] Inputs, int[] Output) ParseEinsum(string equation, ReadOnlySpan<Tensor> operands)
    {
        var sides = equation.Replace(" ", "", StringComparison.Ordinal).Split("->");
        var terms = sides[0].Split(',');
        if (sides.Length > 2 || terms.Length != operands.Length)
        {
            throw Misfit($"{terms.Length} operands and {sides.Length - 1} arrows; there are {operands.Length} tensors");
        }

        var inputs = new int[terms.Length][];
        var broadcast = 0;
        for (var i = 0; i < terms.Length; i++)
        {
            var letters = terms[i].Replace("...", "", StringComparison.Ordinal).Length;
            var free = operands[i].Rank - letters;
            inputs[i] = Labels(terms[i], free);
            if (inputs[i].Length != operands[i].Rank)
            {
                throw Misfit($"'{terms[i]}' for shape {operands[i].Shape}");
            }

            broadcast = Math.Max(broadcast, terms[i].Contains('.') ? free : 0);
        }

        var counts = inputs.SelectMany(static s => s).GroupBy(static l => l).ToDictionary(static g => g.Key, static g => g.Count());
        int[] output = sides.Length == 2
            ? Labels(sides[1], broadcast)
            : [.. Enumerable.Range(-broadcast, broadcast), .. counts.Where(static p => p.Key >= 0 && p.Value == 1).Select(static p => p.Key).Order()];
        return output.Distinct().Count() == output.Length && output.All(counts.ContainsKey)
            ? (inputs, output)
            : throw Misfit($"the result '{sides[^1]}' has a label twice, or one that no operand has");

        int[] Labels(string term, int free)
        {
            var dots = term.IndexOf("...", StringComparison.Ordinal);
            var letters = dots < 0 ? term : term.Remove(dots, 3);
            if (!letters.All(char.IsAsciiLetter) || (dots >= 0 && free < 0))
            {
                throw Misfit($"'{term}' is not made of letters and at most one '...', or has more of them than there are axes");
            }

            var labels = letters.Select(static c => (int)c).ToList();
            labels.InsertRange(Math.Max(0, dots), dots < 0 ? [] : Enumerable.Range(-free, free));
            return [.. labels];
        }

        TenonException Misfit(string what) => new("TEN3164", $"Einsum '{equation}': {what}. Expected letters for each axis, as in 'bij,bjk->bik'.");
    }

    // Diagonals of labels that occur twice.
    private static (Tensor Value, int[] Labels) Distinct(Tensor x, int[] labels, string equation)
    {
        for (var i = 0; i < labels.Length; i++)
        {
            var other = Array.IndexOf(labels, labels[i], i + 1);
            if (other >= 0)
            {
                RequireEqual(x.Shape.Size(i), x.Shape.Size(other), labels[i], equation);
                var label = labels[i];
                return Distinct(x.Diagonal(0, i, other), [.. labels.Where((_, k) => k != i && k != other), label], equation);
            }
        }

        return (x, labels);
    }

    private static (Tensor Value, int[] Labels) Times((Tensor Value, int[] Labels) x, (Tensor Value, int[] Labels) y, string equation)
    {
        int[] labels = [.. x.Labels.Union(y.Labels)];
        foreach (var label in x.Labels.Intersect(y.Labels))
        {
            RequireEqual(x.Value.Shape.Size(Array.IndexOf(x.Labels, label)), y.Value.Shape.Size(Array.IndexOf(y.Labels, label)), label, equation);
        }

        return (Aligned(x) * Aligned(y), labels);

        // An axis for each label, of size 1 where the operand has none.
        Tensor Aligned((Tensor Value, int[] Labels) t)
        {
            int[] order = [.. labels.Where(t.Labels.Contains).Select(l => Array.IndexOf(t.Labels, l))];
            return t.Value.Permute(order).Reshape([.. labels.Select(l => Array.IndexOf(t.Labels, l) is >= 0 and var k ? t.Value.Shape.Size(k) : 1)]);
        }
    }

    private static void RequireEqual(SymInt a, SymInt b, int label, string equation)
    {
        if (a != b && a != 1 && b != 1)
        {
            throw new TenonException("TEN3164", $"Einsum '{equation}': {(label < 0 ? "axes of '...'" : $"axes '{(char)label}'")} have sizes {a} and {b}. Expected equal ones.");
        }
    }
}
