using Tenon.Core.Backend;

namespace Tenon.Plugins.Cpu.Clang;

/// <summary>Looks for a clang: where the setting <c>clang</c> says, else on the path, else where it is usually installed.</summary>
internal static class ClangFinder
{
    private const int NewestVersion = 22;

    /// <summary>The first that will do; null, after a note that says what to do, if there is none.</summary>
    public static ClangCompiler? Find(BackendHost host)
    {
        var named = host.Settings.GetValueOrDefault("clang");
        var candidates = string.IsNullOrWhiteSpace(named) ? UsualPlaces() : Named(named);
        var reasons = new List<string>();
        foreach (var path in candidates)
        {
            if (ClangCompiler.TryOpen(path, out var reason) is { } compiler)
            {
                return compiler;
            }

            reasons.Add(reason);
        }

        var looked = reasons.Count > 0 ? $"tried {string.Join("; ", reasons)}"
            : named is null ? $"none on the PATH (clang, clang-{NewestVersion} … clang-{ClangCompiler.MinVersion}) or in the usual places"
            : $"the setting \"clang\" names {named}, which doesn't exist";
        host.Note($"Generator Clang is not offered: {looked}. It needs clang {ClangCompiler.MinVersion} or later: install one, or name it in plugins.json by the setting \"clang\" of this plugin.");
        return null;
    }

    private static IEnumerable<string> Named(string program) =>
        Path.IsPathFullyQualified(program) ? new[] { program }.Where(File.Exists) : OnPath(program);

    private static IEnumerable<string> UsualPlaces()
    {
        var names = Enumerable.Range(ClangCompiler.MinVersion, NewestVersion - ClangCompiler.MinVersion + 1).Reverse().Select(v => $"clang-{v}").Prepend("clang");
        return names.SelectMany(OnPath).Concat(Installed().Where(File.Exists)).Distinct();
    }

    private static IEnumerable<string> OnPath(string name)
    {
        var file = OperatingSystem.IsWindows() && !name.EndsWith(".exe", StringComparison.OrdinalIgnoreCase) ? name + ".exe" : name;
        var folders = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries);

        // macOS has a placeholder in /usr/bin that asks to install the developer tools.
        return folders.Where(f => !(OperatingSystem.IsMacOS() && f == "/usr/bin")).Select(f => Path.Combine(f, file)).Where(File.Exists);
    }

    private static IEnumerable<string> Installed() =>
        OperatingSystem.IsWindows() ? [Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.ProgramFiles), "LLVM", "bin", "clang.exe")]
        : OperatingSystem.IsMacOS() ? [
            "/opt/homebrew/opt/llvm/bin/clang",
            "/usr/local/opt/llvm/bin/clang",
            "/Library/Developer/CommandLineTools/usr/bin/clang",
            "/Applications/Xcode.app/Contents/Developer/Toolchains/XcodeDefault.xctoolchain/usr/bin/clang"]
        : [];
}
