using Tenon.Core.Backend;
using Tenon.Plugins.Cl.Native;

namespace Tenon.Plugins.Cl.Memory;

/// <summary>Memory of the device, and which commands used it last.</summary>
/// <param name="memory">OpenCL's object.</param>
/// <param name="bytes">Its size.</param>
internal sealed class ClBuffer(ClHandle memory, long bytes) : DeviceBuffer(bytes)
{
    /// <summary>OpenCL's object.</summary>
    public nint Handle => memory.Value;

    /// <summary>The number of the last launch that used it, in the queue of launches.</summary>
    public long LastLaunch { get; set; }

    /// <summary>The number of the last copy to it, in the queue of copies.</summary>
    public long LastCopyIn { get; set; }

    /// <summary>The images of it that kernels read, each with what it was made of.</summary>
    public Dictionary<ClImageView, ClHandle[]> Images { get; } = [];

    /// <inheritdoc/>
    protected override void FreeCore()
    {
        foreach (var handle in Images.Values.SelectMany(h => h))
        {
            handle.Dispose();
        }

        memory.Dispose();
    }
}
