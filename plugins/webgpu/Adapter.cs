using Tenon.Plugins.WebGpu.Native;

namespace Tenon.Plugins.WebGpu;

/// <summary>A library, an instance of it, and the adapter that is used.</summary>
internal sealed unsafe class Adapter : IDisposable
{
    private readonly bool _canWait;

    private Adapter(WebGpuLibrary library, nint instance, bool canWait) => (Library, Instance, _canWait) = (library, instance, canWait);

    public WebGpuLibrary Library { get; }

    public nint Instance { get; }

    /// <summary>The adapter.</summary>
    public nint Handle { get; private set; }

    /// <summary>What a person calls it.</summary>
    public string Name { get; private set; } = "";

    /// <summary>Whether it computes on the processors.</summary>
    public bool IsSoftware { get; private set; }

    /// <summary>What a device of it may have.</summary>
    public Limits Limits { get; } = new();

    /// <summary>How many invocations a subgroup has; 0 where that differs.</summary>
    public int SubgroupSize { get; private set; }

    /// <summary>The adapter that the settings ask for; null, with the reason, if there is none.</summary>
    public static Adapter? Find(WebGpuSettings settings, out string reason)
    {
        if (LibraryFinder.Find(settings.Library, out reason) is not { } library)
        {
            return null;
        }

        // Without the wait being asked for it may not be used; with it, only Dawn's structure is known.
        var descriptor = new InstanceDescriptor { TimedWaitAnyEnable = 1, TimedWaitAnyMaxCount = 1 };
        var instance = library.CreateInstance(library.IsDawn ? &descriptor : null);
        if (instance == 0)
        {
            reason = $"TEN4361: '{library.Path}' gives no instance of WebGPU. Use another library.";
            return null;
        }

        var adapter = new Adapter(library, instance, library.IsDawn);
        var reasons = new List<string>();
        foreach (var backend in settings.Backend is { } one ? [one] : UsualBackends())
        {
            if (adapter.Request(backend, settings, reasons))
            {
                reason = "";
                return adapter;
            }
        }

        adapter.Dispose();
        reason = $"TEN4362: '{library.Path}' has no adapter that will do: {string.Join("; ", reasons)}. Install a driver of the GPU, choose another by the setting \"backend\", or allow adapters that compute on the processors by \"software\": \"true\" (Linux: Mesa's lavapipe 25 or later).";
        return null;
    }

    /// <summary>Waits until a reply has come.</summary>
    public void Wait(Reply reply, ulong future)
    {
        for (var turn = 0; !reply.IsDone; turn++)
        {
            if (_canWait)
            {
                var wait = new FutureWaitInfo { Future = future };
                Library.InstanceWaitAny(Instance, 1, &wait, ulong.MaxValue);
                continue;
            }

            Library.InstanceProcessEvents(Instance);
            if (turn > 50 && !reply.IsDone)
            {
                Thread.Sleep(turn < 200 ? 0 : 1);
            }
        }
    }

    public void Dispose()
    {
        if (Handle != 0)
        {
            Library.AdapterRelease(Handle);
        }

        Library.InstanceRelease(Instance);
    }

    private bool Request(uint backend, WebGpuSettings settings, List<string> reasons)
    {
        var name = Names.Backend(backend);
        var isCompatible = name is "OpenGL" or "OpenGLES";
        var options = new AdapterOptions { FeatureLevel = isCompatible ? 1u : 2u, PowerPreference = settings.Power, BackendType = backend };
        using var reply = new Reply();
        Wait(reply, Library.InstanceRequestAdapter(Instance, &options, reply.ForHandle));
        if (reply.Status != Names.Success || reply.Handle == 0)
        {
            reasons.Add($"{name}: {(reply.Message.Length > 0 ? reply.Message : "none")}");
            return false;
        }

        Handle = reply.Handle;
        if (Check(backend, settings) is not { } doubt)
        {
            return true;
        }

        reasons.Add($"{name}: {doubt}");
        Library.AdapterRelease(Handle);
        Handle = 0;
        return false;
    }

    // What speaks against the adapter. Asked for some backend, a library may give one that computes nothing.
    private string? Check(uint backend, WebGpuSettings settings)
    {
        var info = new AdapterInfo();
        Library.AdapterGetInfo(Handle, &info);
        var (device, description) = (Text.Of(info.Device), Text.Of(info.Description));
        IsSoftware = info.AdapterType == Names.CpuAdapter;
        Name = $"{(device.Length > 0 ? device : description)}, {Names.Backend(info.BackendType)}{(IsSoftware ? ", on the processors" : "")}";
        SubgroupSize = Library.IsDawn && info.SubgroupMinSize == info.SubgroupMaxSize ? (int)info.SubgroupMinSize : 0;
        var isOther = info.BackendType != backend;
        Library.AdapterInfoFreeMembers(info);
        fixed (byte* data = Limits.Data)
        {
            Library.AdapterGetLimits(Handle, data);
        }

        return isOther ? $"the adapter '{Name}' is of another backend, as those that compute nothing are"
            : Limits.Doubt() is { } doubt ? $"'{Name}' has {doubt}: the library's version of webgpu.h is another than those that are known"
            : IsSoftware && !settings.AllowsSoftware ? $"'{Name}' computes on the processors"
            : null;
    }

    private static uint[] UsualBackends() =>
        OperatingSystem.IsWindows() ? [Names.Backend("D3D12"), Names.Backend("Vulkan")]
        : OperatingSystem.IsMacOS() ? [Names.Backend("Metal")]
        : [Names.Backend("Vulkan"), Names.Backend("OpenGLES")];
}
