using Tenon.Core.Backend;

namespace Tenon.Cli.Output;

/// <summary>Tells the user of an error: one message on standard error, and an exit code.</summary>
internal static class Failure
{
    /// <summary>Writes what went wrong, with the stack trace if asked for.</summary>
    /// <returns>The exit code.</returns>
    public static int Report(Exception error, bool trace)
    {
        var expected = error is TenonException or BackendException;
        Write(trace ? error.ToString() : expected ? error.Message : $"Unexpected {error.GetType().Name}: {error.Message} This is a defect of Tenon; run again with --trace and report what it prints.");
        return expected ? ExitCode.Failed : ExitCode.Defect;
    }

    /// <summary>Writes one message.</summary>
    public static void Write(string message) => Console.Error.WriteLine($"tenon: {message}");
}
