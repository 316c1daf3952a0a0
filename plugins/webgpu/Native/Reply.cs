using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Tenon.Plugins.WebGpu.Native;

/// <summary>What an asynchronous call answers. No exception leaves a callback: the native side couldn't go on.</summary>
internal sealed unsafe class Reply : IDisposable
{
    private GCHandle _self;
    private volatile bool _isDone;

    public Reply() => _self = GCHandle.Alloc(this);

    public bool IsDone => _isDone;

    public uint Status { get; private set; }

    /// <summary>The kind of the error that a scope has caught; 1 for none.</summary>
    public uint Error { get; private set; }

    public nint Handle { get; private set; }

    public string Message { get; private set; } = "";

    /// <summary>For requests of adapters and devices.</summary>
    public CallbackInfo ForHandle => Info((nint)(delegate* unmanaged[Cdecl]<uint, nint, StringView, nint, nint, void>)&OnHandle);

    /// <summary>For buffers that are mapped and work that is done.</summary>
    public CallbackInfo ForStatus => Info((nint)(delegate* unmanaged[Cdecl]<uint, StringView, nint, nint, void>)&OnStatus);

    /// <summary>For error scopes.</summary>
    public CallbackInfo ForScope => Info((nint)(delegate* unmanaged[Cdecl]<uint, uint, StringView, nint, nint, void>)&OnScope);

    public void Dispose() => _self.Free();

    private CallbackInfo Info(nint callback) => new() { Mode = Names.AllowProcessEvents, Callback = callback, UserData1 = GCHandle.ToIntPtr(_self) };

    private static void Set(nint self, uint status, uint error, nint handle, StringView message)
    {
        if (GCHandle.FromIntPtr(self).Target is Reply reply)
        {
            try
            {
                reply.Message = Text.Of(message);
            }
            catch (Exception e)
            {
                reply.Message = $"(a message that can't be read: {e.Message})";
            }

            (reply.Status, reply.Error, reply.Handle) = (status, error, handle);
            reply._isDone = true;
        }
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static void OnHandle(uint status, nint handle, StringView message, nint self, nint unused) => Set(self, status, 0, handle, message);

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static void OnStatus(uint status, StringView message, nint self, nint unused) => Set(self, status, 0, 0, message);

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static void OnScope(uint status, uint error, StringView message, nint self, nint unused) => Set(self, status, error, 0, message);
}
