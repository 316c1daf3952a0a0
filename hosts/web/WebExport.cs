using System.Text;
using Tenon.Core;
using Tenon.Runtime;
using Tenon.Sdk.Wgsl;
using Tenon.State;

namespace Tenon.Web;

/// <summary>Writes models as folders that a browser runs; docs/export.md says what is in them.</summary>
public static class WebExport
{
    private const long Word = 4;

    /// <summary>Sees to it that a folder may be written, before there is work to lose.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="replace">Whether one that has files is replaced.</param>
    /// <exception cref="TenonException">It has files, or can't be made.</exception>
    public static void RequireFolder(string folder, bool replace = false) => new OutputFolder(folder, replace).Dispose();

    /// <summary>Compiles a model and writes it.</summary>
    /// <param name="model">The model.</param>
    /// <param name="page">The page around it.</param>
    /// <param name="folder">Where it goes: a new folder, or an empty one.</param>
    /// <param name="replace">Whether a folder that has files is replaced.</param>
    /// <returns>What was written.</returns>
    /// <exception cref="TenonException">The folder can't be written, or the model does what a browser can't.</exception>
    public static WebExportReport Write(WebModel model, WebPage page, string folder, bool replace = false)
    {
        using var output = new OutputFolder(folder, replace);
        foreach (var (name, sample) in model.Inputs)
        {
            RequireType("Input", name, sample.DType);
        }

        var function = ExportedFunction.Compile(model.Function, [.. model.Inputs.Select(i => i.Sample)], WgslGenerator.Device, WgslGenerator.Instance);
        foreach (var (name, result) in model.Outputs.Zip(function.Results))
        {
            RequireType("Output", name, result.DType);
        }

        var weights = Weights(function, model.Weights);
        var manifest = Manifest(model, function, weights);
        foreach (var (name, content) in page.Files)
        {
            output.Write(name, System.IO.Path.GetExtension(name) is ".html" or ".md" ? WebPage.Filled(content, model) : content);
        }

        output.Write("model.js", WebPage.Read(typeof(WebExport), "model.js"));
        output.Write("README.md", WebPage.Filled(WebPage.Read(typeof(WebExport), "README.md"), model));
        output.Write("manifest.json", manifest.ToJson());
        output.Write("kernels.wgsl", Kernels(function.Program));
        Safetensors.Save(System.IO.Path.Combine(output.Path, "weights.safetensors"), weights.ToDictionary(w => w.Value.Name, w => w.Value.Tensor));
        Safetensors.Save(System.IO.Path.Combine(output.Path, "sample.safetensors"), Sample(model, function.Results));
        output.Commit();
        return new WebExportReport
        {
            Folder = System.IO.Path.GetFullPath(folder),
            Kernels = manifest.Kernels.Count,
            Steps = manifest.Steps.Count,
            WeightBytes = manifest.WeightBytes,
            ArenaBytes = manifest.ArenaBytes,
            BeyondDefaults = WgslGenerator.Limits.Where(d => manifest.Limits[d.Key] > d.Value).ToDictionary(d => d.Key, d => manifest.Limits[d.Key]),
        };
    }

    private static void RequireType(string what, string name, DType dtype)
    {
        if (!DType.Native.Contains(dtype))
        {
            throw new TenonException("TEN6112", $"{what} '{name}' is of {dtype}, for which a browser has no array. Expected one of {string.Join(", ", DType.Native)}: cast it in the model.");
        }
    }

    // Names of constants by slot: those that the model gives, or numbers.
    private static Dictionary<int, (string Name, Tensor Tensor)> Weights(ExportedFunction function, IReadOnlyDictionary<string, Tensor> known)
    {
        var names = new Dictionary<UOp, string>(ReferenceEqualityComparer.Instance);
        foreach (var (name, tensor) in known)
        {
            if (StorageOf(tensor) is { } storage)
            {
                names.TryAdd(storage, name);
            }
        }

        var weights = new Dictionary<int, (string, Tensor)>();
        foreach (var (slot, content) in function.Contents)
        {
            // Files have bytes for what they have no type for.
            var isPlain = DType.Native.Contains(content.DType);
            weights[slot] = (names.GetValueOrDefault(StorageOf(content)!, $"constant.{weights.Count}"), isPlain ? content : Tensor.FromBytes(content.ToBytes(), DType.UInt8, [content.DType.BytesOf(content.Count)]));
        }

        return weights;
    }

    private static UOp? StorageOf(Tensor tensor)
    {
        var node = tensor.Node;
        while (node.Op == Ops.Reshape)
        {
            node = node[0];
        }

        return node.Op == Ops.Buffer ? node : null;
    }

    private static WebManifest Manifest(WebModel model, ExportedFunction function, Dictionary<int, (string Name, Tensor Tensor)> weights)
    {
        var program = function.Program;
        WebBuffer[] buffers = [.. program.Slots.Select((slot, i) => new WebBuffer(
            slot.Kind == ExportedSlotKind.Constant ? "weight" : slot.Kind.ToString().ToLowerInvariant(),
            Words(slot.DType.BytesOf(slot.Size)),
            slot.Kind == ExportedSlotKind.Constant ? weights[i].Name : null,
            slot.Kind == ExportedSlotKind.Temporary ? slot.ArenaOffset : null))];
        var largest = Math.Max(program.ArenaBytes, buffers.Where(b => b.Offset is null).Max(b => b.Bytes));
        return new WebManifest(
            "tenon-web",
            1,
            model.Name,
            WgslGenerator.Limits.ToDictionary(l => l.Key, l => l.Key == "maxBufferSize" ? Math.Max(l.Value, largest) : l.Value),
            weights.Values.Sum(w => w.Tensor.DType.BytesOf(w.Tensor.Count)),
            Words(program.ArenaBytes),
            [.. model.Inputs.Zip(program.Inputs, (input, slot) => new WebTensor(input.Name, input.Sample.DType.ToString(), SizesOf(input.Sample), slot))],
            [.. model.Outputs.Zip(function.Results).Zip(program.Outputs, (output, slot) => new WebTensor(output.First, output.Second.DType.ToString(), SizesOf(output.Second), slot))],
            buffers,
            [.. program.Kernels.Select(Kernel)],
            [.. program.Steps.Select(s => s.Kernel < 0 ? new WebStep(Copy: s.Slots) : new WebStep(s.Kernel, s.Slots, s.Variables.Count == 0 ? null : s.Variables))]);
    }

    private static WebKernel Kernel(ExportedKernel kernel)
    {
        var shader = WgslShader.FromBytes(kernel.Compiled.Binary);
        return new WebKernel(kernel.Compiled.Name, WgslShader.EntryPoint, shader.Windows, shader.WindowBytes, [shader.Dispatch.X, shader.Dispatch.Y, shader.Dispatch.Z]);
    }

    // Whole words; of what is bound in several parts, the last of them isn't empty.
    private static long Words(long bytes) => Math.Max(1, (bytes + Word - 1) / Word) * Word + (bytes >= WgslGenerator.Limits["maxStorageBufferBindingSize"] - 512 ? 512 : 0);

    private static long[] SizesOf(Tensor tensor) => [.. Enumerable.Range(0, tensor.Rank).Select(tensor.Size)];

    private static byte[] Kernels(ExportedProgram program)
    {
        var text = new StringBuilder();
        foreach (var kernel in program.Kernels)
        {
            text.Append("//! ").Append(kernel.Compiled.Name).Append('\n').Append(kernel.Compiled.Source!.TrimEnd()).Append("\n\n");
        }

        return Encoding.UTF8.GetBytes(text.ToString());
    }

    private static Dictionary<string, Tensor> Sample(WebModel model, IReadOnlyList<Tensor> results)
    {
        var sample = model.Inputs.ToDictionary(i => "input." + i.Name, i => i.Sample);
        foreach (var (name, result) in model.Outputs.Zip(results))
        {
            sample["output." + name] = result;
        }

        return sample;
    }
}
