using System.Diagnostics;
using System.Globalization;

namespace Tenon.Tests.Shared;

/// <summary>
/// A clock on which no time passes until a process that this one has started says that it hangs: then every deadline is over. So what
/// hangs is given up, and what is only slow is not.
/// </summary>
internal sealed class HangClock : StoppedClock, IDisposable
{
    private const string Variable = "TENON_TEST_HANGS";
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(20);
    private readonly string _folder = Directory.CreateTempSubdirectory("tenon-hangs").FullName;

    public HangClock() => Environment.SetEnvironmentVariable(Variable, _folder);

    /// <summary>Says that this process hangs, and does.</summary>
    public static void Hang()
    {
        File.Create(Path.Combine(Environment.GetEnvironmentVariable(Variable)!, $"{Environment.ProcessId}")).Dispose();
        Thread.Sleep(Timeout.Infinite);
    }

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) => System.CreateTimer(
        _ =>
        {
            if (HasHung())
            {
                callback(state);
            }
        },
        null, Look, Look);

    public void Dispose()
    {
        Environment.SetEnvironmentVariable(Variable, null);
        Directory.Delete(_folder, recursive: true);
    }

    // Each is told of once; who has crashed meanwhile doesn't hang.
    private bool HasHung()
    {
        var found = false;
        foreach (var file in Directory.Exists(_folder) ? Directory.GetFiles(_folder) : [])
        {
            found |= IsRunning(int.Parse(Path.GetFileName(file), CultureInfo.InvariantCulture));
            File.Delete(file);
        }

        return found;
    }

    private static bool IsRunning(int id)
    {
        try
        {
            using var process = Process.GetProcessById(id);
            return !process.HasExited;
        }
        catch (Exception e) when (e is ArgumentException or InvalidOperationException)
        {
            return false;
        }
    }
}
