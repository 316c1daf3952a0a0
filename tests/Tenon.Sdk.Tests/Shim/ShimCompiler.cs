using System.Text;
using Tenon.Core.Backend;
using Tenon.Plugins.Cpu.Clang;
using Tenon.Sdk.Targets;
using Tenon.Sdk.Tests.CStyle;

namespace Tenon.Sdk.Tests.Shim;

/// <summary>
/// Compiles the text of kernels for CUDA, HIP and Metal for this machine's processor: by Clang, with headers that give it what it uses of
/// those languages, and in which each lane of a group is a context of its own.
/// </summary>
internal static class ShimCompiler
{
    private static readonly string Include = Path.Combine(TestContext.CurrentContext.TestDirectory, "Shim", "include");

    /// <summary>Ignores the test where it can't run.</summary>
    public static void RequireClang()
    {
        if (!OperatingSystem.IsLinux())
        {
            Assert.Ignore("Lanes are emulated by contexts as Linux has them.");
        }

        ClangRunner.Compiler();
    }

    /// <summary>A shared library with the programs, each with an entry point <c>shim_run_I</c>.</summary>
    public static byte[] Compile(KnownTarget target, params IReadOnlyList<(LinearProgram Program, string Source)> kernels)
    {
        var path = Path.Combine(Path.GetTempPath(), $"tenon-shim-{Guid.NewGuid():N}.so");
        try
        {
            Run(target, kernels, "-O1", "-shared", "-fPIC", "-lm", "-o", path);
            return File.ReadAllBytes(path);
        }
        finally
        {
            File.Delete(path);
        }
    }

    /// <summary>Throws unless the compiler takes the text of the programs.</summary>
    public static void Check(KnownTarget target, params IReadOnlyList<(LinearProgram Program, string Source)> kernels) => Run(target, kernels, "-fsyntax-only");

    private static void Run(KnownTarget target, IReadOnlyList<(LinearProgram Program, string Source)> kernels, params string[] options)
    {
        var all = new StringBuilder($"#include \"{LanguageOf(target)}_shim.h\"\n");
        foreach (var (i, (program, text)) in kernels.Index())
        {
            all.Append($"namespace k{i} {{\n{text}\n}}\n{EntryPoint(target, program, i)}\n");
        }

        var source = all.ToString();
        var (code, _, errors) = ClangProcess.Run(
            ClangRunner.Compiler().Path,
            ["-x", "c++", "-std=c++17", "-w", "-ffp-contract=off", "-fno-math-errno", "-fno-exceptions", "-fno-rtti", "-fvisibility=hidden", "-I", Include, "-", .. options],
            source);
        if (code != 0)
        {
            throw new BackendException("TEN4001", $"Clang refuses {target.Name}:\n{errors}\n{string.Join('\n', source.Split('\n').Select((line, n) => $"{n + 1,5} {line}"))}");
        }
    }

    private static string LanguageOf(KnownTarget target) => target.Name.Split(':')[0].ToLowerInvariant();

    private static string EntryPoint(KnownTarget target, LinearProgram program, int index)
    {
        var buffers = program.Parameters.Select((_, slot) => $"shim::any_pointer{{l.b[{slot}]}}");
        IEnumerable<string> arguments = LanguageOf(target) == "metal"
            ?
            [
                .. buffers,
                .. program.Variables.Count > 0 ? ["(const long*)l.v"] : Array.Empty<string>(),
                .. program.LocalBytes > 0 ? ["shim_local"] : Array.Empty<string>(),
                "shim::group",
                "shim::lane",
            ]
            : [.. buffers, .. program.Variables.Select((_, i) => $"l.v[{i}]")];
        return $$"""
            extern "C" __attribute__((visibility("default"))) const char* shim_run_{{index}}(void** b, const long long* v)
            {
                struct launch { void** b; const long long* v; } data{b, v};
                return shim::run({{Size(program.Groups)}}, {{Size(program.Lanes)}}, {{target.Capabilities.Workgroups!.SubgroupSize}}, shim_local, {{program.LocalBytes}},
                    [](void* p) { launch& l = *(launch*)p; k{{index}}::{{program.Name}}({{string.Join(", ", arguments)}}); }, &data);
            }
            """;
    }

    private static string Size(GridSize size) => $"{{{size.X}, {size.Y}, {size.Z}}}";
}
