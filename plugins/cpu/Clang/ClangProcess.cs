using System.Diagnostics;
using System.Text;
using Tenon.Core.Backend;

namespace Tenon.Plugins.Cpu.Clang;

/// <summary>Runs a compiler and collects what it says.</summary>
internal static class ClangProcess
{
    private static readonly TimeSpan Deadline = TimeSpan.FromMinutes(2);

    /// <summary>Runs a program to its end.</summary>
    /// <exception cref="BackendException">It doesn't end in two minutes.</exception>
    /// <exception cref="System.ComponentModel.Win32Exception">It can't be started.</exception>
    public static (int ExitCode, string Output, string Errors) Run(string path, IEnumerable<string> arguments, string input)
    {
        var start = new ProcessStartInfo(path, arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            StandardInputEncoding = new UTF8Encoding(false),
            UseShellExecute = false,
            CreateNoWindow = true,
        };
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync();
        var errors = process.StandardError.ReadToEndAsync();
        var written = WriteAsync(process.StandardInput, input);
        if (!process.WaitForExit(Deadline))
        {
            process.Kill(entireProcessTree: true);
            throw new BackendException("TEN4001", $"{path} was still running after {Deadline.TotalMinutes} minutes and was stopped.");
        }

        Task.WaitAll(output, errors, written);
        return (process.ExitCode, output.Result, errors.Result);
    }

    private static async Task WriteAsync(StreamWriter writer, string text)
    {
        try
        {
            await writer.WriteAsync(text).ConfigureAwait(false);
            writer.Close();
        }
        catch (IOException)
        {
            // It ended before it had read everything; its exit code and its errors say why.
        }
    }
}
