using System.Diagnostics;
using System.Reflection;
using System.Text.Json;

namespace Tenon.EndToEnd;

/// <summary>Runs the command line as a user would: as a process.</summary>
internal static class TenonProcess
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(5);

    /// <summary>The folder that the command line was built to.</summary>
    public static string BuiltFolder { get; } =
        typeof(TenonProcess).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(a => a.Key == "CliFolder").Value!;

    /// <summary>Runs a command with the program as it was built.</summary>
    public static ProcessResult Run(params string[] arguments) => RunIn(BuiltFolder, arguments);

    /// <summary>Runs a command with a copy of the program.</summary>
    public static ProcessResult RunIn(string folder, params string[] arguments)
    {
        using var process = Start(folder, arguments);
        return Wait(process);
    }

    /// <summary>Starts a command.</summary>
    public static Process Start(string folder, params string[] arguments)
    {
        var start = new ProcessStartInfo(Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet", [Path.Combine(folder, "Tenon.Cli.dll"), .. arguments])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = TestContext.CurrentContext.WorkDirectory,
        };
        foreach (var name in start.Environment.Keys.Where(k => k.StartsWith("TENON_", StringComparison.Ordinal)).ToList())
        {
            start.Environment.Remove(name);
        }

        start.Environment["TENON_CHECK_INDICES"] = "1";
        return Process.Start(start) ?? throw new InvalidOperationException("The process did not start.");
    }

    /// <summary>Waits for the end of a command.</summary>
    public static ProcessResult Wait(Process process)
    {
        var (output, error) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        if (!process.WaitForExit(Patience))
        {
            process.Kill(entireProcessTree: true);
            Assert.Fail($"tenon did not end within {Patience}.");
        }

        return new ProcessResult(process.ExitCode, output.Result, error.Result);
    }

    /// <summary>Runs a command that takes <c>--json</c>; returns its report.</summary>
    public static (ProcessResult Result, JsonElement Report) RunForReport(string folder, params string[] arguments)
    {
        using var work = new TemporaryFolder();
        var path = Path.Combine(work.Path, "report.json");
        var result = RunIn(folder, [.. arguments, "--json", path]);
        Assert.That(File.Exists(path), $"No report was written. Exit code {result.ExitCode}. {result.Error}");
        using var document = JsonDocument.Parse(File.ReadAllBytes(path));
        return (result, document.RootElement.Clone());
    }
}

/// <summary>How a process ended.</summary>
internal sealed record ProcessResult(int ExitCode, string Output, string Error)
{
    public void AssertSuccess() => Assert.That(ExitCode, Is.Zero, $"stdout: {Output}\nstderr: {Error}");

    /// <summary>Asserts that it failed with one message of one line that has these parts, and without a stack trace.</summary>
    public void AssertFailure(params string[] parts)
    {
        Assert.That(ExitCode, Is.EqualTo(1), $"stdout: {Output}\nstderr: {Error}");
        var lines = Error.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.That(lines, Has.Length.EqualTo(1), Error);
        Assert.That(lines[0], Does.StartWith("tenon: TEN"));
        Assert.That(lines[0], Does.Not.Contain("   at "));
        foreach (var part in parts)
        {
            Assert.That(lines[0], Does.Contain(part));
        }
    }
}
