using Tenon.Core.Backend;

namespace Tenon.Plugins.Cpu.Llvm;

/// <summary>Looks for a libLLVM: where the setting <c>llvm</c> says, else under the names by which it is usually installed, newest first.</summary>
internal static class LlvmFinder
{
    private const int NewestVersion = 22;

    /// <summary>The first that will do; null, with what was tried, if there is none.</summary>
    public static LlvmLibrary? Find(BackendHost host, out string reason)
    {
        var named = host.Settings.GetValueOrDefault("llvm");
        var reasons = new List<string>();
        foreach (var path in string.IsNullOrWhiteSpace(named) ? UsualNames() : [named])
        {
            if (LlvmLibrary.TryOpen(path, out var why) is { } library)
            {
                reason = "";
                return library;
            }

            // A name that the system doesn't know is no news.
            if (named is not null || !why.EndsWith("can't be opened", StringComparison.Ordinal))
            {
                reasons.Add(why);
            }
        }

        reason = $"{(reasons.Count > 0 ? string.Join("; ", reasons) : $"no libLLVM of the versions {LlvmLibrary.MinVersion} to {NewestVersion} was found under its usual names")}. "
            + $"It needs LLVM {LlvmLibrary.MinVersion} or later: install it (Debian: apt-get install libllvm19; macOS: brew install llvm; Windows: the installer of llvm.org), or name the library in plugins.json by the setting \"llvm\" of this plugin.";
        return null;
    }

    private static IEnumerable<string> UsualNames()
    {
        if (OperatingSystem.IsWindows())
        {
            yield return Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.ProgramFiles), "LLVM", "bin", "LLVM-C.dll");
            yield return "LLVM-C.dll";
            yield break;
        }

        if (OperatingSystem.IsMacOS())
        {
            string[] roots = ["/opt/homebrew/opt", "/usr/local/opt"];
            string[] versions = ["llvm", .. Enumerable.Range(LlvmLibrary.MinVersion, NewestVersion - LlvmLibrary.MinVersion + 1).Reverse().Select(v => $"llvm@{v}")];
            foreach (var path in from root in roots from version in versions select $"{root}/{version}/lib/libLLVM.dylib")
            {
                yield return path;
            }

            yield break;
        }

        for (var v = NewestVersion; v >= LlvmLibrary.MinVersion; v--)
        {
            foreach (var name in (string[])[$"libLLVM.so.{v}.1", $"libLLVM-{v}.so.1", $"libLLVM-{v}.so", $"/usr/lib/llvm-{v}/lib/libLLVM.so", $"/usr/lib/llvm{v}/lib/libLLVM.so"])
            {
                yield return name;
            }
        }

        yield return "libLLVM.so";
    }
}
