using System.ComponentModel;
using System.Diagnostics;
using System.Text.Json;
using Tenon.Onnx;

namespace Tenon.Cli.Onnx;

/// <summary>What ONNX Runtime takes for the same model and inputs, in a process of its own.</summary>
internal sealed record OnnxPeer(string Version, double FirstMilliseconds, double MedianMilliseconds, double MinMilliseconds)
{
    private static readonly JsonSerializerOptions Names = new(JsonSerializerDefaults.Web);

    /// <summary>Times it, if node and onnxruntime-node are there.</summary>
    /// <param name="model">The model's file.</param>
    /// <param name="inputs">Its inputs.</param>
    /// <param name="warmup">How many runs go before.</param>
    /// <param name="runs">How many runs are timed.</param>
    /// <param name="folder">The folder whose <c>node_modules</c> has it; null for the current one.</param>
    /// <returns>Null if it isn't there, and <paramref name="folder"/> doesn't say that it should be.</returns>
    public static OnnxPeer? Measure(string model, Dictionary<string, OnnxValue> inputs, int warmup, int runs, string? folder)
    {
        if (inputs.Values.Any(v => v is not TensorValue))
        {
            return null;
        }

        var data = Directory.CreateTempSubdirectory("tenon-onnx");
        try
        {
            var described = inputs.Select((input, i) =>
            {
                var (tensor, file) = (input.Value.Tensor, Path.Combine(data.FullName, $"{i}"));
                File.WriteAllBytes(file, tensor.ToBytes());
                return new { name = input.Key, type = tensor.DType.Name, dims = tensor.Shape.ToArray(), file };
            }).ToArray();
            var start = new ProcessStartInfo("node") { RedirectStandardOutput = true, RedirectStandardError = true, RedirectStandardInput = true };
            start.ArgumentList.Add(Path.Combine(AppContext.BaseDirectory, "Onnx", "onnxruntime.cjs"));
            start.ArgumentList.Add(Path.GetFullPath(folder ?? "."));
            using var process = Process.Start(start)!;
            var (output, errors) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
            process.StandardInput.Write(JsonSerializer.Serialize(new { model = Path.GetFullPath(model), warmup, runs, inputs = described }));
            process.StandardInput.Close();
            process.WaitForExit();
            return process.ExitCode == 0
                ? JsonSerializer.Deserialize<OnnxPeer>(output.Result, Names)
                : folder is null ? null : throw new TenonException("TEN9015", $"ONNX Runtime did not run: {errors.Result.Trim()} Install onnxruntime-node with npm in the folder that --peer names.");
        }
        catch (Win32Exception e)
        {
            return folder is null ? null : throw new TenonException("TEN9015", $"node did not start: {e.Message} Install Node.js, or leave --peer out.", e);
        }
        finally
        {
            data.Delete(recursive: true);
        }
    }
}
