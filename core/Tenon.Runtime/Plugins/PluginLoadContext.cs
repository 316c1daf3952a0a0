using System.Reflection;
using System.Runtime.InteropServices;
using System.Runtime.Loader;

namespace Tenon.Runtime;

/// <summary>
/// The load context of one plugin. The contract is the host's, .NET is shared, everything else comes from the plugin's own
/// folder, so that two plugins may use two versions of one library.
/// </summary>
internal sealed class PluginLoadContext : AssemblyLoadContext
{
    private static readonly string FrameworkFolder = Path.GetDirectoryName(typeof(object).Assembly.Location) ?? "";
    private readonly string _folder;
    private readonly Assembly _contract;
    private readonly AssemblyDependencyResolver _resolver;

    public PluginLoadContext(string id, string assemblyPath, Assembly contract) : base($"plugin {id}")
    {
        _folder = Path.GetDirectoryName(assemblyPath)!;
        _contract = contract;
        _resolver = new AssemblyDependencyResolver(assemblyPath);
    }

    protected override Assembly? Load(AssemblyName assemblyName)
    {
        if (assemblyName.Name == _contract.GetName().Name)
        {
            return _contract;
        }

        var path = _resolver.ResolveAssemblyToPath(assemblyName) ?? Path.Combine(_folder, assemblyName.Name + ".dll");
        if (File.Exists(path))
        {
            return LoadFromAssemblyPath(path);
        }

        if (IsApplications(assemblyName.Name!))
        {
            throw new FileNotFoundException($"{assemblyName.Name} is not in the plugin's folder {_folder}. The host's copy is not shared with plugins; put the assembly into the plugin's folder.");
        }

        return null;
    }

    protected override nint LoadUnmanagedDll(string unmanagedDllName)
    {
        if (_resolver.ResolveUnmanagedDllToPath(unmanagedDllName) is { } resolved)
        {
            return LoadUnmanagedDllFromPath(resolved);
        }

        var (prefix, suffix) = OperatingSystem.IsWindows() ? ("", ".dll") : OperatingSystem.IsMacOS() ? ("lib", ".dylib") : ("lib", ".so");
        string[] names = [unmanagedDllName, unmanagedDllName + suffix, prefix + unmanagedDllName + suffix];
        string[] folders = [_folder, Path.Combine(_folder, "runtimes", RuntimeInformation.RuntimeIdentifier, "native")];
        var path = folders.SelectMany(f => names.Select(n => Path.Combine(f, n))).FirstOrDefault(File.Exists);
        return path is null ? 0 : LoadUnmanagedDllFromPath(path);
    }

    // The host program's own libraries lie beside it; .NET's lie elsewhere, unless the program carries .NET with it.
    private static bool IsApplications(string name) =>
        name.StartsWith("Tenon.", StringComparison.Ordinal)
        || (Path.TrimEndingDirectorySeparator(AppContext.BaseDirectory) != FrameworkFolder
            && !File.Exists(Path.Combine(FrameworkFolder, name + ".dll"))
            && File.Exists(Path.Combine(AppContext.BaseDirectory, name + ".dll")));
}
