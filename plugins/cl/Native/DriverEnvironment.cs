using System.Runtime.InteropServices;

namespace Tenon.Plugins.Cl.Native;

/// <summary>What drivers must be told before they start.</summary>
internal static partial class DriverEnvironment
{
    private static bool _prepared;

    /// <summary>
    /// PoCL catches the signal of a division by zero and goes on behind it, which would take from .NET its own exception.
    /// </summary>
    public static void Prepare()
    {
        if (!_prepared && !OperatingSystem.IsWindows())
        {
            // Environment.SetEnvironmentVariable is not seen by native code.
            _ = SetEnvironmentVariable("POCL_SIGFPE_HANDLER", "0", 0);
        }

        _prepared = true;
    }

    [LibraryImport("libc", EntryPoint = "setenv", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int SetEnvironmentVariable(string name, string value, int overwrite);
}
