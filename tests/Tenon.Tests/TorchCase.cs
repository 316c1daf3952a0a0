using System.IO.Compression;
using System.Text.Json;
using Tenon.NN;

namespace Tenon.Tests;

/// <summary>What PyTorch computed for one layer, loss, optimiser or schedule. PyTorch/make_nn.py says how.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Name">Its name among those of its kind.</param>
internal sealed record TorchCase(string Kind, string Name)
{
    private static readonly Lazy<(JsonElement[] Cases, byte[] Numbers)> File = new(Read);
    private readonly JsonElement _case = File.Value.Cases.First(c => c.GetProperty("kind").GetString() == Kind && c.GetProperty("name").GetString() == Name);

    /// <summary>The names of all cases of a kind.</summary>
    public static IEnumerable<string> Names(string kind) =>
        File.Value.Cases.Where(c => c.GetProperty("kind").GetString() == kind).Select(c => c.GetProperty("name").GetString()!);

    /// <summary>The names of all tensors.</summary>
    public IEnumerable<string> Keys => _case.GetProperty("tensors").EnumerateObject().Select(p => p.Name);

    /// <summary>The tensors whose names have a prefix, by the rest of their names.</summary>
    public Dictionary<string, Tensor> Under(string prefix) =>
        Keys.Where(k => k.StartsWith(prefix, StringComparison.Ordinal)).ToDictionary(k => k[prefix.Length..], Tensor);

    /// <summary>A list of numbers.</summary>
    public double[] Numbers(string name) => [.. _case.GetProperty("numbers").GetProperty(name).EnumerateArray().Select(e => e.GetDouble())];

    /// <summary>A tensor by its name.</summary>
    public Tensor Tensor(string key)
    {
        var entry = _case.GetProperty("tensors").GetProperty(key);
        var dtype = entry[0].GetString() switch
        {
            "float32" => DType.Float32,
            "float64" => DType.Float64,
            "int64" => DType.Int64,
            "int32" => DType.Int32,
            _ => DType.Bool,
        };
        long[] shape = [.. entry[1].EnumerateArray().Select(e => e.GetInt64())];
        var count = shape.Aggregate(1L, (a, b) => a * b);
        return Tenon.Tensor.FromBytes(File.Value.Numbers.AsSpan(entry[2].GetInt32(), (int)count * dtype.Bytes), dtype, shape);
    }

    /// <summary>Irregular weights that make one number of outputs: Σ output · cos(0.7 i).</summary>
    public static Tensor NumberOf(IEnumerable<Tensor> outputs) =>
        outputs.Where(o => o.DType.IsFloat).Select(o => (o * WeightsOf(o)).Sum()).Aggregate((a, b) => a + b);

    /// <summary>
    /// Runs a module as runner.py does: some training steps, of which outputs, gradients and the state at the end are compared, then
    /// the output in use.
    /// </summary>
    public void Run(Module module, Func<Tensor[], IEnumerable<Tensor>> forward, bool train = true, double tolerance = 2e-5)
    {
        module.LoadStateDict(Under("state."));
        module.Train(train);
        var parameters = module.NamedParameters();
        var steps = Keys.Where(k => k.StartsWith("out.", StringComparison.Ordinal)).Max(k => int.Parse(k.Split('.')[1])) + 1;
        for (var step = 0; step < steps; step++)
        {
            var inputs = Inputs(requireGrad: true);
            var outputs = forward(inputs).ToArray();
            var gradients = Under("grad.");
            var computed = new Dictionary<string, Tensor>();
            if (outputs.Any(o => o.RequiresGrad))
            {
                foreach (var (_, p) in parameters)
                {
                    p.Grad = null;
                }

                NumberOf(outputs).Backward();
                foreach (var key in gradients.Keys.Where(_ => step == 0))
                {
                    var of = key.StartsWith("in.", StringComparison.Ordinal) ? inputs[int.Parse(key[3..])] : parameters[key];
                    computed.Add(key, of.Grad ?? throw new AssertionException($"no gradient of {key}"));
                }

                using var noGrad = Tenon.Tensor.NoGrad();
                foreach (var (_, p) in parameters)
                {
                    if (p.Grad is { } g)
                    {
                        p.Assign(p - g * 0.01);
                    }
                }
            }

            Tenon.Tensor.Realize([.. outputs, .. computed.Values, .. parameters.Values, .. module.Buffers()]);
            Compare($"output of step {step}", Under($"out.{step}."), outputs, tolerance);
            foreach (var (key, value) in computed)
            {
                Compare($"gradient of {key}", gradients[key], value, tolerance);
            }
        }

        var state = module.StateDict();
        foreach (var (key, expected) in Under("final."))
        {
            Compare($"{key} after {steps} steps", expected, state[key], tolerance);
        }

        if (Under("eval.") is { Count: > 0 } inUse)
        {
            module.Eval();
            Compare("output in use", inUse, [.. forward(Inputs(requireGrad: false))], tolerance);
        }
    }

    /// <summary>Compares elements, with a tolerance that grows with the greatest of them.</summary>
    public void Compare(string what, Tensor expected, Tensor actual, double tolerance)
    {
        Assert.That(actual.Shape, Is.EqualTo(expected.Shape), $"{Name}: shape of {what}");
        var (e, a) = (Doubles(expected), Doubles(actual));
        var scale = Math.Max(1, e.Where(double.IsFinite).Select(Math.Abs).DefaultIfEmpty(0).Max());
        for (var i = 0; i < e.Length; i++)
        {
            Assert.That(a[i].Equals(e[i]) || Math.Abs(a[i] - e[i]) <= tolerance * scale, Is.True, $"{Name}: {what}, element {i}: {a[i]}, expected {e[i]}");
        }
    }

    private void Compare(string what, Dictionary<string, Tensor> expected, Tensor[] actual, double tolerance)
    {
        Assert.That(actual, Has.Length.EqualTo(expected.Count), $"{Name}: {what}");
        for (var j = 0; j < actual.Length; j++)
        {
            Compare($"{what}, {j}", expected[$"{j}"], actual[j], tolerance);
        }
    }

    private Tensor[] Inputs(bool requireGrad)
    {
        var inputs = Under("in.").OrderBy(p => int.Parse(p.Key)).Select(p => p.Value).ToArray();
        for (var i = 0; i < inputs.Length; i++)
        {
            if (requireGrad && Keys.Contains($"grad.in.{i}"))
            {
                inputs[i].RequiresGrad = true;
            }
        }

        return inputs;
    }

    private static Tensor WeightsOf(Tensor x)
    {
        var weights = new double[x.Count];
        for (var i = 0; i < weights.Length; i++)
        {
            weights[i] = Math.Cos(i * 0.7);
        }

        return Tenon.Tensor.From(weights.Select(w => (float)w).ToArray().AsSpan(), x.Shape);
    }

    private static double[] Doubles(Tensor x) => x.DType switch
    {
        _ when x.DType == DType.Float32 => Array.ConvertAll(x.ToArray<float>(), v => (double)v),
        _ when x.DType == DType.Int64 => Array.ConvertAll(x.ToArray<long>(), v => (double)v),
        _ when x.DType == DType.Int32 => Array.ConvertAll(x.ToArray<int>(), v => (double)v),
        _ when x.DType == DType.Bool => Array.ConvertAll(x.ToArray<bool>(), v => v ? 1.0 : 0),
        _ => x.ToArray<double>(),
    };

    private static (JsonElement[], byte[]) Read()
    {
        using var zip = new ZipArchive(typeof(TorchCase).Assembly.GetManifestResourceStream("nn.zip")!);
        using var json = JsonDocument.Parse(zip.GetEntry("cases.json")!.Open());
        using var numbers = new MemoryStream();
        using var content = zip.GetEntry("numbers.bin")!.Open();
        content.CopyTo(numbers);
        return ([.. json.RootElement.GetProperty("cases").EnumerateArray().Select(c => c.Clone())], numbers.ToArray());
    }
}
