namespace Tenon.Core.Backend;

/// <summary>Optional: the device's own clock says how long a kernel ran.</summary>
public interface ILaunchTiming
{
    /// <summary>Runs a kernel once after all work queued before, waits for it, and returns how long it ran by the device's clock.</summary>
    /// <param name="program">A program that this device has loaded.</param>
    /// <param name="buffers">One view for each parameter, by slot.</param>
    /// <param name="variables">One value for each variable.</param>
    TimeSpan Measure(KernelProgram program, ReadOnlySpan<BufferView> buffers, ReadOnlySpan<long> variables);
}
