using System.ComponentModel;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using Tenon.Core.Backend;
using Tenon.Sdk.CStyle;

namespace Tenon.Plugins.Cpu.Clang;

/// <summary>A clang that is on this machine, and what it knows of the processor.</summary>
internal sealed class ClangCompiler
{
    /// <summary>The oldest that has what the renderer uses.</summary>
    public const int MinVersion = 14;

    private static readonly bool IsX86 = RuntimeInformation.ProcessArchitecture is Architecture.X64 or Architecture.X86;

    private static readonly string[] NativeFlags = IsX86 ? ["-march=native", "-mprefer-vector-width=512", "-mstackrealign"] : ["-mcpu=native"];

    // A kernel that needed a function of a library would end the process when it calls it, so the linker refuses it.
    private static readonly string[] LinkFlags =
        OperatingSystem.IsWindows() ? ["-shared", "-nostdlib", "-fuse-ld=lld", "-Xlinker", "/NOENTRY", "-mno-stack-arg-probe"]
        : OperatingSystem.IsMacOS() ? ["-shared", "-nostdlib", "-fPIC", "-fvisibility=hidden"]
        : ["-shared", "-nostdlib", "-fPIC", "-fvisibility=hidden", "-Wl,-z,defs"];

    private readonly string[] _machineFlags;
    private readonly HashSet<string> _macros;

    private ClangCompiler(string path, string version, string[] machineFlags, IEnumerable<string> definitions)
    {
        Path = path;
        Version = version;
        _machineFlags = machineFlags;
        var sorted = definitions.Order(StringComparer.Ordinal).ToArray();
        _macros = sorted.Select(d => d.Split(' ', 3)[1]).ToHashSet();
        string[] builds = [.. machineFlags, $"{typeof(ClangRenderer).Module.ModuleVersionId}", $"{typeof(ClangCompiler).Module.ModuleVersionId}"];
        var hash = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(string.Join('\n', [.. sorted, .. builds]))))[..16];
        Fingerprint = $"clang-{version}-{RuntimeInformation.ProcessArchitecture}-{hash}".ToLowerInvariant();
    }

    /// <summary>The program.</summary>
    public string Path { get; }

    /// <summary>Its version, such as <c>14.0.6</c>.</summary>
    public string Version { get; }

    /// <summary>Version and processor (everything that the compiler defines for this machine) and the build of what writes the source, hashed.</summary>
    public string Fingerprint { get; }

    /// <summary>Whether the compiler defines a macro for this machine, such as <c>__AVX2__</c>.</summary>
    public bool Defines(string macro) => _macros.Contains(macro);

    /// <summary>Asks the program for its version and the machine's features; null, with the reason, if it won't do.</summary>
    /// <param name="path">The program.</param>
    /// <param name="reason">Why it won't do.</param>
    /// <param name="machineFlags">Which processor to compile for; null for this one.</param>
    public static ClangCompiler? TryOpen(string path, out string reason, string[]? machineFlags = null)
    {
        var flags = machineFlags ?? NativeFlags;
        try
        {
            var (exitCode, output, errors) = ClangProcess.Run(path, [.. flags, "-E", "-dM", "-x", "c", "-"], "");
            if (exitCode != 0)
            {
                reason = $"{path} ended with exit code {exitCode}: {errors.Trim()}";
                return null;
            }

            var definitions = output.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
            string Value(string macro) => definitions.FirstOrDefault(d => d.StartsWith($"#define {macro} ", StringComparison.Ordinal))?.Split(' ', 3)[2] ?? "";
            var version = $"{Value("__clang_major__")}.{Value("__clang_minor__")}.{Value("__clang_patchlevel__")}";
            if (!int.TryParse(Value("__clang_major__"), CultureInfo.InvariantCulture, out var major) || major < MinVersion)
            {
                reason = major == 0 ? $"{path} is not clang" : $"{path} is clang {version}, older than {MinVersion}";
                return null;
            }

            reason = "";
            return new ClangCompiler(path, version, flags, definitions);
        }
        catch (Exception e) when (e is Win32Exception or BackendException)
        {
            reason = $"{path}: {e.Message}";
            return null;
        }
    }

    /// <summary>Compiles a source to a shared library.</summary>
    /// <param name="kernel">The kernel's name, for messages.</param>
    /// <param name="source">Its source.</param>
    /// <param name="folder">Where temporary files go.</param>
    /// <returns>The bytes of the library.</returns>
    /// <exception cref="BackendException">The compiler refuses it.</exception>
    public byte[] Compile(string kernel, string source, string folder)
    {
        Directory.CreateDirectory(folder);
        var output = System.IO.Path.Combine(folder, $"{Guid.NewGuid():N}.bin");
        try
        {
            var (exitCode, _, errors) = ClangProcess.Run(
                Path, ["-O2", .. _machineFlags, .. ClangRenderer.SemanticFlags, "-w", .. LinkFlags, "-x", "c", "-", "-o", output], source);
            if (exitCode != 0)
            {
                var kept = System.IO.Path.Combine(folder, $"{kernel}.c");
                File.WriteAllText(kept, source);
                throw new BackendException("TEN4001", $"Clang {Version} ({Path}) could not compile kernel {kernel}, exit code {exitCode}; its source is kept in {kept}.\n{errors.Trim()}");
            }

            return File.ReadAllBytes(output);
        }
        finally
        {
            File.Delete(output);
        }
    }
}
