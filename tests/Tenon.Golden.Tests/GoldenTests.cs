namespace Tenon.Golden.Tests;

/// <summary>Every operation against PyTorch, forward and backward.</summary>
[Parallelizable(ParallelScope.Children)]
public class GoldenTests
{
    [TestCaseSource(typeof(GoldenCase), nameof(GoldenCase.All))]
    public void AgreesWithPyTorch(GoldenCase c)
    {
        Assert.That(GoldenOps.Table.TryGetValue(c.Op, out var function), $"'{c.Op}' is not in {nameof(GoldenOps)}.");
        var bases = c.Inputs.Select(i => i.ToTensor()).ToArray();
        var inputs = bases.Zip(c.Views, Laid).ToArray();
        var outputs = function!(inputs, c.Args);
        Assert.That(outputs, Has.Length.EqualTo(c.Outputs.Length));
        var gradients = c.Gradients is null ? [] : Gradients(c, bases, outputs);
        Tensor.Realize([.. outputs, .. gradients.OfType<Tensor>()]);
        for (var i = 0; i < outputs.Length; i++)
        {
            Compare($"output {i}", outputs[i], c.Outputs[i], c.Tolerance);
        }

        for (var i = 0; i < gradients.Length; i++)
        {
            if (gradients[i] is { } g)
            {
                Compare($"gradient {i}", g, c.Gradients![i]!, c.Tolerance);
            }
        }
    }

    private static Tensor?[] Gradients(GoldenCase c, Tensor[] bases, Tensor[] outputs)
    {
        // weights[i] = ((7 i + 3) mod 11 - 5) / 4
        Tensor? sum = null;
        foreach (var o in outputs.Where((o, i) => c.Outputs[i].DType.IsFloat))
        {
            var weights = Enumerable.Range(0, (int)o.Count).Select(i => ((7.0 * i + 3) % 11 - 5) / 4).ToArray();
            var weighted = (o * Tensor.From<double>(weights, o.Shape.ToArray()).Cast(o.DType)).Cast(DType.Float64).Sum();
            sum = sum is null ? weighted : sum + weighted;
        }

        var wanted = bases.Where((_, i) => c.Gradients![i] is not null).ToArray();
        var found = new Queue<Tensor>(sum!.Gradient(wanted));
        return [.. bases.Select((_, i) => c.Gradients![i] is null ? null : found.Dequeue())];
    }

    private static Tensor Laid(Tensor t, string? view) => view switch
    {
        null => t,
        "transposed" => t.Transpose(-1, -2),
        "strided" => t[Tensor.Ellipsis, TensorIndex.Every(2)],
        "expanded" => t.Unsqueeze(0).Expand([2, .. t.Shape.ToArray()]),
        _ => throw new ArgumentException(view),
    };

    private static void Compare(string what, Tensor actual, GoldenArray expected, double tolerance)
    {
        Assert.That(actual.Shape.ToArray(), Is.EqualTo(expected.Shape), $"{what}: shape");
        Assert.That(actual.DType.IsBool, Is.EqualTo(expected.DType.IsBool), $"{what}: {actual.DType}, not {expected.DType}");
        if (expected.DType.IsFloat)
        {
            Assert.That(actual.DType, Is.EqualTo(expected.DType), $"{what}: dtype");
        }

        // A few units in the last place; of numbers near 0, of the largest.
        var unit = expected.DType.Name switch
        {
            "float64" => 1e-12,
            "float32" => 3e-6,
            "float16" => 2e-3,
            "bfloat16" => 1.6e-2,
            _ => 0,
        } * tolerance;
        var (found, wanted) = (actual.Cast(DType.Float64).ToArray<double>(), expected.Values());
        var scale = wanted.Where(double.IsFinite).Select(Math.Abs).DefaultIfEmpty(0).Max();
        for (var i = 0; i < wanted.Length; i++)
        {
            var isSame = found[i].Equals(wanted[i]) || Math.Abs(found[i] - wanted[i]) <= unit * Math.Max(Math.Abs(wanted[i]), 0.1 * Math.Min(scale, 10));
            Assert.That(isSame, Is.True, $"{what}, element {i}: {found[i]:R}, PyTorch has {wanted[i]:R}");
        }
    }
}
