using Tenon.Onnx;
using Tenon.Web;

namespace Tenon.Cli.Export;

/// <summary>ONNX models as models for a browser.</summary>
internal static class OnnxExport
{
    /// <summary>The model for inputs of given shapes.</summary>
    /// <param name="path">Its file, which it is called after.</param>
    /// <param name="model">The model.</param>
    /// <param name="inputs">A value for each input.</param>
    /// <param name="constants">The inputs that always have this value.</param>
    public static WebModel Of(string path, OnnxModel model, Dictionary<string, OnnxValue> inputs, IReadOnlyList<string> constants)
    {
        if (constants.FirstOrDefault(c => !inputs.ContainsKey(c)) is { } unknown)
        {
            throw new TenonException("TEN6113", $"--constant {unknown}: the model has no such input. It has {string.Join(", ", inputs.Keys)}.");
        }

        var given = inputs.Where(i => !constants.Contains(i.Key)).Select(i => (i.Key, Sample: Tensor("Input", i.Key, i.Value))).ToList();
        return new WebModel
        {
            Name = NameOf(path),
            Inputs = given,
            Outputs = [.. model.Outputs.Select(o => o.Name)],
            Function = tensors =>
            {
                var values = inputs.ToDictionary();
                for (var i = 0; i < tensors.Length; i++)
                {
                    values[given[i].Key] = new TensorValue(tensors[i]);
                }

                var outputs = model.Run(values);
                return [.. model.Outputs.Select(o => Tensor("Output", o.Name, outputs[o.Name]))];
            },
        };
    }

    // model.onnx is what the folder says.
    private static string NameOf(string path)
    {
        var name = Path.GetFileNameWithoutExtension(path);
        return name == "model" && Path.GetFileName(Path.GetDirectoryName(Path.GetFullPath(path))) is { Length: > 0 } folder ? folder : name;
    }

    private static Tensor Tensor(string what, string name, OnnxValue value) => value is TensorValue tensor ? tensor.Tensor : throw new TenonException(
        "TEN6114", $"{what} '{name}' is {value.Description}; a browser is given and gives tensors of numbers only. Export a model without it.");
}
