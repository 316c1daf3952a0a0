using System.IO.Compression;
using Tenon.Onnx.Format;

namespace Tenon.Onnx.Tests.Backend;

/// <summary>One case of ONNX's backend tests: a model, and sets of inputs with the outputs to expect.</summary>
/// <param name="Name">The folder, such as <c>node/test_abs</c>.</param>
/// <param name="Model">The model's file.</param>
/// <param name="Files">The file of each set's inputs and outputs, by path within the case.</param>
internal sealed record BackendCase(string Name, byte[] Model, IReadOnlyDictionary<string, byte[]> Files)
{
    /// <summary>The cases of a zip, in order of name.</summary>
    public static IReadOnlyList<BackendCase> ReadAll(string path)
    {
        using var zip = ZipFile.OpenRead(path);
        var files = zip.Entries.Where(e => e.Name.Length > 0).ToDictionary(e => e.FullName, Read);
        var cases = new List<BackendCase>();
        foreach (var folder in files.Keys.Where(f => f.EndsWith("/model.onnx", StringComparison.Ordinal)).Select(f => f[..^"model.onnx".Length]))
        {
            var own = files.Where(f => f.Key.StartsWith(folder, StringComparison.Ordinal)).ToDictionary(f => f.Key[folder.Length..], f => f.Value);
            cases.Add(new BackendCase(folder.TrimEnd('/'), own["model.onnx"], own));
        }

        // Models whose weights are a constant each: the output of one run is recorded, of which the input is a ramp.
        foreach (var model in files.Keys.Where(f => f.StartsWith("light/", StringComparison.Ordinal) && f.EndsWith(".onnx", StringComparison.Ordinal)))
        {
            var output = model.Replace(".onnx", "_output_0.pb");
            cases.Add(new BackendCase(model[..^".onnx".Length], files[model], files.Where(f => f.Key == output).ToDictionary(_ => "light/output_0.pb", f => f.Value)));
        }

        return [.. cases.OrderBy(c => c.Name, StringComparer.Ordinal)];
    }

    /// <summary>Runs every set. Throws if the model fails, or what it gives is not what is expected.</summary>
    public void Run(string? device)
    {
        var model = OnnxModel.Load(new MemoryStream(Model), Name, new OnnxOptions { Device = device });
        foreach (var set in Files.Keys.Where(f => f.Contains('/')).Select(f => f[..f.IndexOf('/')]).DefaultIfEmpty("light").Distinct())
        {
            var inputs = new Dictionary<string, OnnxValue>();
            for (var i = 0; i < model.Inputs.Count; i++)
            {
                if (Files.TryGetValue($"{set}/input_{i}.pb", out var bytes))
                {
                    inputs.Add(model.Inputs[i].Name, ValueFile.Read(new MemoryStream(bytes), $"{set}/input_{i}.pb", model.Inputs[i].Type, device));
                }
                else if (set == "light" && model.Inputs[i].Type is OnnxTensorType { Shape: { } shape })
                {
                    inputs.Add(model.Inputs[i].Name, Ramp([.. shape.Select(d => d.Size ?? 1)], device));
                }
            }

            var outputs = model.Run(inputs);
            Tensor.Realize([.. outputs.Values.OfType<TensorValue>().Where(v => v.Host is null).Select(v => v.Tensor)]);
            for (var i = 0; i < model.Outputs.Count; i++)
            {
                if (Files.TryGetValue($"{set}/output_{i}.pb", out var bytes))
                {
                    var expected = ValueFile.Read(new MemoryStream(bytes), $"{set}/output_{i}.pb", model.Outputs[i].Type, device);
                    Comparison.Check(expected, outputs[model.Outputs[i].Name], $"output {i} '{model.Outputs[i].Name}'");
                }
            }
        }
    }

    private static Tensor Ramp(long[] shape, string? device)
    {
        var count = shape.Aggregate(1L, (a, b) => a * b);
        return Tensor.From<float>([.. Enumerable.Range(0, (int)count).Select(i => (float)(i / (double)count))], shape, device: device);
    }

    private static byte[] Read(ZipArchiveEntry entry)
    {
        using var stream = entry.Open();
        using var memory = new MemoryStream();
        stream.CopyTo(memory);
        return memory.ToArray();
    }
}
