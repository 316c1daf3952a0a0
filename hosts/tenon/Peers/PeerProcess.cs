using System.ComponentModel;
using System.Diagnostics;
using System.Text.Json;

namespace Tenon.Cli.Peers;

/// <summary>
/// Another program that computes the same, in a process that lives on: it introduces itself by a line of JSON, then answers each
/// line by a line.
/// </summary>
internal sealed class PeerProcess : IDisposable
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web);
    private readonly Process _process;
    private readonly Task<string> _errors;

    private PeerProcess(Process process)
    {
        _process = process;
        _errors = process.StandardError.ReadToEndAsync();
    }

    /// <summary>Starts one.</summary>
    /// <param name="program">The program, which is looked for on the path.</param>
    /// <param name="arguments">What it is given.</param>
    /// <param name="environment">What is added to its environment.</param>
    /// <param name="introduction">What it said of itself.</param>
    /// <exception cref="PeerException">It isn't there, or doesn't work.</exception>
    public static PeerProcess Start<T>(string program, IEnumerable<string> arguments, IEnumerable<KeyValuePair<string, string>> environment, out T introduction)
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var (key, value) in environment)
        {
            start.Environment[key] = value;
        }

        PeerProcess peer;
        try
        {
            peer = new PeerProcess(Process.Start(start)!);
        }
        catch (Win32Exception e)
        {
            throw new PeerException($"{program} did not start: {e.Message}", e);
        }

        try
        {
            introduction = peer.Read<T>();
            return peer;
        }
        catch
        {
            peer.Dispose();
            throw;
        }
    }

    /// <summary>Asks for something and waits for the answer.</summary>
    /// <exception cref="PeerException">It can't do it, or has ended.</exception>
    public T Ask<T>(object request)
    {
        try
        {
            _process.StandardInput.WriteLine(JsonSerializer.Serialize(request, Json));
            _process.StandardInput.Flush();
        }
        catch (IOException)
        {
            // It has ended; Read says why.
        }

        return Read<T>();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (!_process.HasExited)
        {
            _process.Kill(entireProcessTree: true);
            _process.WaitForExit();
        }

        _process.Dispose();
    }

    private T Read<T>()
    {
        if (_process.StandardOutput.ReadLine() is not { } line)
        {
            _process.WaitForExit();
            throw new PeerException(_errors.Result.Trim() is { Length: > 0 } errors ? errors.Split('\n')[^1].Trim() : $"it ended with exit code {_process.ExitCode}.");
        }

        return JsonSerializer.Deserialize<PeerError>(line, Json)!.Error is { } error ? throw new PeerException(error) : JsonSerializer.Deserialize<T>(line, Json)!;
    }

    private sealed record PeerError(string? Error);
}
