using System.Text.Json;

namespace Tenon.Tests;

/// <summary>What PyTorch makes of inputs: a line of a file that a script in tests/Golden writes.</summary>
internal sealed record GoldenCase(string Name, long[][] Inputs, GoldenOutput[] Outputs, double[][] Gradients)
{
    private static readonly JsonSerializerOptions Options = new(JsonSerializerDefaults.Web) { NumberHandling = System.Text.Json.Serialization.JsonNumberHandling.AllowNamedFloatingPointLiterals };

    /// <summary>The cases of a file.</summary>
    public static Dictionary<string, GoldenCase> Read(string file)
    {
        using var stream = typeof(GoldenCase).Assembly.GetManifestResourceStream(file)!;
        return JsonSerializer.Deserialize<GoldenCase[]>(stream, Options)!.ToDictionary(c => c.Name);
    }

    /// <summary>The numbers that the script makes for a seed.</summary>
    public static Tensor Numbers(long seed, long[] shape)
    {
        var values = new double[shape.Aggregate(1L, (a, b) => a * b)];
        for (var i = 0; i < values.Length; i++)
        {
            seed = (seed * 1103515245 + 12345) & 0x7fffffff;
            values[i] = seed / 2147483648.0 * 4 - 2;
        }

        return Tensor.From<double>(values, shape);
    }

    /// <summary>Compares values and gradients with what a function makes of the inputs.</summary>
    public void Check(Func<Tensor[], Tensor[]> function, double tolerance = 1e-6)
    {
        Tensor[] inputs = [.. Inputs.Select((shape, i) => Numbers(i + 1, shape))];
        Array.ForEach(inputs, x => x.RequiresGrad = true);
        var outputs = function(inputs);
        Assert.That(outputs, Has.Length.EqualTo(Outputs.Length));

        // PyTorch gives zeros where no gradient flows.
        Tensor loss = 0.0;
        Array.ForEach(inputs, x => loss += (x * 0).Sum());
        for (var i = 0; i < outputs.Length; i++)
        {
            Assert.That(outputs[i].Shape.ToArray(), Is.EqualTo(Outputs[i].Shape), $"shape of output {i}");
            loss = outputs[i].RequiresGrad ? loss + (outputs[i] * Numbers(100 + i, Outputs[i].Shape)).Sum() : loss;
        }

        var gradients = loss.Gradient(inputs);
        Tensor.Realize([.. outputs, .. gradients]);
        for (var i = 0; i < outputs.Length; i++)
        {
            Compare(outputs[i], Outputs[i].Values, tolerance, $"output {i}");
        }

        for (var i = 0; i < inputs.Length; i++)
        {
            Compare(gradients[i], Gradients[i], tolerance, $"gradient of input {i}");
        }
    }

    public override string ToString() => Name;

    private static void Compare(Tensor actual, double[] expected, double tolerance, string what)
    {
        var values = actual.Values();
        Assert.That(values, Has.Length.EqualTo(expected.Length), what);
        for (var i = 0; i < values.Length; i++)
        {
            var isSame = values[i].Equals(expected[i]) || Math.Abs(values[i] - expected[i]) <= tolerance * Math.Max(1, Math.Abs(expected[i]));
            Assert.That(isSame, Is.True, $"{what}, element {i}: {values[i]}, PyTorch has {expected[i]}");
        }
    }
}

/// <summary>An output of PyTorch.</summary>
internal sealed record GoldenOutput(long[] Shape, double[] Values);
