using System.Diagnostics;

namespace Tenon.Benchmarks;

/// <summary>This program again, in a process that does one thing that is measured.</summary>
internal static class ChildProcess
{
    /// <summary>Runs it to its end.</summary>
    /// <param name="cacheFolder">The folder of its disk cache.</param>
    /// <param name="arguments">What it is to do.</param>
    /// <returns>What it prints.</returns>
    public static string Run(string cacheFolder, params ReadOnlySpan<string> arguments)
    {
        var start = new ProcessStartInfo(Environment.ProcessPath!) { RedirectStandardOutput = true, Environment = { ["TENON_CACHE"] = cacheFolder } };

        // "dotnet Tenon.Benchmarks.dll" needs to be told what to run, the program itself doesn't.
        if (Path.GetFileNameWithoutExtension(Environment.ProcessPath) == "dotnet")
        {
            start.ArgumentList.Add(typeof(ChildProcess).Assembly.Location);
        }

        foreach (var argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0 ? output.Trim() : throw new InvalidOperationException($"The measured process ended with {process.ExitCode} and printed: {output}");
    }
}
