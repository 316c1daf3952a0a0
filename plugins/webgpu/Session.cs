using Tenon.Core.Backend;
using Tenon.Plugins.WebGpu.Native;
using Tenon.Sdk.Wgsl;

namespace Tenon.Plugins.WebGpu;

/// <summary>An opened device of WebGPU. Calls to it are made under <see cref="Lock"/>, one at a time.</summary>
internal sealed unsafe class Session : IDisposable
{
    private const int UsualVector = 8;

    private readonly ErrorLog _log = new();

    public Session(Adapter adapter)
    {
        Adapter = adapter;
        var (features, hasFloat16) = (new List<uint>(), Has(Names.ShaderFloat16));
        if (hasFloat16)
        {
            features.Add(Names.ShaderFloat16);
        }

        HasTimestamps = Has(Names.TimestampQuery);
        if (HasTimestamps)
        {
            features.Add(Names.TimestampQuery);
        }

        var hasSubgroups = Has(Names.Subgroups) && adapter.SubgroupSize > 0;
        if (hasSubgroups)
        {
            features.Add(Names.Subgroups);
        }

        Handle = Request([.. features]);
        Queue = Library.DeviceGetQueue(Handle);
        Limits = adapter.Limits.ForShaders with { HasFloat16 = hasFloat16, SubgroupSize = hasSubgroups ? adapter.SubgroupSize : 0 };
        if (adapter.IsSoftware)
        {
            // Lanes are those of a processor's vectors.
            Limits = Limits with { HasFastWorkgroupMemory = false, PreferredLanes = adapter.SubgroupSize > 0 ? adapter.SubgroupSize : UsualVector, Parallelism = Environment.ProcessorCount };
        }
    }

    public Adapter Adapter { get; }

    public WebGpuLibrary Library => Adapter.Library;

    /// <summary>The device.</summary>
    public nint Handle { get; }

    public nint Queue { get; }

    public Lock Lock { get; } = new();

    /// <summary>Whether the device's clock can be read.</summary>
    public bool HasTimestamps { get; }

    public WgslLimits Limits { get; }

    /// <summary>Waits for the answer of an asynchronous call.</summary>
    public void Wait(Reply reply, ulong future) => Adapter.Wait(reply, future);

    /// <summary>Throws what the device has reported since the last time.</summary>
    /// <param name="during">The kernels or copies that it may come from.</param>
    public void ThrowIfFailed(string during)
    {
        if (_log.Lost is { } lost)
        {
            throw new BackendException("TEN4357", $"WEBGPU ({Adapter.Name}) is lost, during {during}: {lost}. Its tensors are gone; start the program again.");
        }

        if (_log.Take() is { } error)
        {
            // Those that follow from it say no more.
            while (_log.Take() is not null)
            {
            }

            throw new BackendException("TEN4356", $"WEBGPU ({Adapter.Name}) reports an error, during {during}: {error}");
        }
    }

    /// <summary>What an action makes; and, if it fails in a way that the filter names, the reason.</summary>
    public nint Try(uint filter, Func<nint> action, out string? error)
    {
        Library.DevicePushErrorScope(Handle, filter);
        var result = action();
        using var reply = new Reply();
        Wait(reply, Library.DevicePopErrorScope(Handle, reply.ForScope));
        error = reply.Error is 0 or 1 ? null : reply.Message;
        return result;
    }

    public void Dispose()
    {
        Library.QueueRelease(Queue);
        Library.DeviceDestroy(Handle);
        Library.DeviceRelease(Handle);
        Library.InstanceProcessEvents(Adapter.Instance);
        Adapter.Dispose();

        // The callbacks have been called for the last time.
        _log.Dispose();
    }

    private bool Has(uint feature) => Library.IsDawn && Library.AdapterHasFeature(Adapter.Handle, feature) != 0;

    private nint Request(uint[] features)
    {
        // Times are exact, and local arrays begin with what they have: nobody relies on zeros.
        using var quantised = new Text("timestamp_quantization");
        using var cleared = new Text("disable_workgroup_init");
        var disabled = quantised.Pointer;
        var enabled = cleared.Pointer;
        var toggles = new TogglesDescriptor { SType = Names.DawnToggles, EnabledCount = 1, Enabled = &enabled, DisabledCount = 1, Disabled = &disabled };
        using var label = new Text("tenon");
        using var reply = new Reply();
        fixed (byte* limits = Adapter.Limits.Data)
        fixed (uint* wanted = features)
        {
            var descriptor = new DeviceDescriptor
            {
                Next = Library.IsDawn ? (nint)(&toggles) : 0,
                Label = label.View,
                FeatureCount = (nuint)features.Length,
                Features = wanted,
                Limits = limits,
                DeviceLost = _log.ForLost,
                UncapturedError = _log.ForErrors,
            };
            Wait(reply, Library.AdapterRequestDevice(Adapter.Handle, &descriptor, reply.ForHandle));
        }

        if (reply.Status != Names.Success || reply.Handle == 0)
        {
            Adapter.Dispose();
            throw new BackendException("TEN4363", $"WEBGPU ({Adapter.Name}) can't be opened: {reply.Message}");
        }

        return reply.Handle;
    }
}
