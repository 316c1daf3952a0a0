using Tenon.Core;

namespace Tenon.Runtime;

/// <summary>Records the whole process where <c>TENON_TRACE</c> names a file, and writes the report there at its end.</summary>
public static class TraceFile
{
    /// <summary>The variable of the environment.</summary>
    public const string Variable = "TENON_TRACE";

    private static int s_started;

    internal static void StartIfAsked()
    {
        if (Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } path && Interlocked.Exchange(ref s_started, 1) == 0)
        {
            var (recorder, file) = (new TraceRecorder(), Path.GetFullPath(path));
            Tracing.Listener = recorder;
            AppDomain.CurrentDomain.ProcessExit += (_, _) => Write(recorder, file);
        }
    }

    private static void Write(TraceRecorder recorder, string file)
    {
        Tracing.Listener = null;
        try
        {
            recorder.Report().Save(file);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            Console.Error.WriteLine(new TenonException("TEN5013", $"The trace can't be written to '{file}': {e.Message} Set {Variable} to a file in a folder that exists and is writable.").Message);
        }
    }
}
