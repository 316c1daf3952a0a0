using System.Runtime.InteropServices;

namespace Tenon.Plugins.Cl.Native;

/// <summary>An object of OpenCL, released once: by whoever disposes it, or when nobody holds it any more.</summary>
internal sealed unsafe class ClHandle : SafeHandle
{
    private readonly delegate* unmanaged<nint, int> _release;

    /// <summary>Takes an object over.</summary>
    public ClHandle(nint value, delegate* unmanaged<nint, int> release) : base(0, ownsHandle: true)
    {
        _release = release;
        SetHandle(value);
    }

    /// <summary>The object, for a call while the handle is held.</summary>
    public nint Value
    {
        get
        {
            ObjectDisposedException.ThrowIf(IsClosed, this);
            return handle;
        }
    }

    /// <inheritdoc/>
    public override bool IsInvalid => handle == 0;

    /// <inheritdoc/>
    protected override bool ReleaseHandle() => _release(handle) == ClConstants.CL_SUCCESS;
}
