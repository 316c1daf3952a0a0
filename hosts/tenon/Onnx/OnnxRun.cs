using System.Diagnostics;
using Spectre.Console;
using Tenon.Onnx;
using Tenon.Onnx.Format;
using Tenon.State;

namespace Tenon.Cli.Onnx;

/// <summary>What <c>tenon onnx run</c> tells; the keys of its JSON are documented in <c>docs/cli.md</c>.</summary>
internal sealed record OnnxRun(double Milliseconds, IReadOnlyList<OnnxRunOutput> Outputs)
{
    /// <summary>Runs a model and writes what comes out.</summary>
    /// <param name="model">The model.</param>
    /// <param name="inputs">Its inputs.</param>
    /// <param name="folder">Where outputs go; null for nowhere.</param>
    /// <param name="format">npy or pb.</param>
    public static OnnxRun Of(OnnxModel model, Dictionary<string, OnnxValue> inputs, string? folder, string format)
    {
        if (folder is not null)
        {
            Directory.CreateDirectory(folder);
        }

        var start = Stopwatch.GetTimestamp();
        var outputs = model.Run(inputs);
        ModelRun.Finish(outputs);
        var time = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
        var rows = new List<OnnxRunOutput>();
        foreach (var (name, value) in outputs)
        {
            string? file = null;
            if (folder is not null)
            {
                var isArray = format == "npy" && value is TensorValue;
                file = Path.Combine(folder, string.Concat(name.Select(c => Path.GetInvalidFileNameChars().Contains(c) ? '_' : c)) + (isArray ? ".npy" : ".pb"));
                if (isArray)
                {
                    NpyFile.Save(file, value.Tensor);
                }
                else
                {
                    ValueFile.Write(file, value, name);
                }
            }

            rows.Add(OnnxRunOutput.Of(name, value, file));
        }

        return new OnnxRun(time, rows);
    }

    /// <summary>Prints it.</summary>
    public void Print()
    {
        var table = new Table().Border(TableBorder.Rounded).AddColumns("Output", "Type");
        foreach (var name in new[] { "min", "mean", "max" })
        {
            table.AddColumn(new TableColumn(name).RightAligned());
        }

        table.AddColumn("File");
        foreach (var o in Outputs)
        {
            table.AddRow(o.Name.EscapeMarkup(), o.Type.EscapeMarkup(), $"{o.Min:G6}", $"{o.Mean:G6}", $"{o.Max:G6}", (o.File ?? "").EscapeMarkup());
        }

        AnsiConsole.Write(table);
        AnsiConsole.WriteLine($"{Milliseconds:0.0} ms, kernels made and weights moved included.");
    }
}

/// <summary>One output of a model that ran.</summary>
internal sealed record OnnxRunOutput(string Name, string Type, double? Min, double? Mean, double? Max, string? File)
{
    /// <summary>Describes a value.</summary>
    public static OnnxRunOutput Of(string name, OnnxValue value, string? file)
    {
        if (value is not TensorValue { Tensor: { Count: > 0 } tensor })
        {
            return new OnnxRunOutput(name, value.Description, null, null, null, file);
        }

        var numbers = tensor.Cast(DType.Float64);
        var (min, mean, max) = (numbers.Min(), numbers.Mean(), numbers.Max());
        Tensor.Realize(min, mean, max);
        return new OnnxRunOutput(name, $"{tensor.DType} {tensor.Shape}", min.Item<double>(), mean.Item<double>(), max.Item<double>(), file);
    }
}
