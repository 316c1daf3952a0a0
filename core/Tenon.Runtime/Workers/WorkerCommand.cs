using System.Diagnostics;
using System.Reflection;
using System.Runtime.CompilerServices;

namespace Tenon.Runtime;

/// <summary>How this program is started once more, with <see cref="StartupHook"/> in the place of its Main.</summary>
internal static class WorkerCommand
{
    /// <summary>The variable that says which worker takes the place of Main, and its pipes.</summary>
    public const string Variable = "TENON_WORKER";

    private const string Hooks = "DOTNET_STARTUP_HOOKS";

    /// <summary>The command without its pipes; null, with the reason, if there is none.</summary>
    public static ProcessStartInfo? Find(out string reason)
    {
        reason = "";
        var hook = typeof(StartupHook).Assembly.Location;
        if (hook.Length == 0 || !RuntimeFeature.IsDynamicCodeSupported || (AppContext.TryGetSwitch("System.StartupHookProvider.IsSupported", out var isOn) && !isOn))
        {
            reason = "this program is one file, or is built without startup hooks";
            return null;
        }

        if (Environment.ProcessPath is not { } program)
        {
            reason = "this system doesn't say where the program is";
            return null;
        }

        var start = new ProcessStartInfo(program)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
            CreateNoWindow = true,
        };

        // "dotnet program.dll" has to be told what to run, and with which assemblies; a program of its own name knows.
        if (Path.GetFileNameWithoutExtension(program).Equals("dotnet", StringComparison.OrdinalIgnoreCase))
        {
            if (Assembly.GetEntryAssembly()?.Location is not { Length: > 0 } entry)
            {
                reason = "this program has no file of its own";
                return null;
            }

            start.ArgumentList.Add("exec");
            var dependencies = (AppContext.GetData("APP_CONTEXT_DEPS_FILES") as string)?.Split(';')[0];
            if (dependencies is not null && dependencies.EndsWith(".deps.json", StringComparison.OrdinalIgnoreCase) && File.Exists(dependencies))
            {
                var configuration = string.Concat(dependencies.AsSpan(0, dependencies.Length - ".deps.json".Length), ".runtimeconfig.json");
                Add("--depsfile", dependencies);
                Add("--runtimeconfig", configuration);
            }

            start.ArgumentList.Add(entry);
        }

        var others = Environment.GetEnvironmentVariable(Hooks);
        start.Environment[Hooks] = string.IsNullOrEmpty(others) ? hook : $"{hook}{Path.PathSeparator}{others}";
        return start;

        void Add(string option, string file)
        {
            if (File.Exists(file))
            {
                start.ArgumentList.Add(option);
                start.ArgumentList.Add(file);
            }
        }
    }
}
