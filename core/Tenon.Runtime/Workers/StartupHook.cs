using System.Reflection;
using System.Runtime.CompilerServices;
using System.Runtime.Loader;
using Tenon.Runtime;

/// <summary>
/// What .NET calls before the Main of a program whose DOTNET_STARTUP_HOOKS names this assembly. In a process that was started
/// to work for another one it takes the program's place; so any program that uses Tenon has a worker: itself.
/// </summary>
#pragma warning disable CA1050 // .NET looks for it outside of any namespace.
internal static class StartupHook
{
    /// <summary>Called by .NET.</summary>
    public static void Initialize()
    {
        if (Environment.GetEnvironmentVariable(WorkerCommand.Variable)?.Split('|') is not [var assembly, var type, var pipes])
        {
            return;
        }

        // Programs that load Tenon from elsewhere than their own folder, as test runners do.
        var folder = Path.GetDirectoryName(typeof(StartupHook).Assembly.Location)!;
        AssemblyLoadContext.Default.Resolving += (context, name) => Path.Combine(folder, $"{name.Name}.dll") is var path && File.Exists(path) ? context.LoadFromAssemblyPath(path) : null;
        Environment.SetEnvironmentVariable("DOTNET_STARTUP_HOOKS", null);
        Environment.SetEnvironmentVariable(WorkerCommand.Variable, null);
        Work(assembly, type, pipes);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void Work(string assembly, string type, string pipes)
    {
        using var worker = (Worker)Activator.CreateInstance(Assembly.Load(assembly).GetType(type, throwOnError: true)!, nonPublic: true)!;
        worker.Run(pipes);
    }
}
