using Tenon.Core.Backend;

namespace Tenon.Plugins.Cpu;

/// <summary>One queued run of a kernel. It keeps the kernel and its buffers alive.</summary>
internal sealed class Launch(CpuProgram program, DeviceBuffer[] buffers, nint[] addresses, long[] variables)
{
    /// <summary>What runs.</summary>
    public CpuProgram Program => program;

    /// <summary>What is kept alive.</summary>
    public DeviceBuffer[] Buffers => buffers;

    /// <summary>Where each buffer's view begins, by slot.</summary>
    public nint[] Addresses => addresses;

    /// <summary>The value of each variable.</summary>
    public long[] Variables => variables;
}
