using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Tenon.Plugins.WebGpu.Native;

/// <summary>What a device reports of itself: errors that no scope catches, and that it is lost.</summary>
internal sealed unsafe class ErrorLog : IDisposable
{
    private readonly ConcurrentQueue<string> _errors = new();
    private GCHandle _self;

    public ErrorLog() => _self = GCHandle.Alloc(this);

    /// <summary>Why the device is lost; null while it isn't.</summary>
    public string? Lost { get; private set; }

    public CallbackInfo ForLost => new()
    {
        Mode = Names.AllowSpontaneous,
        Callback = (nint)(delegate* unmanaged[Cdecl]<nint*, uint, StringView, nint, nint, void>)&OnLost,
        UserData1 = GCHandle.ToIntPtr(_self),
    };

    public UncapturedErrorInfo ForErrors => new()
    {
        Callback = (nint)(delegate* unmanaged[Cdecl]<nint*, uint, StringView, nint, nint, void>)&OnError,
        UserData1 = GCHandle.ToIntPtr(_self),
    };

    /// <summary>The oldest error that nobody has taken yet.</summary>
    public string? Take() => _errors.TryDequeue(out var error) ? error : null;

    public void Dispose() => _self.Free();

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static void OnLost(nint* device, uint reason, StringView message, nint self, nint unused)
    {
        if (GCHandle.FromIntPtr(self).Target is ErrorLog log)
        {
            log.Lost = TextOf(message);
        }
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static void OnError(nint* device, uint kind, StringView message, nint self, nint unused)
    {
        if (GCHandle.FromIntPtr(self).Target is ErrorLog log)
        {
            log._errors.Enqueue(TextOf(message));
        }
    }

    // No exception may leave a callback.
    private static string TextOf(StringView message)
    {
        try
        {
            return Text.Of(message);
        }
        catch (Exception e)
        {
            return $"(a message that can't be read: {e.Message})";
        }
    }
}
