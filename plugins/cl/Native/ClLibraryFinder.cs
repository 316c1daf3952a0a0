using System.Reflection;
using System.Runtime.InteropServices;
using Tenon.Core.Backend;

namespace Tenon.Plugins.Cl.Native;

/// <summary>Looks for the OpenCL library: where the setting <c>library</c> says, else in the plugin's folder, else where the system has it.</summary>
internal static class ClLibraryFinder
{
    private static readonly Lock Opening = new();

    private static string Advice =>
        OperatingSystem.IsWindows() ? "OpenCL.dll comes with the driver of the graphics processor: install or update it"
        : OperatingSystem.IsMacOS() ? "OpenCL is a part of macOS up to now: if this version has dropped it, install PoCL (brew install pocl)"
        : "Install the loader (Debian and Ubuntu: apt-get install ocl-icd-libopencl1; Fedora: dnf install ocl-icd) and a driver (such as pocl-opencl-icd, which runs on any processor)";

    /// <summary>The library; null, with the reason and what to do, if this machine has none.</summary>
    /// <exception cref="BackendException">The setting names one that won't do.</exception>
    public static ClLibrary? Find(string? named, out string reason)
    {
        reason = "";
        if (named is not null)
        {
            return TryOpen(named, out var why)
                ?? throw new BackendException("TEN4300", $"The setting 'library' of the plugin for OpenCL is '{named}', but {why}. Give the path of an OpenCL library (libOpenCL.so.1, OpenCL.dll), or leave the setting out.");
        }

        var folder = Path.GetDirectoryName(Assembly.GetExecutingAssembly().Location) ?? "";
        var reasons = new List<string>();
        foreach (var path in UsualNames().SelectMany(n => (string[])[.. Beside(folder, n), n]))
        {
            if (TryOpen(path, out var why) is { } library)
            {
                return library;
            }

            reasons.Add(why);
        }

        reason = $"TEN4300: This machine has no OpenCL library ({string.Join("; ", reasons)}). {Advice}, or name a library by the setting 'library' of this plugin.";
        return null;
    }

    private static ClLibrary? TryOpen(string path, out string reason)
    {
        lock (Opening)
        {
            DriverEnvironment.Prepare();
        }

        if (!NativeLibrary.TryLoad(path, out var handle))
        {
            reason = $"{path} can't be opened";
            return null;
        }

        try
        {
            reason = "";
            return new ClLibrary(path, new ClFunctions(handle));
        }
        catch (EntryPointNotFoundException e)
        {
            reason = $"{path} is not a library of OpenCL 1.2 or later ({e.Message})";
            return null;
        }
    }

    private static IEnumerable<string> Beside(string folder, string name)
    {
        var path = Path.Combine(folder, Path.GetFileName(name));
        return File.Exists(path) ? [path] : [];
    }

    private static string[] UsualNames() =>
        OperatingSystem.IsWindows() ? ["OpenCL.dll"]
        : OperatingSystem.IsMacOS() ? ["/System/Library/Frameworks/OpenCL.framework/OpenCL", "libOpenCL.dylib"]
        : ["libOpenCL.so.1", "libOpenCL.so"];
}
