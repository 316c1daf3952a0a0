using System.Diagnostics;
using System.Runtime.InteropServices;
using Tenon.Core.Backend;

namespace Tenon.Plugins.Cpu;

/// <summary>Binds threads to processors, where the system can.</summary>
internal static partial class Affinity
{
    /// <summary>The processors that threads may be bound to, one of each core first.</summary>
    /// <exception cref="BackendException">This system doesn't bind threads.</exception>
    public static IReadOnlyList<int> Processors() =>
        OperatingSystem.IsLinux() ? ProcessorSet.OfProcess.Ordered
        : OperatingSystem.IsWindows() ? FromMask((ulong)Process.GetCurrentProcess().ProcessorAffinity)
        : throw new BackendException("TEN4150", $"The CPU plugin's setting 'pin' is true, but {RuntimeInformation.OSDescription} has no way to bind a thread to a processor. Leave the setting out.");

    /// <summary>Binds the running thread.</summary>
    /// <exception cref="BackendException">The system refuses.</exception>
    public static void Bind(int processor)
    {
        if (OperatingSystem.IsWindows() ? SetThreadAffinityMask(GetCurrentThread(), (nuint)1 << processor) == 0 : !BindOnLinux(processor))
        {
            throw new BackendException("TEN4151", $"A thread could not be bound to processor {processor}: {Marshal.GetPInvokeErrorMessage(Marshal.GetLastPInvokeError())}. Leave the CPU plugin's setting 'pin' out, or let the process use that processor.");
        }
    }

    /// <summary>The bits that are set, lowest first.</summary>
    public static IReadOnlyList<int> FromMask(ulong mask) => [.. Enumerable.Range(0, 64).Where(i => (mask >> i & 1) != 0)];

    private static bool BindOnLinux(int processor)
    {
        Span<byte> mask = stackalloc byte[Math.Max(128, (processor / 64 + 1) * 8)];
        mask.Clear();

        // Words of 64 bits, on a little-endian machine.
        mask[processor / 8] = (byte)(1 << processor % 8);
        return SetSchedulerAffinity(0, mask.Length, mask) == 0;
    }

    [LibraryImport("libc", EntryPoint = "sched_setaffinity", SetLastError = true)]
    private static partial int SetSchedulerAffinity(int thread, nint bytes, ReadOnlySpan<byte> mask);

    [LibraryImport("kernel32", SetLastError = true)]
    private static partial nuint SetThreadAffinityMask(nint thread, nuint mask);

    [LibraryImport("kernel32")]
    private static partial nint GetCurrentThread();
}
