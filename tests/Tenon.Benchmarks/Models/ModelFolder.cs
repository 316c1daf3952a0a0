using System.Globalization;
using Tenon.Onnx;
using Tenon.Onnx.Tests;
using Tenon.State;

namespace Tenon.Benchmarks;

/// <summary>A folder with an ONNX model <c>model.onnx</c> and its inputs, <c>input.NAME.npy</c>.</summary>
/// <param name="Name">The model's name.</param>
/// <param name="Path">The folder.</param>
internal sealed record ModelFolder(string Name, string Path)
{
    /// <summary>The model's file.</summary>
    public string Model => System.IO.Path.Combine(Path, "model.onnx");

    /// <summary>Models of others, recorded with their inputs, as far as they lie beside the repository.</summary>
    public static IEnumerable<ModelFolder> Recorded() =>
        SharedData.Find("onnx-models") is { } folder ? Directory.GetDirectories(folder).Order(StringComparer.Ordinal).Select(d => new ModelFolder(System.IO.Path.GetFileName(d), d)) : [];

    /// <summary>Networks with made-up weights, by name.</summary>
    public static IReadOnlyDictionary<string, Func<NetworkWriter, NetworkWriter.Value>> MadeUp { get; } = new Dictionary<string, Func<NetworkWriter, NetworkWriter.Value>>
    {
        ["ResNet-50"] = Networks.ResNet50,
        ["MobileNet-v2"] = Networks.MobileNetV2,
        ["BERT-base, 128 tokens"] = Networks.Bert,
    };

    /// <summary>Calls for each model that is wanted; those that are made up are there only meanwhile.</summary>
    public static void ForEach(Func<string, bool> wants, Action<ModelFolder> use)
    {
        foreach (var model in Recorded().Where(m => wants(m.Name)))
        {
            use(model);
        }

        foreach (var (name, write) in MadeUp.Where(m => wants(m.Key)))
        {
            var folder = Directory.CreateTempSubdirectory("tenon-model");
            try
            {
                var (model, writer) = (new ModelFolder(name, folder.FullName), new NetworkWriter());
                writer.Save(model.Model, write(writer));
                NpyFile.Save(System.IO.Path.Combine(model.Path, "input.x.npy"), Tensor.Rand(OnnxModel.Load(model.Model).Inputs[0].Type is OnnxTensorType { Shape: { } s } ? [.. s.Select(d => d.Size!.Value)] : []).Realize());
                use(model);
            }
            finally
            {
                folder.Delete(recursive: true);
            }
        }
    }

    /// <summary>The inputs.</summary>
    public Dictionary<string, OnnxValue> ReadInputs() => Directory.GetFiles(Path, "input.*.npy").ToDictionary(
        f => System.IO.Path.GetFileNameWithoutExtension(f)["input.".Length..], f => (OnnxValue)NpyFile.Load(f));
}
