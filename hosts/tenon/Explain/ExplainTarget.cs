using System.Diagnostics;
using Tenon.Cli.Onnx;
using Tenon.Cli.Workloads;
using Tenon.Core;
using Tenon.Onnx;
using Tenon.Runtime;

namespace Tenon.Cli.Explain;

/// <summary>What <c>tenon explain</c> can trace: a model by name, or a program that uses Tenon.</summary>
internal static class ExplainTarget
{
    /// <summary>What it is called in messages.</summary>
    public static string Models => string.Join(", ", Workload.All.Select(w => w.Name));

    /// <summary>The model of a name or file; null if the target is a program.</summary>
    /// <param name="target">What was named.</param>
    /// <param name="arguments">Of an ONNX model: what names of sizes stand for, such as <c>batch=4</c>.</param>
    /// <exception cref="TenonException">It is neither.</exception>
    public static Workload? Find(string target, string[] arguments)
    {
        if (Workload.All.FirstOrDefault(w => w.Name.Equals(target, StringComparison.OrdinalIgnoreCase)) is { } workload)
        {
            return workload;
        }

        if (Path.GetExtension(target) == ".onnx")
        {
            return new Workload(Path.GetFileName(target), "an ONNX model", () =>
            {
                var model = OnnxModel.Load(target);
                var sizes = InputOptions.Sizes(arguments, model);
                var inputs = model.Inputs.ToDictionary(i => i.Name, i => InputOptions.MadeUp(i, sizes));
                return () => [.. model.Run(inputs).Values.OfType<TensorValue>().Select(v => v.Tensor)];
            });
        }

        if (Path.GetExtension(target) is not (".cs" or ".csproj" or ".dll"))
        {
            throw new TenonException("TEN9010", $"'{target}' is neither a model ({Models}, .onnx) nor a program (.cs, .csproj or .dll). Give one of these.");
        }

        return File.Exists(target) ? null : throw new TenonException("TEN9010", $"There is no program '{target}' in {Environment.CurrentDirectory}. Give the path of a .cs, .csproj or .dll file, or one of the models {Models}.");
    }

    /// <summary>Compiles one step of a model; nothing of it is run.</summary>
    public static TraceReport Trace(Workload workload, TenonRuntime runtime)
    {
        var step = workload.Prepare();
        var recorder = new TraceRecorder();
        Tracing.Listener = recorder;
        try
        {
            runtime.Prepare([.. step().Select(t => (t.Node, t.Device))]);
        }
        finally
        {
            Tracing.Listener = null;
        }

        return recorder.Report();
    }

    /// <summary>Runs a program to its end; what it prints is seen.</summary>
    /// <param name="program">A file of C#, a project or an assembly.</param>
    /// <param name="arguments">Its arguments.</param>
    /// <param name="environment">Settings.</param>
    /// <exception cref="TenonException">It fails, or it doesn't use Tenon.</exception>
    public static TraceReport Trace(string program, IEnumerable<string> arguments, IReadOnlyDictionary<string, string?> environment)
    {
        var file = Path.Combine(Path.GetTempPath(), $"tenon-{Guid.NewGuid():N}.trace.json");
        try
        {
            Run(program, arguments, environment.Append(new(TraceFile.Variable, file)));
            return File.Exists(file) ? TraceReport.Load(file) : throw new TenonException("TEN9013", $"'{program}' has run, but recorded nothing. It must use Tenon, of the version of this program, and end by itself.");
        }
        finally
        {
            File.Delete(file);
        }
    }

    private static void Run(string program, IEnumerable<string> arguments, IEnumerable<KeyValuePair<string, string?>> environment)
    {
        string[] command = Path.GetExtension(program) switch
        {
            ".dll" => [program],
            ".csproj" => ["run", "-c", "Release", "--project", program, "--"],
            _ => ["run", "-c", "Release", program, "--"],
        };
        var start = new ProcessStartInfo(Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet", [.. command, .. arguments]);
        foreach (var (name, value) in environment)
        {
            start.Environment[name] = value;
        }

        // A program of one file has no folder of its own that a plugins.json could lie in.
        if (Path.GetExtension(program) == ".cs")
        {
            start.Environment.TryAdd("TENON_PLUGINS", TenonConfiguration.DefaultFile);
        }

        using var process = Process.Start(start) ?? throw new InvalidOperationException("dotnet did not start");
        process.WaitForExit();
        if (process.ExitCode != 0)
        {
            throw new TenonException("TEN9012", $"'{program}' ended with exit code {process.ExitCode}. Make it run by itself first: dotnet {string.Join(' ', command)}.");
        }
    }
}
